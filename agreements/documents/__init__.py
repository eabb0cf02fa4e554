"""The paper: the only room that imports WeasyPrint. Renders, labels and stores the copies."""
