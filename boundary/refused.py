"""An upload's refusal, told to the person who uploads it, and the limits that are named in it."""

MOST_PAGES = 200
MOST_PIXELS = 89_000_000  # an A3 sheet at 600 dpi has 70 million; Pillow itself warns a little above
TOO_MANY_PIXELS = "图片尺寸过大，请降低扫描分辨率（300 点即可）后再上传。"
TOO_COMPLEX = "这个文件的内容过于复杂，不是普通扫描件。请打印出来，用扫描仪重新扫描后上传。"
UNUSUAL = "这份 PDF 的压缩方式不常见，不是普通扫描件。请用扫描仪重新扫描后上传。"
DAMAGED = "这个文件打不开，可能没有传完整，或者已经损坏。请重新扫描后上传。"
TOO_LONG = "这个文件太费时间，在规定的时间内打不开。请用扫描仪重新扫描（300 点即可）后上传。"
TOO_HEAVY = "这个文件展开后太大，打不开。请降低扫描分辨率（300 点即可）后再上传。"
TABLE_DAMAGED = "表格打不开，可能已损坏，或不是真正的 Excel 文件。请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"
TABLE_TOO_LONG = (
    "这个表格太费时间，在规定的时间内读不完。请把需要的行复制到新的表格中（只粘贴数值），或按县区分成几个表格，再上传。"
)
TABLE_TOO_HEAVY = "表格展开后过大，不能导入。请删去无关的工作表、图片和格式，只留需要的行。"
NOT_A_PDF = "这个文件不是 PDF。请上传协议的 PDF 文件；纸质协议请扫描页上的二维码核验。"
SIGNED_UNREADABLE = "文件的结构不完整或不合规范，里面的签名读不出来"
SIGNED_ENCRYPTED = "文件加了密码或权限限制"
SIGNED_TOO_LONG = "文件太费时间，在规定的时间内读不完"
SIGNED_TOO_HEAVY = "文件展开后太大"
NOT_NOW = "现在同时查看的文件太多，暂时不能查看这一个。请过一两分钟再试。"


class UploadRefused(ValueError):
    """The file cannot be kept. The message is for the person who uploads it: the reason and the cure."""


class NotNow(UploadRefused):
    """Nothing is said of the file: no cell could be had. Another try may well succeed."""

    def __init__(self) -> None:
        super().__init__(NOT_NOW)
