"""Scans as files: a link where the person is given the file, else why not."""

from typing import Any

from django import template

from agreements.models import Agreement, Scan
from agreements.signing.strangers import NOT_GIVEN, is_withheld

register = template.Library()


@register.inclusion_tag("agreements/signing/_scan_file.html", takes_context=True)
def scan_file(context: template.Context, agreement: Agreement, scan: Scan, words: str, **more: str) -> dict[str, Any]:
    """A link to the file as it was sent, or why it is not given to the person.

    `lead` stands before `words` in the link alone, `hidden` is read out after them, `style` are the link's classes.
    """
    withheld = is_withheld(scan, context["request"].user)
    return {"agreement": agreement, "scan": scan, "words": words, "is_withheld": withheld, "why": NOT_GIVEN, **more}
