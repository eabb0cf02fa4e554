"""The parts of a register: headings that sort, and what else the person is led to from there."""

from typing import Any

from django import template
from django.http import HttpRequest

from agreements.models import SigningBatch
from agreements.register.course import is_done
from frame.following import AFTER

register = template.Library()


register.filter("is_done", is_done)


@register.simple_tag(takes_context=True)
def has_batch_results(context: template.Context) -> bool:
    """Whether the person has signed many in one go, for a house that they sign for still: only they see what came."""
    return SigningBatch.objects.visible_to(context["request"].user).done().exists()


@register.inclusion_tag("agreements/_sort_heading.html", takes_context=True)
def sort_heading(context: template.Context, field: str, word: str) -> dict[str, Any]:
    """A column heading that sorts by `field`, and turns the order round when it already does."""
    request: HttpRequest = context["request"]
    now = request.GET.get("sort", "")
    query = request.GET.copy()
    query.pop("page", None)
    query.pop(AFTER, None)
    query["sort"] = f"-{field}" if now == field else field
    order = {field: "ascending", f"-{field}": "descending"}.get(now, "")
    return {"word": word, "query": query.urlencode(), "order": order}
