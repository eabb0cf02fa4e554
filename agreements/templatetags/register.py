"""The parts of a register: headings that sort, and what else the person is led to from there."""

from django import template

from agreements.models import SigningBatch
from agreements.register.course import is_done

register = template.Library()


register.filter("is_done", is_done)


@register.simple_tag(takes_context=True)
def has_batch_results(context: template.Context) -> bool:
    """Whether the person has signed many in one go, for a house that they sign for still: only they see what came."""
    return SigningBatch.objects.visible_to(context["request"].user).done().exists()
