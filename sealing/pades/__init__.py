"""What signs a PDF and reads its signatures: the only room that knows pyHanko, and one that knows no agreement."""
