"""Requests as gunicorn hands them on: read as UTF-8 whatever their header says, through the application itself."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from yiyang.wsgi import application

pytestmark = pytest.mark.django_db
CHARSETS = ["hex", "idna", "utf-7", "unicode_escape", "rot13", "utf-16", "nosuch", "\u00ff", ""]


def answer(method: str, path: str, *, query: str = "", kind: str = "", body: bytes = b"") -> tuple[int, str]:
    """Ask the application as a web server does; return status and page."""
    told: list[Any] = []
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": BytesIO(body),
        "wsgi.url_scheme": "http",
    }

    def begin(status: str, headers: list[tuple[str, str]], exc_info: object = None, /) -> Callable[[bytes], object]:
        told.append(status)
        return told.append

    pieces = application(environ, begin)
    return int(str(told[0]).split()[0]), b"".join(pieces).decode()


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("kind", ["text/html", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_whatever_encoding_a_header_names_the_request_is_read_as_utf_8(kind: str, charset: str) -> None:
    status, page = answer("GET", "/sign-in/", query="next=%2Fagreements%2F", kind=f"{kind}; charset={charset}")
    assert (status, "登录" in page) == (200, True)
    body = b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\n+2AA-\\ud800\r\n--x--\r\n'
    assert answer("POST", "/sign-in/", kind=f"{kind}; charset={charset}", body=body)[0] < 500


@pytest.mark.parametrize("kind", ["a;b*=nosuch''%D8", "a;b*0*=hex''%41", ";", "a;" * 4000, 'a/b; x="\0"'])
def test_a_header_that_nobody_can_read_is_none(kind: str) -> None:
    assert answer("GET", "/sign-in/", kind=kind)[0] == 200


def test_what_is_no_text_in_utf_8_is_refused_in_words() -> None:
    status, page = answer("GET", "/sign-in/", query="next=%00", kind="text/plain; charset=utf-7")
    assert (status, "网址里有无法识别的字符" in page) == (400, True)
