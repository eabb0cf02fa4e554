"""Spreadsheets of ours, written with openpyxl, and the rows of those that were sent to us.

`ledgers` writes what an office downloads, `writing` any other workbook, `paper` says how they are printed. What
somebody uploads is opened in a cell (`boundary.cell.tables`), which leaves plain rows; `plain` reads these.
"""
