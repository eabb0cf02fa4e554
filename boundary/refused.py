"""An upload's refusal, told to the person who uploads it, and the limits that are named in it."""

MOST_PAGES = 200
MOST_PIXELS = 89_000_000  # an A3 sheet at 600 dpi has 70 million; Pillow itself warns a little above
TOO_MANY_PIXELS = "图片尺寸过大，请降低扫描分辨率（300 点即可）后再上传。"


class UploadRefused(ValueError):
    """The file cannot be kept. The message is for the person who uploads it: the reason and the cure."""
