"""What is missing or doubtful in an agreement, each with the step where it is fixed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from agreements.fields import CONTACT_FIELDS
from agreements.lifecycle.candidates import assess
from agreements.lifecycle.clashes import clashes
from agreements.lifecycle.overlap import in_the_way, in_words, pending_beside, way_out, when_it_joins
from agreements.lifecycle.rounds import changed_since_return, returned_round
from agreements.models import Agreement, AgreementKind, Template, TemplateVersion
from agreements.models.states import AGREED_AND_LIVING
from agreements.text.filling import fill
from agreements.text.fonts import described, unprintable
from agreements.text.schema import TermKind
from chinese.dates import cn_day
from institutions.identifiers import phone_warnings
from institutions.models import Institution, Role
from regions.schemes import rules_for

MOST_BESIDE = 3  # other agreements under way that are named


@dataclass(frozen=True)
class Finding:
    """One thing to look at. `blocks`: the text cannot be sent or frozen while it stands."""

    text: str
    step: str
    blocks: bool = False
    field: str = ""  # the form field to jump to
    leads_to: str = ""  # the number of another agreement, on whose page it is cured


def blocking(found: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.blocks]


def findings(agreement: Agreement, *, on: date | None = None, answering: bool = False) -> list[Finding]:
    """Return everything missing (blocks) or doubtful (warns), in the order of the steps.

    The partner's own signatory is required only when the partner answers (`answering`).
    """
    day = on or timezone.localdate()
    return [
        *_parties(agreement, day),
        *_template(agreement),
        *_terms(agreement, day),
        *_beside(agreement, day),
        *_unchanged(agreement),
        *_contacts(agreement, answering=answering),
    ]


def _parties(agreement: Agreement, on: date) -> Iterator[Finding]:
    """Of a linked agreement nobody can choose the parties again, yet they may have closed meanwhile."""
    partner = agreement.partner
    if partner is None:
        yield Finding("还没有选择合作机构。", "partner", blocks=True)
        return
    for verdict in assess(agreement.drafted_by, partner, leave_out=agreement).verdicts:
        if not verdict.good:
            whose = "本机构" if verdict.own else partner.name
            yield Finding(f"{whose}：{verdict.text}", "partner", blocks=verdict.blocks)
    for problem in agreement.drafted_by.problems(on):
        yield Finding(f"本机构：{problem.text}", "partner", blocks=problem.blocks)
    yield from _region_rules(agreement, on)


def _region_rules(agreement: Agreement, on: date) -> Iterator[Finding]:
    """What the county's scheme wants of the elder-care side as a whole, told but never enforced on one agreement."""
    home, medical = agreement.elder_care, agreement.medical
    if home is None or medical is None:
        return
    wanted = rules_for(agreement.region, on).min_primary_partners
    if wanted and not medical.is_primary and not _has_primary_partner(home, leave_out=agreement):
        yield Finding(f"本地要求每家养老机构至少与 {wanted} 家基层医疗卫生机构签约，{home.name}目前还没有。", "partner")


def _has_primary_partner(home: Institution, *, leave_out: Agreement) -> bool:
    others = home.agreements_as_elder_care.exclude(pk=leave_out.pk).filter(state__in=AGREED_AND_LIVING)
    return others.filter(medical__medical_profile__is_primary=True).exists()


def _template(agreement: Agreement) -> Iterator[Finding]:
    version = agreement.template_version
    if version is None:
        yield Finding("还没有选择范本。", "template", blocks=True)
        return
    if version.parsed.purpose == "supplement":
        return
    offered = {offer.template_id: offer for offer in TemplateVersion.objects.for_region(agreement.region)}
    newest = offered.get(version.template_id)
    if newest is None and version.template.is_withdrawn:
        yield _withdrawn(agreement, version.template)
    elif newest is None:
        yield Finding(f"所选范本不适用于{agreement.region.full_name}，请重新选择。", "template", blocks=True)
    elif newest.pk != version.pk:
        yield Finding("这份范本已发布新版本，草稿用的还是旧版本。", "template")


