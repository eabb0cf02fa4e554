"""Which bodies of requests are kept while they come, by their header alone.

A stranger has nothing large to send but the scan of a licence with a public application, and a PDF that is to be
verified. Whether a session's cookie is
a good one, only the application knows: it costs the sender nothing to write one, and so bounds what happens by mistake
and by simple means; that all together stay within a bound is the worker's (`yiyang/patient.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MEGABYTE = 1024 * 1024
MOST_BODY = 256 * MEGABYTE  # four scans of 50 MB, and their wrapping
MOST_APPLIED = 52 * MEGABYTE  # one scan of 50 MB, and its wrapping
MOST_SHOWN = 21 * MEGABYTE  # one PDF of 20 MB that anybody has verified, and its wrapping
MOST_OF_STRANGERS = MEGABYTE  # every other form that is open to all holds some lines

SESSION_COOKIE = "sessionid"  # as settings.SESSION_COOKIE_NAME
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)[ \t]*\r\n", re.IGNORECASE)
MOST_DIGITS = 18  # of a length; one of more is as good as any that is too large
ENCODED = re.compile(rb"\r\ntransfer-encoding[ \t]*:", re.IGNORECASE)
APPLIES = re.compile(rb"POST /administrators/(\d{1,19}|asked/[-\w]{1,100})/[ ?]")
VERIFIES = re.compile(rb"POST /verify/[ ?]")
SIGNED_IN = re.compile(rb"\r\ncookie:([^\r\n]*[; \t])?%s=[^;\s]" % SESSION_COOKIE.encode(), re.IGNORECASE)


# A page that a telephone shows in letters of its own size; nothing of the application's is at hand.
PAGE = (
    '<!DOCTYPE html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>没有收下</title><h1>没有收下</h1><p>请按浏览器的“后退”，回到刚才的页面。<p>"
)


@dataclass(frozen=True)
class Refusal:
    """What is answered without asking the application."""

    status: int
    sentence: str

    @property
    def page(self) -> bytes:
        return f"{PAGE}{self.sentence}".encode()


TOO_LARGE = Refusal(413, "送来的内容太大。一次最多 256 兆，请分几次上传。")
LARGE_SCAN = Refusal(413, "送来的内容太大。证照扫描件不要超过 50 兆，请降低扫描分辨率（300 点即可）后再上传。")
LARGE_SHOWN = Refusal(413, "文件超过 20 兆。签章后的协议文件一般不到 1 兆，请确认选择的是不是协议的 PDF 文件。")
SIGN_IN_FIRST = Refusal(413, "送来的内容太大：没有登录时只收很小的内容。请先登录，再上传文件。")
NO_LENGTH = Refusal(411, "没有写明内容的长度，不能收下。请用浏览器上传；用程序上传的，请写明 Content-Length。")
CROWDED = Refusal(503, "同时上传的内容太多，这次没有收下。请过几分钟再试。")
FULL = Refusal(503, "服务器的磁盘已满，这次没有收下。请稍后再试。")


def length_of(head: bytes) -> int:
    """Return how long the body says that it is, 0 where it does not."""
    found = LENGTH.search(head)
    return int(found[1].lstrip(b"0")[:MOST_DIGITS] or b"0") if found else 0


def refusal_of(head: bytes) -> Refusal | None:
    """Return why a request with this header (to its last line's end) is not waited for; None when it is.

    Bodies in chunks are refused whatever their length: no browser sends them, and where one ends, and what follows it,
    two programs may read differently.
    """
    if ENCODED.search(head):
        return NO_LENGTH
    length = length_of(head)
    if APPLIES.match(head):
        return LARGE_SCAN if length > MOST_APPLIED else None
    if VERIFIES.match(head):
        return LARGE_SHOWN if length > MOST_SHOWN else None
    if length > MOST_BODY:
        return TOO_LARGE
    return SIGN_IN_FIRST if length > MOST_OF_STRANGERS and not SIGNED_IN.search(head) else None
