"""Importing institutions from an official's sheet: read, matched, checked row by row, decided, written at once."""
