"""Scans as files: a link where the person is given the file, else why not."""

from collections.abc import Iterable
from typing import Any

from django import template

from agreements.lifecycle.pages import places_in_words, standing_sheets
from agreements.models import Agreement, Scan
from agreements.signing.strangers import NOT_GIVEN, is_withheld

register = template.Library()


@register.filter
def replaced(scan: Scan, among: Iterable[Scan]) -> str:
    """Say which pages of a certified scan stand no more, because a later one among these shows them; "" for none."""
    standing = {sheet.pk for sheet in standing_sheets(among)}
    old = [sheet for sheet in scan.sheets.all() if sheet.counts and sheet.pk not in standing]
    return f"（其中{places_in_words(old)}已由后来的扫描件代替）" if old else ""


@register.inclusion_tag("agreements/signing/_scan_file.html", takes_context=True)
def scan_file(context: template.Context, agreement: Agreement, scan: Scan, words: str, **more: str) -> dict[str, Any]:
    """A link to the file as it was sent, or why it is not given to the person.

    `lead` stands before `words` in the link alone, `hidden` is read out after them, `style` are the link's classes.
    """
    withheld = is_withheld(scan, context["request"].user)
    return {"agreement": agreement, "scan": scan, "words": words, "is_withheld": withheld, "why": NOT_GIVEN, **more}
