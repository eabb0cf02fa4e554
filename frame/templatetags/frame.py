"""The parts of the page frame: icons, state chips, page numbers, what is wrong in a form."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.core.paginator import Paginator
from django.forms import BaseForm
from django.http import HttpRequest
from django.template import Context, Engine
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.who_helps import WHO_HELPS
from chinese.sentences import bare
from frame.chips import Chip
from frame.errors import wrong_fields
from frame.following import AFTER
from frame.panels import Panel

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw one symbol of static/img/icons.svg; it is decoration, the word stands beside it.

    The space parts the two in running text; boxes that set their own gap swallow it.
    """
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg> ',
        static("img/icons.svg"),
        name,
    )


@register.filter
def before_colon(label: str) -> str:
    """A label as it stands before a colon: one that is a sentence loses its stop."""
    return bare(str(label))


@register.simple_tag
def who_helps() -> str:
    """Say whom somebody asks who cannot go on alone; the reader may be the administrator of the place."""
    return WHO_HELPS


@register.inclusion_tag("_chip.html")
def state_chip(chip: Chip) -> dict[str, Chip]:
    return {"chip": chip}


@register.simple_tag(takes_context=True)
def panel(context: Context, shown: Panel) -> SafeString:
    """Draw what another app adds to this page, within the page's own context."""
    engine = context.template.engine if context.template else Engine.get_default()
    with context.push(**shown.context):
        return engine.get_template(shown.template).render(context)


@register.filter
def page_numbers(paginator: "Paginator[Any]", number: int) -> list[int]:
    """The page numbers to show around `number`; 0 stands for a gap. Beyond the last counted one only it itself."""
    last = paginator.num_pages
    shown = paginator.get_elided_page_range(min(number, last), on_each_side=2, on_ends=1)
    return [each if isinstance(each, int) else 0 for each in shown] + [0, number] * (number > last)


@register.inclusion_tag("_form_errors.html")
def form_errors(form: BaseForm | Sequence[BaseForm], words: str = "", tone: str = "danger") -> dict[str, Any]:
    """Sum up what is wrong in a form, or in the several forms of one page, with links to the fields.

    `words` and `tone` are for what is only doubtful: the sentence above the list, and "warning".
    """
    forms = [form] if isinstance(form, BaseForm) else form
    return {
        "said": [each.non_field_errors() for each in forms],
        "wrong": wrong_fields(forms),
        "words": words,
        "tone": tone,
    }


@register.inclusion_tag("_sort_heading.html", takes_context=True)
def sort_heading(
    context: template.Context, field: str, word: str, *, is_number: bool = False, table: str = ""
) -> dict[str, Any]:
    """A column heading that sorts by `field`, and turns the order round when it already does.

    `table`: the id of what is sorted, where the page does not begin with it.
    """
    request: HttpRequest = context["request"]
    now = request.GET.get("sort", "")
    query = request.GET.copy()
    query.pop("page", None)
    query.pop(AFTER, None)
    query["sort"] = f"-{field}" if now == field else field
    order = {field: "ascending", f"-{field}": "descending"}.get(now, "")
    return {"word": word, "query": query.urlencode(), "order": order, "is_number": is_number, "table": table}
