"""The number to call at a bureau: shown in public to whoever wants to look after an institution."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from audit.log import append
from duties.events import PhoneSet
from duties.permissions import refuse_unless_looking_after
from institutions.models import Authority
from regions.models import Region

REGISTERED_IN = slice(2, 8)  # the digits of a unified social credit code that name the county of registration


@transaction.atomic
def set_phone(authority: Authority, phone: str, *, by: User) -> bool:
    """Set or clear the number; False if it stood already. Raises NotAllowed to others than its administrators."""
    row = Authority.objects.select_for_update(no_key=True).get(pk=authority.pk)
    refuse_unless_looking_after(by, row)
    if row.phone == phone:
        return False
    row.phone = phone
    row.save(update_fields=["phone"])
    append(PhoneSet(phone=phone), by=by, subject=row)
    return True


def to_call(code: str) -> list[Authority]:
    """Return the bureaus to ask about an institution that is not known here, by the county within its code."""
    region = Region.objects.filter(code=code[REGISTERED_IN]).first()
    if region is None:
        return []
    nearest = [Authority.objects.all().for_region(region, kind) for kind in Authority.Kind]
    return [authority for authority in nearest if authority]
