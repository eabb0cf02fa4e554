"""Filings, their receipts, and the batches in which many are decided at once."""

from filing.models.batch import Batch, BatchRow
from filing.models.filing import Filing, FilingQuerySet
from filing.models.receipt import Receipt

__all__ = ["Batch", "BatchRow", "Filing", "FilingQuerySet", "Receipt"]
