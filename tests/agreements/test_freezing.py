"""The frozen text as a row: what it holds, what voids it, and that the same words frozen again are another text."""

import hashlib

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle
from agreements.models import Agreement, FrozenText
from audit.models import Entry
from institutions.models import Role
from tests.agreements.making import agreed, sent
from tests.coverage.histories import moment

State = Agreement.State
REASON = "费用没有谈妥"


@pytest.fixture
def final(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    return agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)


@pytest.fixture
def again(final: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    """Withdrawn, sent once more, and agreed on without a word changed."""
    draft = lifecycle.withdraw(final, by=medical_clerk, reason=REASON)
    return agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)


def refuse(table: str, act: str) -> None:
    """Let the database refuse every such write from now on, so that a verb fails half-way."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse_all() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full'; END $$;"
            f"CREATE TRIGGER refuse_all BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_all()"
        )


def test_agreeing_keeps_the_text_with_who_and_when(final: Agreement, medical_clerk: User) -> None:
    text = final.frozen_texts.get()
    assert (final.frozen, text.edition, text.frozen_by, text.voided_at) == (text, 1, medical_clerk, None)
    assert text.template_version == final.template_version
    assert text.text == final.filled_text()
    assert {role: facts["name"] for role, facts in text.party_snapshots.items()} == {
        role.value: final.party_name(role) for role in Role
    }
    assert final.agreed_at == text.frozen_at
    assert timezone.localdate(text.frozen_at) == timezone.localdate()


def test_what_brings_in_old_records_says_when_it_was_agreed(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    day = moment(timezone.localdate().replace(year=2020, day=1))
    contact = draft.contact(Role.ELDER_CARE)
    row = lifecycle.agree(sent(draft, by=elder_care_clerk), by=medical_clerk, contact=contact, at=day)
    assert row.agreed_at == day


def test_the_digest_seals_number_edition_and_words(final: Agreement) -> None:
    text = final.frozen_texts.get()
    sealed = f"{final.number}\n1\n{final.filled_text().plain}"
    assert text.digest == hashlib.sha256(sealed.encode()).hexdigest()
    assert text.is_intact(final.number)
    assert not text.is_intact("YY0000-000000")


def test_withdrawing_voids_the_text_and_keeps_it(final: Agreement, medical_clerk: User) -> None:
    words = final.filled_text()
    back = lifecycle.withdraw(final, by=medical_clerk, reason=REASON)
    text = FrozenText.objects.get()
    assert (back.state, back.number, back.frozen) == (State.DRAFT, final.number, None)
    assert (text.voided_by, text.void_reason) == (medical_clerk, REASON)
    assert text.voided_at is not None
    assert text.text == words == back.filled_text(), "what was entered is there to be mended"


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize(
    ("table", "act"),
    [("agreements_frozentext", "UPDATE"), ("audit_entry", "INSERT"), ("notifications_notice", "INSERT")],
)
def test_withdrawing_that_fails_half_way_leaves_the_text_standing(
    table: str, act: str, final: Agreement, medical_clerk: User
) -> None:
    entries = Entry.objects.count()
    refuse(table, act)
    with pytest.raises(DatabaseError, match="full"), transaction.atomic():
        lifecycle.withdraw(final, by=medical_clerk, reason=REASON)
    assert Agreement.objects.get(pk=final.pk).state == State.AGREED
    assert FrozenText.objects.get().voided_at is None
    assert Entry.objects.count() == entries


@pytest.mark.usefixtures("owner")
def test_agreeing_that_fails_half_way_freezes_nothing(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    negotiating = sent(draft, by=elder_care_clerk)
    refuse("agreements_rendition", "INSERT")
    with pytest.raises(DatabaseError, match="full"), transaction.atomic():
        lifecycle.agree(negotiating, by=medical_clerk, contact=draft.contact(Role.ELDER_CARE))
    assert not FrozenText.objects.exists()
    assert Agreement.objects.get(pk=draft.pk).state == State.NEGOTIATING


def test_the_same_words_frozen_again_are_another_text(again: Agreement) -> None:
    first, second = again.frozen_texts.all()
    assert (first.edition, second.edition) == (1, 2)
    assert (first.voided_at is None, second.voided_at is None) == (False, True)
    assert first.text.plain == second.text.plain
    assert first.digest != second.digest
    assert again.frozen == second


def test_two_freezings_of_one_revision_share_no_copies(again: Agreement) -> None:
    second, first = again.renditions.all()
    assert first.revision == second.revision
    assert (first.frozen, second.frozen) == tuple(again.frozen_texts.all())
    assert list(again.renditions.final()) == [second]


def test_what_is_printed_of_a_party_is_frozen_with_the_text(final: Agreement, draft: Agreement) -> None:
    party = final.elder_care
    assert party is not None
    name = party.name
    type(party).objects.filter(pk=party.pk).update(name="改名后的养老院")
    fresh = Agreement.objects.with_parties().get(pk=final.pk)
    assert fresh.party_facts(Role.ELDER_CARE)["name"] == fresh.party_name(Role.ELDER_CARE) == name
    assert name in fresh.values().values()


def test_it_is_found_by_the_name_that_its_text_has(final: Agreement) -> None:
    party = final.medical
    assert party is not None
    name = party.name
    type(party).objects.filter(pk=party.pk).update(name="改名后的医院")
    assert list(Agreement.objects.search(name)) == [final]


def test_what_is_frozen_of_a_party(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    row = agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    assert row.frozen is not None
    for role, party in (("medical", row.medical), ("elder_care", row.elder_care)):
        assert party is not None
        assert row.frozen.party_snapshots[role] == {
            "id": party.pk,
            "region": "330602",
            "name": party.name,
            "uscc": party.uscc,
            "operator_name": party.operator_name,
            "operator_uscc": party.operator_uscc,
            "address": "越城区测试路 1 号",
            "legal_representative": party.legal_representative,
            "phone": "0575-88000001",
        }
    assert set(row.frozen.party_snapshots) == {"medical", "elder_care"}
