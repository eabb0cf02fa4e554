"""What an institution's page shows of its people, for whoever may see it."""

from django import template
from django.template import Context

from accounts.models import User
from institutions.models import Institution
from institutions.people import contacts, directory, permissions

register = template.Library()


@register.inclusion_tag("institutions/people/_roles.html", takes_context=True)
def people_of(context: Context, institution: Institution) -> dict[str, object]:
    """Names and duties, for the institution's own people and the officials of its remit; nothing for others."""
    user: User = context["request"].user
    is_shown = permissions.sees_people_of(user, institution)
    return {"is_shown": is_shown, "people": directory.people_at(institution) if is_shown else []}


@register.inclusion_tag("institutions/_contacts.html", takes_context=True)
def contacts_of(context: Context, institution: Institution) -> dict[str, object]:
    """The button that shows the contacts, for whoever may see them; for others a word that they are not shown."""
    user: User = context["request"].user
    return {
        "may_read": contacts.may_read(user, institution),
        "institution": institution,
        "csrf_token": context.get("csrf_token"),
    }
