"""Each verb in allowed states, in forbidden states, and failing half-way."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from agreements import lifecycle
from agreements.errors import Incomplete, StaleDraft, WrongState
from agreements.models import Agreement, Rendition
from audit.log import history
from audit.models import Entry, Event
from institutions.models import Institution
from tests.agreements.making import CONTACT, agreed, save, sent

State = Agreement.State
Verb = Callable[[Agreement, User], Agreement]

VERBS: dict[str, Verb] = {
    "send": lambda agreement, by: lifecycle.send(agreement, by=by, revision=agreement.revision),
    "return": lambda agreement, by: lifecycle.return_to_drafter(agreement, by=by, reason="第三条费用偏高"),
    "agree": lambda agreement, by: lifecycle.agree(agreement, by=by, contact=CONTACT),
    "withdraw": lambda agreement, by: lifecycle.withdraw(agreement, by=by),
    "discard": lambda agreement, by: lifecycle.discard(agreement, by=by),
}
TABLE = {transition.verb: transition for transition in lifecycle.TRANSITIONS}


@pytest.fixture
def in_state(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Callable[[State], Agreement]:
    """Bring the complete draft into any state by the verbs alone."""

    def bring(state: State) -> Agreement:
        if state is State.DRAFT:
            return draft
        if state is State.DISCARDED:
            return lifecycle.discard(draft, by=elder_care_clerk)
        if state is State.AGREED:
            return agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
        negotiating = sent(draft, by=elder_care_clerk)
        return lifecycle.withdraw(negotiating, by=elder_care_clerk) if state is State.WITHDRAWN else negotiating

    return bring


def test_every_transition_has_a_verb_here() -> None:
    assert TABLE.keys() == VERBS.keys()


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("verb", list(VERBS))
def test_verb_follows_the_table(
    verb: str, state: State, in_state: Callable[[State], Agreement], elder_care_clerk: User
) -> None:
    agreement = in_state(state)
    before = Entry.objects.count()
    if state in TABLE[verb].sources:
        after = VERBS[verb](agreement, elder_care_clerk)
        assert after.state == TABLE[verb].target
        assert Agreement.objects.get(pk=agreement.pk).state == TABLE[verb].target
        assert history(agreement).filter(event=TABLE[verb].event).exists()
    else:
        with pytest.raises(WrongState, match=state.label):
            VERBS[verb](agreement, elder_care_clerk)
        assert Agreement.objects.get(pk=agreement.pk).state == state
        assert Entry.objects.count() == before


@pytest.mark.parametrize("verb", list(VERBS))
def test_failing_log_undoes_the_whole_verb(
    verb: str,
    in_state: Callable[[State], Agreement],
    elder_care_clerk: User,
) -> None:
    """The log is written last; a trigger that refuses it must undo everything before it."""
    agreement = in_state(next(iter(TABLE[verb].sources)))
    before = Agreement.objects.values().get(pk=agreement.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse_log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full'; END $$;"
            "CREATE TRIGGER refuse_log BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_log()"
        )
    with pytest.raises(DatabaseError, match="full"), transaction.atomic():
        VERBS[verb](agreement, elder_care_clerk)
    assert Agreement.objects.values().get(pk=agreement.pk) == before
    assert not Rendition.objects.exists()


def test_send_wants_everything_required(draft: Agreement, elder_care_clerk: User) -> None:
    short = save(draft, by=elder_care_clerk, step="terms", answers={})
    with pytest.raises(Incomplete, match="还没有填写"):
        lifecycle.send(short, by=elder_care_clerk, revision=short.revision)
    assert Agreement.objects.get(pk=draft.pk).state == State.DRAFT


def test_send_refuses_what_was_changed_after_checking(draft: Agreement, elder_care_clerk: User) -> None:
    save(draft, by=elder_care_clerk, step="contacts", contacts={"elder_care": {**CONTACT, "signatory_name": "沈祎"}})
    with pytest.raises(StaleDraft):
        lifecycle.send(draft, by=elder_care_clerk, revision=draft.revision)


def test_agreeing_freezes_text_and_parties(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    agreement = agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    frozen = Agreement.objects.get(pk=agreement.pk)
    assert frozen.party_snapshots is not None
    assert frozen.party_snapshots["elder_care"]["name"] == "越城区福星养老院"
    assert frozen.contacts["medical"] == CONTACT
    Institution.objects.filter(agreements_as_elder_care=draft).update(name="改名后的养老院")
    assert "改名后" not in str(Agreement.objects.get(pk=agreement.pk).frozen_text)
    assert frozen.renditions.get().is_final


@pytest.mark.parametrize(
    "change",
    ["text_digest = 'x'", "frozen_text = '{}'", "party_snapshots = '{}'", "answers = '{}'", "number = 'YY0000-000000'"],
)
def test_database_refuses_changes_to_the_frozen(
    change: str, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    agreement = agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE agreements_agreement SET {change} WHERE id = %s", [agreement.pk])  # noqa: S608  -- fixed text of this test


def test_agreeing_refuses_an_institution_closed_meanwhile(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    negotiating = sent(draft, by=elder_care_clerk)
    Institution.objects.filter(agreements_as_elder_care=draft).update(status=Institution.Status.CLOSED)
    with pytest.raises(Incomplete, match="关闭"):
        lifecycle.agree(negotiating, by=medical_clerk, contact=CONTACT)
    assert Agreement.objects.get(pk=draft.pk).state == State.NEGOTIATING


def test_returning_keeps_the_reason_until_sent_again(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    returned = lifecycle.return_to_drafter(sent(draft, by=elder_care_clerk), by=medical_clerk, reason="第三条费用偏高")
    assert Agreement.objects.get(pk=draft.pk).return_reason == "第三条费用偏高"
    assert sent(returned, by=elder_care_clerk).return_reason == ""
    assert history(draft).filter(event=Event.AGREEMENT_RETURNED).get().data["reason"] == "第三条费用偏高"
