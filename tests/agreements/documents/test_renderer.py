"""The renderer takes nothing from outside and prints nothing that it is not given."""

import gc
import socket
import threading

import pytest

from agreements.documents.renderer import render
from agreements.documents.typesetting import NothingOutside, OutsideFetchRefused
from tests.agreements.documents import papers


@pytest.mark.parametrize("address", ["http://127.0.0.1/x.png", "https://example.com/", "file:///etc/passwd", "data:,x"])
def test_every_address_is_refused(address: str) -> None:
    with pytest.raises(OutsideFetchRefused):
        NothingOutside().fetch(address)


def test_picture_in_a_document_is_not_fetched(caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/picture.png"
        pdf = render(f'<html lang="zh-CN"><title>题</title><p>正文<img src="{address}" alt="图">', "").pdf
        with pytest.raises(BlockingIOError):
            server.accept()
    assert "正文图" in papers.poppler("pdftotext", pdf)
    assert address in caplog.text
    caplog.clear()  # the complaint was wanted here


def test_threads_take_turns_and_agree() -> None:
    html = '<html lang="zh-CN"><title>题</title><p>双方协商一致</p>'
    made: list[bytes] = []
    threads = [threading.Thread(target=lambda: made.append(render(html, "").pdf)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert len(set(made)) == 1
    assert gc.isenabled()
