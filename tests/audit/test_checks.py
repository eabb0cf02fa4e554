"""A key or a certificate that cannot be used is said at start."""

from pathlib import Path
from typing import Any

import pytest

from audit import platform_key
from audit.checks import check_anchoring


def found(settings: Any, path: Path) -> list[str]:
    settings.PLATFORM_KEY_FILE = str(path)
    return [str(message.id) for message in check_anchoring(None)]


def test_the_key(settings: Any, tmp_path: Path) -> None:
    path = tmp_path / "keys" / "platform.pem"
    assert found(settings, path) == []
    platform_key.public_key()
    assert found(settings, path) == []
    path.chmod(0o644)
    assert found(settings, path) == ["audit.W001"]
    path.write_text("no key", encoding="utf-8")
    assert found(settings, path) == ["audit.E002", "audit.W001"]
    (tmp_path / "file").touch()
    assert found(settings, tmp_path / "file" / "platform.pem") == ["audit.E001"]


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_the_authoritys_certificate(settings: Any, tmp_path: Path, content: str | None) -> None:
    if content:
        (tmp_path / "tsa.pem").write_text(content, encoding="utf-8")
    settings.TSA_CERTIFICATE = str(tmp_path / "tsa.pem")
    assert found(settings, tmp_path / "platform.pem") == ["audit.E003"]
