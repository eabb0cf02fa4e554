"""The signature of one side as a row: what is written, how it is corrected and proved, and that two people sign."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle
from agreements.lifecycle.seen import text_shown
from agreements.models import Agreement, Signature
from institutions.models import Institution, Role
from tests.agreements.making import CONTACT, certified, printed, rejected
from tests.factories import MembershipFactory
from verbs.errors import Unacceptable


@pytest.fixture
def of_both(elder_care_clerk: User, medical_institution: Institution) -> User:
    """The elder-care clerk, who helps out at the medical institution too."""
    MembershipFactory.create(institution=medical_institution, user=elder_care_clerk)
    return elder_care_clerk


def days(agreement: Agreement) -> tuple[object, object]:
    return Agreement.objects.values_list("medical_signed_on", "elder_care_signed_on").get(pk=agreement.pk)


def test_entering_the_day_writes_who_signed_for_whom(final: Agreement, elder_care_clerk: User) -> None:
    today = timezone.localdate()
    row = lifecycle.record_signing(final, by=elder_care_clerk, role=Role.ELDER_CARE, on=today)
    signature = row.signatures.get()
    assert (signature.frozen, signature.role, signature.day) == (final.frozen, Role.ELDER_CARE, today)
    assert (signature.kind, signature.on_behalf_of) == (Signature.Kind.PAPER, final.elder_care)
    assert (signature.signatory_name, signature.person) == (CONTACT["signatory_name"], None)
    assert (signature.entered_by, signature.proof, signature.superseded_at) == (elder_care_clerk, {}, None)
    assert row.elder_care_signed_on == today
    assert days(final) == (None, today)


def test_a_corrected_day_is_a_new_row(
    draft: Agreement, elder_care_clerk: User, colleague: User, medical_clerk: User
) -> None:
    today = timezone.localdate()
    yesterday = today - timedelta(days=1)
    sent = lifecycle.send(draft, by=elder_care_clerk, revision=draft.revision)
    at = timezone.now() - timedelta(days=3)
    final = printed(lifecycle.agree(sent, by=medical_clerk, contact=CONTACT, at=at))
    lifecycle.record_signing(final, by=elder_care_clerk, role=Role.ELDER_CARE, on=today)
    row = lifecycle.record_signing(final, by=colleague, role=Role.ELDER_CARE, on=yesterday)
    former, current = row.signatures.all()
    assert (former.day, former.entered_by, former.superseded_at is None) == (today, elder_care_clerk, False)
    assert (current.day, current.entered_by, current.superseded_at) == (yesterday, colleague, None)
    assert row.elder_care_signed_on == yesterday
    assert days(final) == (None, yesterday)


def test_a_superseded_signature_takes_its_day_away(final: Agreement, elder_care_clerk: User) -> None:
    lifecycle.record_signing(final, by=elder_care_clerk, role=Role.ELDER_CARE, on=timezone.localdate())
    final.signatures.update(superseded_at=timezone.now())
    assert days(final) == (None, None)


def test_nobody_signs_for_both_sides(final: Agreement, of_both: User, medical_clerk: User) -> None:
    today = timezone.localdate()
    lifecycle.record_signing(final, by=of_both, role=Role.ELDER_CARE, on=today)
    with pytest.raises(Unacceptable, match="同一个人不能代表双方签章"):
        lifecycle.record_signing(final, by=of_both, role=Role.MEDICAL, on=today)
    assert days(final) == (None, today)
    lifecycle.record_signing(final, by=medical_clerk, role=Role.MEDICAL, on=today)
    assert days(final) == (today, today)


def test_whose_entry_a_colleague_has_corrected_has_entered_nothing_that_counts(
    final: Agreement, of_both: User, colleague: User
) -> None:
    today = timezone.localdate()
    lifecycle.record_signing(final, by=of_both, role=Role.ELDER_CARE, on=today)
    lifecycle.record_signing(final, by=colleague, role=Role.ELDER_CARE, on=today)
    lifecycle.record_signing(final, by=of_both, role=Role.MEDICAL, on=today)
    assert days(final) == (today, today)


def test_the_page_says_why_one_person_is_not_enough(
    client: Client, final: Agreement, elder_care_clerk: User, medical_institution: Institution
) -> None:
    """A person who has moved to the other side since."""
    lifecycle.record_signing(final, by=elder_care_clerk, role=Role.ELDER_CARE, on=timezone.localdate())
    elder_care_clerk.memberships.all().delete()
    MembershipFactory.create(user=elder_care_clerk, institution=medical_institution)
    client.force_login(elder_care_clerk)
    address = reverse("signing-record", args=[final.number, Role.MEDICAL.value])
    refused = client.post(address, {"on": timezone.localdate().isoformat(), "text": text_shown(final)})
    assert refused.status_code == 422
    assert "同一个人不能代表双方签章" in refused.content.decode()


def test_certifying_proves_both_signatures_by_the_scans(scanned: Agreement, medical_clerk: User) -> None:
    scan = scanned.scans.get()
    row = certified(scanned, by=medical_clerk)
    assert [signature.proof for signature in row.signatures.all()] == [{"scans": [scan.sha256]}] * 2


def test_a_rejected_scan_proves_nothing(scanned: Agreement, medical_clerk: User) -> None:
    rejected(scanned, by=medical_clerk, reason="第二页不清")
    assert [signature.proof for signature in scanned.signatures.all()] == [{}, {}]


@pytest.mark.usefixtures("owner")
def test_signing_that_fails_half_way_leaves_the_text_unsigned(final: Agreement, elder_care_clerk: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse_all() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full'; END $$;"
            "CREATE TRIGGER refuse_all BEFORE INSERT ON agreements_signature"
            " FOR EACH ROW EXECUTE FUNCTION refuse_all()"
        )
    with pytest.raises(DatabaseError, match="full"), transaction.atomic():
        lifecycle.record_signing(final, by=elder_care_clerk, role=Role.ELDER_CARE, on=timezone.localdate())
    assert Agreement.objects.get(pk=final.pk).state == Agreement.State.AGREED
    assert days(final) == (None, None)


def test_withdrawing_keeps_the_one_signature_there_is_with_the_voided_text(
    final: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    today = timezone.localdate()
    lifecycle.record_signing(final, by=elder_care_clerk, role=Role.ELDER_CARE, on=today)
    back = lifecycle.withdraw(final, by=medical_clerk, reason="费用没有谈妥")
    assert (back.elder_care_signed_on, days(final)) == (None, (None, None))
    kept = back.signatures.get()
    assert kept.day == today
    assert kept.superseded_at is not None
    assert kept.frozen.voided_at is not None
