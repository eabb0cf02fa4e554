"""No document may make the renderer complain."""

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def no_renderer_warning(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    complaints = [
        record.getMessage()
        for when in ("setup", "call")
        for record in caplog.get_records(when)
        if record.name.startswith(("weasyprint", "fontTools", "pikepdf")) and record.levelno >= logging.WARNING
    ]
    assert not complaints
