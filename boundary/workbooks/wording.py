"""What is said of what the reader of a table noted."""

from boundary.cell.bounds import MOST_COLUMNS
from boundary.cell.noted import Noted

WORDS = {
    Noted.HIDDEN_ROW: "这一行在表格里是隐藏的，请核对是不是真的要登记。",
    Noted.HIDDEN_COLUMN: "这一列在表格里是隐藏的，请核对。",
    Noted.BEYOND: f"第 {MOST_COLUMNS} 列右边的内容没有读，请把需要的列移到前面。",
    Noted.MERGED: "是合并的单元格，按上面一行的内容填写。",
    Noted.BESIDE: "和左边的格合并成了一格，这里按没有内容读取，请核对。",
    Noted.QUOTES: "这一行的引号没有成对，读到的内容可能不全，请核对。",
}
# Where a person should look.
DOUBTFUL = frozenset({Noted.HIDDEN_ROW, Noted.HIDDEN_COLUMN, Noted.BEYOND, Noted.BESIDE, Noted.QUOTES})
