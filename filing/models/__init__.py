"""Filings, their receipts and supplementary hand-ins, and the batches in which many are decided at once."""

from filing.models.batch import Batch, BatchRow
from filing.models.filing import Filing, FilingQuerySet
from filing.models.hand_in import HandIn, RescanCall
from filing.models.receipt import Receipt

__all__ = ["Batch", "BatchRow", "Filing", "FilingQuerySet", "HandIn", "Receipt", "RescanCall"]
