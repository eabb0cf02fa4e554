"""The named ways in which a verb refuses, besides those of verbs/errors.py."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agreements.lifecycle.checking import Finding


class StaleDraft(Exception):
    """The draft was saved elsewhere since this page was opened; nothing was overwritten."""


class Incomplete(Exception):
    """Something required is missing or wrong; `findings` says what, and at which step."""

    def __init__(self, findings: "Sequence[Finding]") -> None:
        super().__init__("；".join(finding.text for finding in findings))
        self.findings = findings
