"""Spreadsheets, read and written: the one room that knows openpyxl.

`ledgers` writes what an office downloads, `writing` any other workbook, `reading` opens what somebody uploads.
"""
