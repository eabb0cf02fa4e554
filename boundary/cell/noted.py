"""What the reader of a table notes of a row or a cell beside what stands there. Both sides of the door read it."""

from enum import StrEnum

WHOLE_ROW = -1  # in place of a column, which are counted from 0


class Noted(StrEnum):
    HIDDEN_ROW = "hidden-row"
    HIDDEN_COLUMN = "hidden-column"
    BEYOND = "beyond"  # what stands further right than is read
    MERGED = "merged"  # the value stands in a row above, in a cell that reaches down to here
    BESIDE = "beside"  # nothing stands here: the cell is one with another to its left
    QUOTES = "quotes"  # of a text file, where a quotation mark has no other


Note = tuple[int, Noted]
