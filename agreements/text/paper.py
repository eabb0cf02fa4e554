"""What is printed, as plain data: one text, the copies that are made of it, and what names them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from agreements.text.attestation import Attestation
from agreements.text.filling import FilledText

DIGEST_DIGITS = 16  # of the 64: enough to tell versions apart; fewer would not make the QR code smaller (0003)


@dataclass(frozen=True)
class CopyLabel:
    """One numbered copy (正本): `name` is the institution or authority that holds it, "" when not known yet."""

    number: int
    total: int
    holder: str
    label: str
    name: str = ""

    @property
    def text(self) -> str:
        """Return 正本 2/4 · 乙方存（机构全名）, as it is printed at the foot of each page of the copy."""
        held_by = f"（{self.name}）" if self.name else ""
        return f"正本 {self.number}/{self.total} · {self.label}{held_by}"


@dataclass(frozen=True)
class Paper:
    """One agreement as it goes to paper.

    `digest` is the frozen text's own SHA-256, of a draft that of its words: what a QR code knows the text by.
    `site` is where a QR code leads, without a slash at the end. `dated` is when the text got its present form: the
    date in the file's metadata, so that the same text always gives the same bytes.
    """

    number: str
    text: FilledText
    digest: str
    copies: tuple[CopyLabel, ...]
    is_draft: bool
    site: str
    dated: datetime
    parties: tuple[str, ...] = ()
    attestation: Attestation | None = None  # where the text has no line for the day of signing
    # Whose signature is in the electronic file while the other side signs this paper, by their roles.
    elsewhere: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return self.text.title

    @property
    def subject(self) -> str:
        """The description in the file's metadata."""
        return f"{'草稿 ' if self.is_draft else ''}协议编号 {self.number}"

    @property
    def keywords(self) -> tuple[str, ...]:
        return ("医养签约", self.number, self.digest[:DIGEST_DIGITS])

    def address(self, copy: int, page: int, pages: int) -> str:
        """Return the verification address that the QR code of one page of one copy holds.

        In capitals, which a QR code packs closer. A host has no case; a path of the site's own keeps its.
        """
        own = f"/v/{self.number}/{copy}/{page}-{pages}/{self.digest[:DIGEST_DIGITS]}".upper()
        scheme, host, path, *_ = urlsplit(self.site)
        return f"{scheme}://{host}".upper() + path + own

    @property
    def print_digest(self) -> str:
        """The SHA-256 of all that a copy is made from: the same for what prints alike."""
        words = [self.digest, self.site, str(self.is_draft), *self.elsewhere, self.everything_printed()]
        return hashlib.sha256("\n".join(words).encode()).hexdigest()

    def everything_printed(self) -> str:
        """Every text that reaches the page, for checking that the fonts have its characters."""
        words = [self.number, self.title, self.text.plain, *self.parties, *(copy.text for copy in self.copies)]
        words += [self.attestation.words] if self.attestation else []
        return "\n".join(words)
