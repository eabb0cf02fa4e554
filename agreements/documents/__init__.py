"""From a filled text to numbered copies on paper: layout, fonts, labels, QR codes, files."""
