"""What is said of what the reader of a table noted."""

from boundary.cell.bounds import MOST_COLUMNS
from boundary.cell.noted import Noted

WORDS = {
    Noted.HIDDEN_ROW: "这一行在表格里是隐藏的，请核对是不是真的要登记。",
    Noted.HIDDEN_COLUMN: "这一列在表格里是隐藏的，请核对。",
    Noted.BEYOND: f"第 {MOST_COLUMNS} 列右边的内容没有读，请把需要的列移到前面。",
    Noted.MERGED: "是合并的单元格，按上面一行的内容填写。",
}
DOUBTFUL = frozenset({Noted.HIDDEN_ROW, Noted.HIDDEN_COLUMN, Noted.BEYOND})  # a person should look
