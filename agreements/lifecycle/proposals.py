"""What is proposed for what nobody has filled: where a copy is filed, days that join a renewal to the old, and what the
drafting institution wrote last time.

What follows from the draft itself is saved with the step from which it follows: it counts as filled wherever the draft
is looked at. What is only remembered is shown to be looked at, and saved with the page on which it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q

from accounts.names import same_name
from agreements.fields import CONTACT_FIELDS
from agreements.models import Agreement, AgreementKind
from agreements.text.answers import to_json, values_by_blank
from agreements.text.filling import Value
from agreements.text.schema import Blank, BlankKind, TemplateBody, TermKind
from institutions.models import Authority
from regions.models import Region

FROM_ACCOUNT = "从起草人的账户带来的，请核对。"
OF_ONE_TIME = {BlankKind.AUTHORITY, BlankKind.DATE}
OF_A_SIDE = {BlankKind.PERSON, BlankKind.TELEPHONE}


def proposals(agreement: Agreement, body: TemplateBody) -> dict[str, Value]:
    """Return proposed values by id, for blanks that were never saved."""
    proposed: dict[str, Value] = {**bureaus(agreement.region, body)}
    if agreement.kind == AgreementKind.RENEWAL and agreement.predecessor is not None:
        proposed |= next_term(agreement.predecessor, body)
    return {id_: value for id_, value in proposed.items() if id_ not in agreement.answers}


def with_proposals(agreement: Agreement, body: TemplateBody) -> dict[str, Any]:
    """Return the draft's answers, as they are stored, with what is proposed where nothing was ever saved."""
    return {**agreement.answers, **stored(proposals(agreement, body))}


def next_term(old: Agreement, body: TemplateBody) -> dict[str, Value]:
    """The day after the old term, and as many days as that had; nothing where the term counts from the signature."""
    term = body.term
    if term.kind is not TermKind.DATE_RANGE or old.starts_on is None or old.expires_on is None:
        return {}
    begins = old.expires_on + timedelta(days=1)
    return {term.from_blank: begins, term.to_blank: begins + (old.expires_on - old.starts_on)}


def bureaus(region: Region, body: TemplateBody) -> dict[str, str]:
    """Return for each blank that names a bureau the one with which the copies of this region are filed."""
    wanted = [blank for blank in body.blanks if blank.kind is BlankKind.AUTHORITY]
    known = {blank.id: Authority.objects.for_region(region, blank.fact) for blank in wanted}
    return {blank.id: _proposed(blank, found) for blank in wanted if (found := known[blank.id])}


def filed_elsewhere(agreement: Agreement, region: Region, body: TemplateBody) -> dict[str, Any]:
    """Return the draft's answers, as they are stored, with another region's bureaus for the former ones."""
    named = {blank.id for blank in body.blanks if blank.kind is BlankKind.AUTHORITY}
    others = {id_: value for id_, value in agreement.answers.items() if id_ not in named}
    return {**others, **bureaus(region, body)}


def stored(values: Mapping[str, Value]) -> dict[str, Any]:
    """Return typed answers as they are stored."""
    return {id_: to_json(value) for id_, value in values.items()}


def _proposed(blank: Blank, authority: Authority) -> str:
    """Leave out the authority's own word where the text prints it after the blank (报 XXX 民政局)."""
    name = authority.name
    return next((name.removesuffix(word) for word in blank.followed_by if name.endswith(word)), name)


@dataclass(frozen=True)
class Remembered:
    """A value from another time, and the words that ask to look at it."""

    value: Value
    mark: str


def remembered_contact(agreement: Agreement) -> dict[str, Remembered]:
    """Return by name (CONTACT_FIELDS) who signs for the drafting side and whom to ask, where nothing was saved yet.

    Who is asked is the person who drafts; who signs, and that person's telephone, are as the institution last wrote.
    """
    role = agreement.drafting_role
    saved = agreement.contact(role)
    if all(name in saved for name in CONTACT_FIELDS):
        return {}
    known = {f"contacts__{role.value}__has_key": "signatory_name"}
    last = _last_said(agreement, **known)
    person = agreement.created_by
    found = {name: _from(last, text) for name, text in (last.contact(role) if last else {}).items() if text}
    if "contact_name" not in found or not same_name(str(found["contact_name"].value), person.full_name):
        found["contact_name"] = Remembered(person.full_name, FROM_ACCOUNT)
        if person.mobile:
            found["contact_phone"] = Remembered(person.mobile, FROM_ACCOUNT)
    return {name: each for name, each in found.items() if name in CONTACT_FIELDS and name not in saved}


def remembered_answers(agreement: Agreement) -> dict[str, Remembered]:
    """Return by blank id what the drafting side last agreed by the same template, where nothing was saved yet.

    Never days, bureaus, or whom the other side names: those are of that agreement and that partner.
    """
    version = agreement.template_version
    if version is None or agreement.kind == AgreementKind.SUPPLEMENT:
        return {}
    open_ = [
        blank for blank in version.parsed.blanks if blank.id not in agreement.answers and _is_own(agreement, blank)
    ]
    last = _last_said(agreement, template_version__template=version.template_id) if open_ else None
    if last is None:
        return {}
    values = values_by_blank(version.parsed, last.answers)
    return {blank.id: _from(last, value) for blank in open_ if (value := values[blank.id]) is not None}


def _is_own(agreement: Agreement, blank: Blank) -> bool:
    if not blank.is_asked or blank.kind in OF_ONE_TIME:
        return False
    return blank.role == agreement.drafting_role or (not blank.role and blank.kind not in OF_A_SIDE)


def _from(last: Agreement | None, value: Value) -> Remembered:
    return Remembered(value, f"上次填写的（{last}），请核对。")


def _last_said(agreement: Agreement, **narrowed: Any) -> Agreement | None:
    """Return the newest other agreement in which the drafting institution itself said something.

    What a partner has only written into a draft of theirs, or sent, the institution has not said.
    """
    own = agreement.drafted_by
    said = Q(drafted_by=own) | Q(frozen__isnull=False) & (Q(medical=own) | Q(elder_care=own))
    others = Agreement.objects.filter(said, **narrowed).exclude(pk=agreement.pk)
    return others.order_by("-created_at", "-pk").first()
