"""Each verb in allowed states, in forbidden states, and failing half-way."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import User
from agreements import events, lifecycle
from agreements.lifecycle.electronic import Accepted
from agreements.lifecycle.errors import Incomplete, StaleDraft
from agreements.lifecycle.pens import Pen
from agreements.models import Agreement, Rendition
from agreements.models.states import BEING_SIGNED
from audit.log import history
from audit.models import Entry
from institutions.models import Institution, Role
from sealing.models import SigningIdentity
from sealing.pades.trial import passing_hand
from tests.agreements.making import CONTACT, agreed, certified, in_force, ready, save, sent, signed
from tests.factories import today
from tests.verbs.written import steps_of
from verbs.errors import WrongState

State = Agreement.State
FAR_AHEAD = date(2098, 6, 30)
AFTER_THE_END = date(2100, 1, 2)
Verb = Callable[[Agreement, User], Agreement]

VERBS: dict[str, Verb] = {
    "send": lambda agreement, by: lifecycle.send(agreement, by=by, revision=agreement.revision),
    "return": lambda agreement, by: lifecycle.return_to_drafter(agreement, by=by, reason="第三条费用偏高"),
    "agree": lambda agreement, by: lifecycle.agree(agreement, by=by, contact=CONTACT),
    "withdraw": lambda agreement, by: lifecycle.withdraw(agreement, by=by, reason="写错了机构"),
    "discard": lambda agreement, by: lifecycle.discard(agreement, by=by),
    "sign": lambda agreement, by: lifecycle.record_signing(agreement, by=by, role=Role.MEDICAL, on=today()),
    "certify": lambda agreement, by: certified(agreement, by=by),
    "rescind": lambda agreement, by: lifecycle.agree_to_rescind(agreement, by=by),
    "terminate": lambda agreement, by: lifecycle.terminate(agreement, by=by, on=FAR_AHEAD, reason="机构迁址"),
    "expire": lambda agreement, by: lifecycle.expire(agreement, on=AFTER_THE_END),
}
# Superseding is what certifying a renewal does to the old one, giving up what an end does to supplements:
# tests/agreements/test_succession.py and test_ends.py.
# What is signed on screen has keys of its own: tests/agreements/signing/test_ceremony.py, and below.
ELSEWHERE = {"supersede", "give_up", "sign_electronically", "complete", "decline_to_sign", "lapse"}
TABLE = {verb: step for verb, step in steps_of("agreement").items() if verb not in ELSEWHERE}


@pytest.fixture
def in_state(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Callable[[State], Agreement]:
    """Bring the complete draft into any state by the verbs alone."""

    def ended(state: State) -> Agreement:
        row = in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)
        if state is State.TERMINATED:
            lifecycle.terminate(row, by=elder_care_clerk, on=FAR_AHEAD, reason="机构迁址")
        elif state is State.EXPIRED:
            lifecycle.expire_due(on=AFTER_THE_END)
        else:
            renew(row, drafter=elder_care_clerk, answerer=medical_clerk)
        return Agreement.objects.get(pk=row.pk)

    def asked_to_rescind() -> Agreement:
        row = signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
        return lifecycle.ask_to_rescind(row, by=elder_care_clerk, reason="重复签了一份")

    ways: dict[State, Callable[[], Agreement]] = {
        State.DRAFT: lambda: draft,
        State.DISCARDED: lambda: lifecycle.discard(draft, by=elder_care_clerk),
        State.NEGOTIATING: lambda: sent(draft, by=elder_care_clerk),
        State.AGREED: lambda: ready(draft, drafter=elder_care_clerk, answerer=medical_clerk),
        State.SIGNING: lambda: signed(draft, drafter=elder_care_clerk, answerer=medical_clerk),
        State.RESCINDED: lambda: lifecycle.agree_to_rescind(asked_to_rescind(), by=medical_clerk),
        State.IN_FORCE: lambda: in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk),
    }
    return lambda state: ways[state]() if state in ways else ended(state)


def renew(row: Agreement, *, drafter: User, answerer: User) -> Agreement:
    """Bring the renewal into force in the last month of the old term."""
    with time_machine.travel(datetime(2099, 12, 1, 12, tzinfo=UTC), tick=False):
        renewal = lifecycle.start_renewal(row, by=drafter)
        dates = {"valid_from": "2099-12-20", "valid_to": "2101-12-19"}
        renewal = save(renewal, by=drafter, step="terms", answers={**renewal.answers, **dates})
        return in_force(renewal, drafter=drafter, answerer=answerer)


def test_every_transition_has_a_verb_here() -> None:
    assert TABLE.keys() == VERBS.keys()


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("verb", list(VERBS))
def test_verb_follows_the_table(
    verb: str, state: State, in_state: Callable[[State], Agreement], elder_care_clerk: User, medical_clerk: User
) -> None:
    agreement = in_state(state)
    if (verb, state) == ("withdraw", State.SIGNING):  # the other side's day is open yet
        agreement.signatures.filter(role=Role.MEDICAL).update(superseded_at=timezone.now())
    if (verb, state) == ("rescind", State.SIGNING):
        lifecycle.ask_to_rescind(agreement, by=elder_care_clerk, reason="重复签了一份")
    actor = actor_for(verb, elder_care_clerk, medical_clerk)
    before = Entry.objects.count()
    if state in TABLE[verb].sources:
        after = VERBS[verb](agreement, actor)
        assert after.state == TABLE[verb].target
        assert Agreement.objects.get(pk=agreement.pk).state == TABLE[verb].target
        entry = history(agreement).filter(event=TABLE[verb].event)[0]
        assert entry.actor_id == (actor.pk if verb != "expire" else None)
        assert entry.data["revision"] == agreement.revision
    else:
        with pytest.raises(WrongState, match=state.label):
            VERBS[verb](agreement, actor)
        assert Agreement.objects.get(pk=agreement.pk).state == state
        assert Entry.objects.count() == before


@pytest.mark.parametrize("state", [state for state in State if state not in BEING_SIGNED])
def test_nothing_is_signed_or_declined_on_screen_in_any_other_state(
    state: State, in_state: Callable[[State], Agreement], signatory: User
) -> None:
    agreement = in_state(state)
    pen = Pen(SigningIdentity(), passing_hand(), "0", timezone.now())
    with pytest.raises(WrongState, match=state.label):
        lifecycle.sign_electronically(agreement, by=signatory, pen=pen, accepted=Accepted(""))
    with pytest.raises(WrongState, match=state.label):
        lifecycle.decline_to_sign(agreement, by=signatory, reason="条款要改")


def actor_for(verb: str, elder_care_clerk: User, medical_clerk: User) -> User:
    """The elder-care clerk drafts, and uploads the scan; the other side answers, signs and certifies."""
    return medical_clerk if verb in {"return", "agree", "sign", "certify", "rescind"} else elder_care_clerk


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("verb", list(VERBS))
def test_failing_log_undoes_the_whole_verb(
    verb: str,
    in_state: Callable[[State], Agreement],
    elder_care_clerk: User,
    medical_clerk: User,
) -> None:
    """The log is written last; a trigger that refuses it must undo everything before it."""
    agreement = in_state(State(min(TABLE[verb].sources)))
    if verb == "rescind":
        lifecycle.ask_to_rescind(agreement, by=elder_care_clerk, reason="重复签了一份")
    actor = actor_for(verb, elder_care_clerk, medical_clerk)
    renditions = Rendition.objects.count()
    before = Agreement.objects.values().get(pk=agreement.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse_log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full'; END $$;"
            "CREATE TRIGGER refuse_log BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_log()"
        )
    with pytest.raises(DatabaseError, match="full"), transaction.atomic():
        VERBS[verb](agreement, actor)
    assert Agreement.objects.values().get(pk=agreement.pk) == before
    assert Rendition.objects.count() == renditions


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
    assert frozen.frozen is not None
    assert frozen.frozen.party_snapshots["elder_care"]["name"] == "越城区福星养老院"
    assert frozen.contacts["medical"] == CONTACT
    Institution.objects.filter(agreements_as_elder_care=draft).update(name="改名后的养老院")
    assert "改名后" not in str(Agreement.objects.get(pk=agreement.pk).filled_text())
    assert frozen.renditions.get().is_final


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("frozentext", "digest = repeat('0', 64)"),
        ("frozentext", "body = '{}'"),
        ("frozentext", "party_snapshots = '{}'"),
        ("agreement", "answers = '{}'"),
        ("agreement", "number = 'YY0000-000000'"),
    ],
)
def test_database_refuses_changes_to_the_frozen(
    table: str, change: str, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE agreements_{table} SET {change}")  # noqa: S608  -- fixed text of this test


def test_agreeing_refuses_names_longer_than_a_signature_keeps(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    """Forms count the letters; whoever calls the verb is told as well, instead of failing when the day is entered."""
    row = sent(draft, by=elder_care_clerk)
    contact = CONTACT | {"signatory_name": "长" * 51, "contact_phone": "1" * 31}
    with pytest.raises(Incomplete, match=r"签约人姓名最多 50 个字，现在有 51 个；.*联系电话最多 30 个字"):
        lifecycle.agree(row, by=medical_clerk, contact=contact)
    row.refresh_from_db()
    assert (row.state, row.contact(Role.MEDICAL)) == (State.NEGOTIATING, {})


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
    assert history(draft).filter(event=events.Returned.code).get().data["reason"] == "第三条费用偏高"
