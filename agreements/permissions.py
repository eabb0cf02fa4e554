"""Who may see and do what with an agreement. Views get their agreement from here and nowhere else."""

from django.db.models import QuerySet

from accounts.models import User
from agreements.models import Agreement, Approval, SigningBatch, TemplateVersion
from duties.permissions import looks_after
from frame.guards import Addressed
from institutions.models import (
    Institution,
    Role,
    institutions_led_by,
    institutions_of,
    institutions_read_by,
    institutions_signed_for_by,
)
from institutions.register.permissions import INSTITUTION


def can_edit_draft(user: User, agreement: Agreement) -> bool:
    """Whether the user is a clerk of the drafting institution. The state is the verb's own guard."""
    return institutions_of(user).filter(pk=agreement.drafted_by_id).exists()


def can_answer(user: User, agreement: Agreement) -> bool:
    """Whether the user is a clerk of the institution that the text was sent to."""
    partner = agreement.partner
    return partner is not None and institutions_of(user).filter(pk=partner.pk).exists()


def can_act(user: User, agreement: Agreement) -> bool:
    """Whether the user is a clerk of either side. Signatories and officials only read."""
    return institutions_of(user).filter(pk__in=[agreement.medical_id, agreement.elder_care_id]).exists()


def can_sign_for(user: User, agreement: Agreement, role: Role) -> bool:
    """Whether the user is a clerk of the side in this role, and so enters when that side signed."""
    party = agreement.party(role)
    return party is not None and institutions_of(user).filter(pk=party.pk).exists()


def can_sign_electronically(user: User, agreement: Agreement) -> bool:
    """Whether the user is a signatory of either side, at the place that they act for."""
    return institutions_signed_for_by(user).filter(pk__in=[agreement.medical_id, agreement.elder_care_id]).exists()


def signs_anywhere(user: User) -> bool:
    """Whether the user is a signatory at a place that they act for."""
    return institutions_signed_for_by(user).exists()


def can_extend_signing(user: User, agreement: Agreement) -> bool:
    """Whether the user puts off the last day to sign: whoever acts or signs for either side."""
    return can_act(user, agreement) or can_sign_electronically(user, agreement)


def side_signed_for(user: User, agreement: Agreement) -> Role | None:
    """Return the side whose signatory the user is at the place that they act for; None of neither, and of both at
    once: then they have to say for which they act."""
    mine = set(institutions_signed_for_by(user).values_list("pk", flat=True))
    sides = [role for role in Role if (party := agreement.party(role)) is not None and party.pk in mine]
    return sides[0] if len(sides) == 1 else None


def reads_for_a_party(user: User, agreement: Agreement) -> bool:
    """Whether the user belongs to either side, acting or only reading; officials do not."""
    return institutions_read_by(user).filter(pk__in=[agreement.medical_id, agreement.elder_care_id]).exists()


def can_withdraw(user: User, agreement: Agreement) -> bool:
    """Whether the user may give the text up: the drafting side, and once it is frozen either side."""
    return can_act(user, agreement) if agreement.is_frozen else can_edit_draft(user, agreement)


def leads(user: User, approval: Approval) -> bool:
    """Whether the user approves texts for the institution whose clerk asked."""
    return institutions_led_by(user).filter(pk=approval.institution_id).exists()


def can_take_back_approval(user: User, approval: Approval) -> bool:
    """Whether the user is a clerk of the institution whose clerk asked."""
    return institutions_of(user).filter(pk=approval.institution_id).exists()


def switches_approval(user: User, institution: Institution) -> bool:
    """Whether the user is an administrator of this very institution."""
    return looks_after(user, institution)


def visible(user: User) -> QuerySet[Agreement]:
    return Agreement.objects.visible_to(user).with_parties().with_text()


def shown(user: User) -> QuerySet[Agreement]:
    return Agreement.objects.shown_to(user).with_parties()


AGREEMENT = Addressed(visible, word="number", field="number")
with_agreement = AGREEMENT.guard()
with_draft = AGREEMENT.guard(can_edit_draft)
with_answer = AGREEMENT.guard(can_answer)
with_withdrawable = AGREEMENT.guard(can_withdraw)
with_own_agreement = AGREEMENT.guard(can_act)
with_agreement_to_extend = AGREEMENT.guard(can_extend_signing)
with_agreement_to_sign = AGREEMENT.guard(can_sign_electronically)
# Of what came back to the other side's desk, too: for what needs nothing of its text but what was sent.
SHOWN = Addressed(shown, word="number", field="number")
with_shown_to_party = SHOWN.guard(can_act)
with_answer_shown = SHOWN.guard(can_answer)
with_rounds = SHOWN.guard(reads_for_a_party)


def approvals(user: User) -> QuerySet[Approval]:
    found = Approval.objects.visible_to(user)
    of_agreement = ("medical", "elder_care", "drafted_by", "template_version__template")
    related = (f"agreement__{each}" for each in of_agreement)
    return found.select_related("institution", "asked_by", "answered_by", *related)


def batches(user: User) -> QuerySet[SigningBatch]:
    return SigningBatch.objects.visible_to(user).with_counts().select_related("institution", "identity", "seal")


def templates_to_read(user: User) -> QuerySet[TemplateVersion]:
    """Return the versions of templates by which is made what waits for the user's electronic signature."""
    waiting = Agreement.objects.to_sign_by(user)
    return TemplateVersion.objects.filter(pk__in=waiting.values("frozen__template_version"))


APPROVAL = Addressed(approvals)
with_own_batch = Addressed(batches, word="batch").guard()
with_template_to_read = Addressed(templates_to_read, word="version").guard()
with_led_approval = APPROVAL.guard(leads)
with_own_approval = APPROVAL.guard(can_take_back_approval)
with_looked_after = INSTITUTION.guard(switches_approval)
