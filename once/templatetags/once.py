"""The hidden field of every form that creates something."""

from django import template
from django.http import HttpRequest
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from once.tokens import FIELD, token_for

register = template.Library()


@register.simple_tag(takes_context=True)
def once(context: Context, address: str = "") -> SafeString:
    """Write the field. `address` is where the form is sent, by default the page's own."""
    request: HttpRequest = context["request"]
    token = token_for(request, address or request.get_full_path())
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, token)