def _withdrawn(agreement: Agreement, template: Template) -> Finding:
    """Nobody begins by a withdrawn template; what was offered to the other side before may still be agreed to."""
    since = f"这份范本从{cn_day(template.withdrawn_on)}起已撤下"
    if agreement.state == Agreement.State.DRAFT:
        return Finding(f"{since}，不能再用来起草，请改选另一份范本。", "template", blocks=True)
    return Finding(f"{since}；这份文本此前已经送出，仍然可以签。", "template")


def _terms(agreement: Agreement, on: date) -> Iterator[Finding]:
    if agreement.template_version is None:
        return
    body = agreement.template_version.parsed
    values = agreement.values()
    for blank in body.blanks:
        if blank.is_asked and blank.id not in values:
            words = "还没有填写" if blank.required else "没有填写，将留空打印"
            yield Finding(f"“{agreement.named(blank.label)}”{words}。", "terms", blocks=blank.required, field=blank.id)
    for clash in clashes(agreement, values, on=on):
        yield Finding(clash.text, "terms", blocks=clash.certain, field=clash.field)
    missing = unprintable(fill(body, values).plain)
    if missing:
        yield Finding(f"有打印不出来的字：{described(missing)}。", "terms", blocks=True)


def _beside(agreement: Agreement, on: date) -> Iterator[Finding]:
    """What the two parties have agreed by the same template already, or are about to."""
    if agreement.partner is None or agreement.template_version is None or agreement.kind == AgreementKind.SUPPLEMENT:
        return
    other = in_the_way(agreement, on=on)
    if other is not None:
        term = agreement.template_version.parsed.term
        step, field = ("terms", term.from_blank) if term.kind is TermKind.DATE_RANGE else ("template", "")
        text = in_words(other) + way_out(agreement, other, on=on)
        yield Finding(text, step, blocks=True, field=field, leads_to=other.number)
    if joins := when_it_joins(agreement, on=on):
        yield Finding(joins, "terms")
    for pending in pending_beside(agreement)[:MOST_BESIDE]:
        also = f"双方按同一范本还有一份协议 {pending}（{pending.get_state_display()}），两份只能有一份生效"
        yield Finding(f"{also}，请和对方说好办哪一份。", "template", leads_to=pending.number)


def _unchanged(agreement: Agreement) -> Iterator[Finding]:
    """Say that what came back would be sent as it was: whoever returned it asked for something else. The clock, which
    takes back what was not signed in time, asks for nothing."""
    last = returned_round(agreement) if agreement.return_reason else None
    if last is None or last.is_by_clock or agreement.template_version is None:
        return
    if changed_since_return(agreement) == []:
        who = agreement.unsigned_in_words or "对方退回"
        yield Finding(f"文本和退回的一样，还没有改动。{who}的原因：{agreement.return_reason}", "terms")


def _contacts(agreement: Agreement, *, answering: bool) -> Iterator[Finding]:
    for role in Role:
        party, contact = agreement.party(role), agreement.contact(role)
        must = answering or role is agreement.drafting_role
        if party is not None and not contact.get("signatory_name"):
            text = f"{party.name}：还没有填写签约人。"
            yield Finding(text, "contacts", blocks=must, field=f"{role.value}-signatory_name")
        yield from _too_long(role, contact)
        if must and party is not None and not contact.get("contact_phone"):
            text = f"{party.name}：还没有填写联系电话。"
            yield Finding(text, "contacts", blocks=True, field=f"{role.value}-contact_phone")
        elif party is not None and (doubts := phone_warnings(contact.get("contact_phone", ""))):
            text = f"{party.name}的联系电话：{''.join(doubts)}"
            yield Finding(text, "contacts", blocks=True, field=f"{role.value}-contact_phone")


def _too_long(role: Role, contact: Mapping[str, str]) -> Iterator[Finding]:
    """What no form lets through, but a caller of a verb may bring: a signature keeps the name as it was entered."""
    for name, (label, longest, _) in CONTACT_FIELDS.items():
        length = len(contact.get(name, ""))
        if length > longest:
            text = f"{role.label}的{label}最多 {longest} 个字，现在有 {length} 个。"
            yield Finding(text, "contacts", blocks=True, field=f"{role.value}-{name}")
