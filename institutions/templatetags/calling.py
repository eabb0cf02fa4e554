"""The number to call, on pages that refuse and on those of faults."""

from django import template
from django.template import Context

from institutions.calling import Number, number_for, of_the_platform

register = template.Library()


@register.inclusion_tag("institutions/_number.html", takes_context=True)
def number_to_call(context: Context) -> dict[str, Number | None]:
    """Say whom the reader calls; where a page is made without a request, as of a fault, nothing is looked up."""
    request = context.get("request")
    return {"number": number_for(getattr(request, "user", None)) if request else of_the_platform()}
