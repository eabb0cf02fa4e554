"""What the database itself refuses: one failing write for each rule."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import User
from agreements.models import Agreement
from filing import lifecycle
from filing.models import Filing, HandIn, Receipt, RescanCall
from institutions.models import Authority
from tests import factories
from tests.filing.fixtures import InState

NOW = datetime(2026, 12, 1, tzinfo=UTC)
LATER = datetime(2026, 12, 2, tzinfo=UTC)
DAY = date(2026, 12, 15)


@pytest.fixture
def insert(filing: Filing, health_reviewer: User) -> Callable[..., Filing]:
    """Insert a row beside the filing that is due: the same agreement and authority, the second round."""

    def make(**facts: Any) -> Filing:
        basis: dict[str, Any] = {
            "agreement": filing.agreement,
            "authority": filing.authority,
            "round": 2,
            "previous": filing,
            "due_on": DAY,
            "due_basis": "依据",
        }
        people = {name: health_reviewer for name, value in facts.items() if value == "somebody"}
        return Filing.objects.create(**{**basis, **facts, **people})

    return make


RETURNED = {"state": "returned", "submitted_at": NOW, "decided_at": NOW, "reasons": "缺页"}
ACCEPTED = {"state": "accepted", "submitted_at": NOW, "decided_at": NOW, "decided_by": "somebody", "number": "号"}


@pytest.mark.parametrize("facts", [RETURNED, ACCEPTED], ids=["returned", "accepted"])
def test_the_rows_that_the_refused_ones_differ_from_are_welcome(
    facts: dict[str, Any], insert: Callable[..., Filing]
) -> None:
    assert insert(**facts).pk


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("one_open_filing_per_authority", {}),
        ("filing_round", {**RETURNED, "round": 1, "previous": None}),
        ("numbered_exactly_when_accepted", {**ACCEPTED, "number": ""}),
        ("numbered_exactly_when_accepted", {**ACCEPTED, "decided_by": None}),
        ("numbered_exactly_when_accepted", {**RETURNED, "number": "号"}),
        ("reasons_exactly_when_returned", {**RETURNED, "reasons": ""}),
        ("reasons_exactly_when_returned", {**RETURNED, "decided_at": None}),
        ("reasons_exactly_when_returned", {**ACCEPTED, "reasons": "缺页"}),
        ("submitted_at_exactly_when_submitted", {**RETURNED, "submitted_at": None}),
        ("submitted_at_exactly_when_submitted", {"submitted_at": NOW}),
        ("under_review_by_somebody", {"state": "under_review", "submitted_at": NOW}),
        ("review_due_only_when_submitted", {"review_due_on": DAY}),
        ("correction_due_only_when_returned", {**ACCEPTED, "correction_due_on": DAY}),
        ("later_rounds_refer_to_the_earlier", {**RETURNED, "previous": None}),
    ],
)
def test_refused(name: str, facts: dict[str, Any], insert: Callable[..., Filing]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        insert(**facts)


def test_one_accepted_filing_per_authority(insert: Callable[..., Filing]) -> None:
    first = insert(**ACCEPTED)
    with pytest.raises(IntegrityError, match="one_accepted_filing_per_authority"), transaction.atomic():
        insert(**{**ACCEPTED, "round": 3, "previous": first, "number": "另号"})


def test_a_number_is_given_once(insert: Callable[..., Filing]) -> None:
    insert(**ACCEPTED)
    elsewhere = factories.DraftAgreementFactory.create()
    with pytest.raises(IntegrityError, match="filing_number"), transaction.atomic():
        insert(**{**ACCEPTED, "agreement": elsewhere, "round": 1, "previous": None})


def test_only_one_resubmission_of_a_row(insert: Callable[..., Filing], filing: Filing) -> None:
    insert(**RETURNED)
    with pytest.raises(IntegrityError, match="previous"), transaction.atomic():
        insert(**{**RETURNED, "round": 3})


NO_DAY_OF_IT = date(2031, 1, 1)  # nothing becomes due then, whatever today is
CHANGES: dict[str, Any] = {
    "state": "under_review",
    "number": "另号",
    "reasons": "别的原因",
    "remark": "别的说明",
    "due_on": NO_DAY_OF_IT,
    "due_basis": "别的依据",
    "review_due_on": NO_DAY_OF_IT,
    "correction_due_on": NO_DAY_OF_IT,
    "submitted_at": NOW,
    "submitted_by": None,
    "taken_up_at": NOW,
    "taken_up_by": None,
    "decided_at": NOW,
    "decided_by": None,
    "round": 9,
    "created_at": NOW,
}


@pytest.mark.parametrize("state", [Filing.State.ACCEPTED, Filing.State.RETURNED])
def test_what_was_decided_is_never_changed(state: Filing.State, in_state: InState) -> None:
    row = Filing.objects.filter(pk=in_state(state).pk)
    before = row.values().get()
    for name, value in {**CHANGES, "is_platform_default": not before["is_platform_default"]}.items():
        with pytest.raises(DatabaseError, match=r"immutable|written once"), transaction.atomic():
            row.update(**{name: value})
    assert row.values().get() == before


@pytest.mark.parametrize("change", [{"round": 9}, {"created_at": NOW}, {"authority_id": 0}, {"agreement_id": 0}])
def test_what_is_due_stays_where_it_is_due(change: dict[str, Any], filing: Filing) -> None:
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        Filing.objects.filter(pk=filing.pk).update(**change)


@pytest.mark.parametrize("state", [Filing.State.ACCEPTED, Filing.State.RETURNED])
def test_what_was_decided_is_never_deleted(state: Filing.State, in_state: InState) -> None:
    filing = in_state(state)
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic():
        # Past Django, which would refuse an accepted one for its receipt alone.
        Filing.objects.filter(pk=filing.pk)._raw_delete("default")


MADE = {"state": "ready", "file": "one.pdf", "sha256": "1" * 64, "finished_at": NOW}


@pytest.mark.parametrize(
    ("name", "filed", "facts"),
    [
        ("receipt_only_when_accepted", RETURNED, MADE),
        ("receipt_only_when_accepted", RETURNED, {}),
        ("receipt_with_file_and_digest_exactly_when_ready", ACCEPTED, {**MADE, "sha256": ""}),
        ("receipt_with_file_and_digest_exactly_when_ready", ACCEPTED, {**MADE, "finished_at": None}),
        ("receipt_with_file_and_digest_exactly_when_ready", ACCEPTED, {"file": "one.pdf"}),
        ("receipt_with_reason_exactly_when_failed", ACCEPTED, {"state": "failed", "finished_at": NOW}),
        ("receipt_with_reason_exactly_when_failed", ACCEPTED, {**MADE, "failure": "原因"}),
        ("receipt_claimed_exactly_while_rendering", ACCEPTED, {"state": "rendering"}),
        ("receipt_claimed_exactly_while_rendering", ACCEPTED, {**MADE, "claimed_at": NOW}),
    ],
)
def test_receipt_refused(
    name: str, filed: dict[str, Any], facts: dict[str, Any], insert: Callable[..., Filing]
) -> None:
    filing = insert(**filed)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Receipt.objects.create(filing=filing, **facts)


def test_one_receipt_of_a_filing(insert: Callable[..., Filing]) -> None:
    filing = insert(**ACCEPTED)
    Receipt.objects.create(filing=filing, **MADE)
    with pytest.raises(IntegrityError, match="filing_receipt_pkey"), transaction.atomic():
        Receipt.objects.create(filing=filing)


@pytest.mark.parametrize(
    "change",
    [{"file": "other.pdf"}, {"sha256": "2" * 64}, {"state": "queued", "file": "", "sha256": ""}, {"finished_at": NOW}],
    ids=lambda change: next(iter(change)),
)
def test_a_receipt_is_stored_once(change: dict[str, Any], in_state: InState) -> None:
    row = Receipt.objects.filter(filing=in_state(Filing.State.ACCEPTED))
    row.update(**{**MADE, "finished_at": LATER})
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic():
        row.update(**change)


def test_a_receipt_is_kept(in_state: InState) -> None:
    row = Receipt.objects.filter(filing=in_state(Filing.State.ACCEPTED))
    row.update(**MADE)
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic():
        row.delete()


HANDED_IN = {"submitted_at": NOW, "submitted_by": "clerk", "scans": ["1" * 64], "remark": "已换第二页"}
DECIDED = {"decided_at": NOW, "decided_by": "reviewer"}
HAND_INS: dict[str, dict[str, Any]] = {
    "due": {},
    "submitted": {**HANDED_IN, "state": "submitted"},
    "noted": {**HANDED_IN, **DECIDED, "state": "noted"},
    "returned": {**HANDED_IN, **DECIDED, "state": "returned", "reasons": "看不清"},
    "replaced": {**HANDED_IN, **DECIDED, "state": "replaced"},
}


@pytest.fixture
def hand_in(in_state: InState, elder_care_clerk: User, health_reviewer: User) -> Callable[..., HandIn]:
    """Insert a hand-in of the accepted filing with the health bureau, and take it step by step to what it is to be."""
    accepted = in_state(Filing.State.ACCEPTED)
    people = {"clerk": elder_care_clerk, "reviewer": health_reviewer}

    def make(**facts: Any) -> HandIn:
        given = {name: people.get(value, value) if isinstance(value, str) else value for name, value in facts.items()}
        begun = {name: given.pop(name) for name in ("round", "previous") if name in given}
        row = HandIn.objects.create(filing=accepted, **begun)
        written = HandIn.objects.filter(pk=row.pk)
        if given.get("state") in {"noted", "returned"}:
            written.update(state="submitted", **{name: given[name] for name in HANDED_IN})
        if given:
            written.update(**given)
        row.refresh_from_db()
        return row

    return make


@pytest.mark.parametrize("state", HAND_INS)
def test_hand_ins_that_the_refused_ones_differ_from_are_welcome(state: str, hand_in: Callable[..., HandIn]) -> None:
    assert hand_in(**HAND_INS[state]).pk


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("later_hand_ins_refer_to_the_earlier", {"round": 2}),
        ("handed_in_by_whom_when_and_what", {**HAND_INS["submitted"], "submitted_by": None}),
        ("handed_in_by_whom_when_and_what", {**HAND_INS["submitted"], "scans": []}),
        ("handed_in_by_whom_when_and_what", {**HAND_INS["submitted"], "remark": ""}),
        ("handed_in_by_whom_when_and_what", {"scans": ["1" * 64]}),
        ("hand_in_submitted_exactly_when_not_due", {"state": "submitted"}),
        ("hand_in_review_due_only_when_submitted", {"review_due_on": DAY}),
        ("hand_in_submitted_exactly_when_not_due", HANDED_IN),
        ("hand_in_decided_by_whom_and_when", {**HAND_INS["noted"], "decided_by": None}),
        ("hand_in_decided_by_whom_and_when", {**HAND_INS["submitted"], **DECIDED}),
        ("hand_in_decided_by_another", {**HAND_INS["noted"], "decided_by": "clerk"}),
        ("hand_in_reasons_exactly_when_returned", {**HAND_INS["returned"], "reasons": ""}),
        ("hand_in_reasons_exactly_when_returned", {**HAND_INS["noted"], "reasons": "看不清"}),
    ],
)
def test_hand_in_refused(name: str, facts: dict[str, Any], hand_in: Callable[..., HandIn]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        hand_in(**facts)


@pytest.mark.parametrize(
    ("name", "state", "round_"),
    [
        ("hand_in_round", "noted", 1),
        ("one_hand_in_due_per_filing", "due", 2),
        ("one_hand_in_waits_per_filing", "submitted", 2),
    ],
)
def test_one_hand_in_at_a_time(name: str, state: str, round_: int, hand_in: Callable[..., HandIn]) -> None:
    first = hand_in(**HAND_INS[state])
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        hand_in(**HAND_INS[state], round=round_, previous=first if round_ > 1 else None)


def test_a_hand_in_follows_the_one_before_of_its_own_filing(
    hand_in: Callable[..., HandIn], filings: dict[str, Filing], elder_care_clerk: User
) -> None:
    first = hand_in(**HAND_INS["noted"])
    other = lifecycle.submit(filings[Authority.Kind.CIVIL_AFFAIRS], by=elder_care_clerk)
    for filing, round_ in ((other, 2), (first.filing, 3)):
        with pytest.raises(IntegrityError, match="of_its_own_filing"), transaction.atomic():
            HandIn.objects.create(filing=filing, previous=first, round=round_)


def test_a_call_is_of_the_agreement_of_its_filing(call: Callable[..., RescanCall], draft: Agreement) -> None:
    other = factories.DraftAgreementFactory.create(drafted_by=draft.drafted_by, created_by=draft.created_by)
    with pytest.raises(IntegrityError, match="of_its_own_filing"), transaction.atomic():
        call(agreement=other)


def test_no_hand_in_of_what_is_not_there(filing: Filing) -> None:
    with pytest.raises(IntegrityError, match="hand_in_of_a_copy_that_is_there"), transaction.atomic():
        HandIn.objects.create(filing=filing)


@pytest.mark.parametrize("state", [state for state in HAND_INS if state != "due"])
def test_no_hand_in_is_there_as_handed_in_or_decided_at_once(
    state: str, in_state: InState, elder_care_clerk: User, health_reviewer: User
) -> None:
    people = {"submitted_by": elder_care_clerk}
    people |= {"decided_by": health_reviewer} if "decided_by" in HAND_INS[state] else {}
    filing = in_state(Filing.State.ACCEPTED)
    with pytest.raises(IntegrityError, match="step_by_step"), transaction.atomic():
        HandIn.objects.create(filing=filing, **{**HAND_INS[state], **people})


@pytest.mark.parametrize("state", ["noted", "returned"])
def test_nobody_decides_on_what_was_not_handed_in(
    state: str, hand_in: Callable[..., HandIn], elder_care_clerk: User, health_reviewer: User
) -> None:
    people = {"submitted_by": elder_care_clerk, "decided_by": health_reviewer}
    row = HandIn.objects.filter(pk=hand_in().pk)
    with pytest.raises(IntegrityError, match="step_by_step"), transaction.atomic():
        row.update(**{**HAND_INS[state], **people})


@pytest.mark.parametrize(
    ("state", "change"),
    [
        ("due", {"round": 2}),
        ("due", {"created_at": NOW}),
        ("submitted", {"remark": "别的"}),
        ("submitted", {"scans": ["2" * 64]}),
        ("submitted", {"submitted_at": LATER}),
        ("submitted", {"review_due_on": DAY}),
        ("noted", {"state": "submitted", "decided_at": None, "decided_by": None}),
        ("returned", {"reasons": "别的"}),
        ("replaced", {"decided_at": LATER}),
    ],
)
def test_a_hand_in_is_written_once(state: str, change: dict[str, Any], hand_in: Callable[..., HandIn]) -> None:
    row = hand_in(**HAND_INS[state])
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        HandIn.objects.filter(pk=row.pk).update(**change)


@pytest.mark.usefixtures("owner")
def test_nobody_deletes_a_hand_in(hand_in: Callable[..., HandIn]) -> None:
    row = hand_in()
    with pytest.raises(DatabaseError, match="written once"), connection.cursor() as cursor, transaction.atomic():
        cursor.execute("DELETE FROM filing_handin WHERE id = %s", [row.pk])


@pytest.fixture
def call(filing: Filing, elder_care_clerk: User) -> Callable[..., RescanCall]:
    """Insert a call for another scan, and end it where it is to be ended."""

    def make(**facts: Any) -> RescanCall:
        basis = {"agreement": filing.agreement, "filing": filing, "reason": "缺角", "asked_by": elder_care_clerk}
        given = {name: elder_care_clerk if value == "clerk" else value for name, value in facts.items()}
        ended = {name: given.pop(name) for name in ENDED if name in given}
        row = RescanCall.objects.create(**{**basis, **given})
        if ended:
            RescanCall.objects.filter(pk=row.pk).update(**ended)
        return row

    return make


ENDED = {"state": "dropped", "ended_at": NOW, "ended_by": "clerk"}


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("call_for_a_rescan_says_why", {"reason": ""}),
        ("call_for_a_rescan_ended_by_whom_and_when", {"state": "done"}),
        ("call_for_a_rescan_ended_by_whom_and_when", {**ENDED, "ended_by": None}),
        ("call_for_a_rescan_ended_by_whom_and_when", {"ended_at": NOW}),
    ],
)
def test_call_refused(name: str, facts: dict[str, Any], call: Callable[..., RescanCall]) -> None:
    assert call(**ENDED).pk, "the row that it differs from"
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        call(**facts)


def test_no_call_is_there_as_ended_at_once(filing: Filing, elder_care_clerk: User) -> None:
    ended = {**ENDED, "ended_by": elder_care_clerk}
    with pytest.raises(IntegrityError, match="step_by_step"), transaction.atomic():
        RescanCall.objects.create(
            agreement=filing.agreement, filing=filing, reason="缺角", asked_by=elder_care_clerk, **ended
        )


def test_only_a_side_calls_of_what_is_filed_nowhere(call: Callable[..., RescanCall], filing: Filing) -> None:
    with pytest.raises(IntegrityError, match="authority_calls_from_its_filing"), transaction.atomic():
        call(filing=None, authority=filing.authority)
    assert call(filing=None).pk


def test_one_open_call(call: Callable[..., RescanCall]) -> None:
    call()
    with pytest.raises(IntegrityError, match="one_open_call_for_a_rescan"), transaction.atomic():
        call()


@pytest.mark.parametrize("change", [{"reason": "别的"}, {"asked_at": NOW}])
def test_a_call_is_written_once(change: dict[str, Any], call: Callable[..., RescanCall]) -> None:
    row = RescanCall.objects.filter(pk=call().pk)
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        row.update(**change)


def test_an_ended_call_stays_ended(call: Callable[..., RescanCall]) -> None:
    row = RescanCall.objects.filter(pk=call(**ENDED).pk)
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        row.update(state="open", ended_at=None, ended_by=None)


@pytest.mark.usefixtures("owner")
def test_nobody_deletes_a_call(call: Callable[..., RescanCall]) -> None:
    row = call()
    with pytest.raises(DatabaseError, match="written once"), connection.cursor() as cursor, transaction.atomic():
        cursor.execute("DELETE FROM filing_rescancall WHERE id = %s", [row.pk])
