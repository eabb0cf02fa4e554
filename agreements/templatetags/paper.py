"""The agreement's text on screen: blanks marked, each line an anchor."""

from typing import Any

from django import template

from agreements.text.filling import FilledLine, FilledText

register = template.Library()


@register.inclusion_tag("agreements/_filled_line.html")
def filled_line(line: FilledLine) -> dict[str, Any]:
    """One line with its label; filled blanks underlined, empty ones as a gap."""
    return {"line": line}


@register.inclusion_tag("agreements/_paper_sheet.html")
def paper_sheet(text: FilledText) -> dict[str, Any]:
    """The whole text as a sheet of paper, to read; the PDF is made elsewhere."""
    return {"text": text}
