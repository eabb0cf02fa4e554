"""The ledger's workbook, under the name by which agreements and what stands above them know it."""

from boundary.cells import Cell
from institutions.workbook import XLSX, Column, day_cell, write_workbook

__all__ = ["XLSX", "Cell", "Column", "day_cell", "write_workbook"]
