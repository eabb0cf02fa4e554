"""Reading pages as people do: which words stand under which heading."""

import re
from datetime import datetime
from typing import Any

TERM = re.compile(r"<dt>(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", re.DOTALL)
ROW = re.compile(r"<tr\b[^>]*>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r'<td data-label="([^"]*)"[^>]*>(.*?)</td>', re.DOTALL)
CHIP = re.compile(r'class="chip(?: chip-([a-z]+))?">\s*(<svg.*?</svg>)?(.*?)</span>', re.DOTALL)
TAG = re.compile(r"<[^>]*>")


def words(html: str) -> str:
    """Return what stands there without its markup, every run of spaces as one."""
    return " ".join(TAG.sub(" ", html).split())


def facts(html: str) -> dict[str, str]:
    """Return the facts of a page by their terms; of a term that comes again the last."""
    return {words(term): words(fact) for term, fact in TERM.findall(html)}


def table_rows(html: str) -> list[dict[str, str]]:
    """Return the rows of the registers on a page by the labels of their cells."""
    found = [{label: words(cell) for label, cell in CELL.findall(row)} for row in ROW.findall(html)]
    return [row for row in found if row]


def chips(html: str) -> dict[str, str]:
    """Return the colour of each chip on a page by its words; "" for a plain one."""
    return {words(text): colour for colour, _, text in CHIP.findall(html)}


def cell_value(value: Any) -> Any:
    """Return what stands in a cell of a workbook; openpyxl reads a day as the first moment of it."""
    return value.date() if isinstance(value, datetime) else value
