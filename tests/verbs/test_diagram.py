"""The document of all lives: its pictures and tables, and the command that writes it and notices another."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from verbs.diagram import document


def test_the_command_writes_the_document_and_notices_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
    with pytest.raises(CommandError, match="不一致"):
        call_command("transition_diagrams", "--check")
    call_command("transition_diagrams")
    assert (tmp_path / "docs" / "lifecycle.md").read_text(encoding="utf-8") == document()


INVITATION = """
```mermaid
stateDiagram-v2
    open: open 等待接受
    accepted: accepted 已接受
    cancelled: cancelled 已撤回
    [*] --> open
    open --> accepted: accept
    open --> cancelled: cancel
    accepted --> [*]
    cancelled --> [*]
```

| verb | on screen | from | to | logged as | done by | not while |
|---|---|---|---|---|---|---|
| accept | 接受 | open | accepted | `membership.invitation_accepted` | `is_meant_for` |  |
| cancel | 撤回 | open | cancelled | `membership.invitation_cancelled` | `can_withdraw` |  |

What the table cannot say:
"""


def test_a_life_is_a_picture_a_table_and_what_these_cannot_say() -> None:
    section = document().partition("## invitation\n")[2]
    assert section.startswith(INVITATION)
