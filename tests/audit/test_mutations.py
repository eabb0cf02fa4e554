# ruff: noqa: S608  -- the names of columns are put into SQL on purpose, and all are ours
"""Every way to spoil the log by raw SQL is found and named: as it stands, and with all later hashes made again."""

from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from audit.models import Anchor, AnchorLeaf, Entry
from tests.audit.worlds import DAYS, FAR, SUBJECTS, checked, execute, rehash, remake, spoiling, write_world
from tests.proving import IN_FULL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owner")]

KIND = "accounts.user"
CHAINS = (SUBJECTS[0].pk, SUBJECTS[3].pk)
ANCHORED = 3 * DAYS  # sequences up to here are anchored in every chain; the three entries of today are not
TOUCHED = tuple(range(1, ANCHORED + 1)) if IN_FULL else (1, 5, ANCHORED)
TODAY = ANCHORED + 2
EDITS = {
    "id": "id + 1000000",
    "event": "'agreement.signed'",
    "actor_id": "coalesce(actor_id, 0) + 1",
    "actor_name": "actor_name || '甲'",
    "subject_type": "'accounts.other'",
    "subject_id": "subject_id + 5000",
    "sequence": "sequence + 5000",
    "previous_hash": "translate(previous_hash, '0123456789abcdef', '123456789abcdef0')",
    "strand": "strand + 1",
    "place": "place + 5000",
    "beside": "translate(beside, '0123456789abcdef', '123456789abcdef0')",
    "hash": "translate(hash, '0123456789abcdef', '123456789abcdef0')",
    "data": """data || '{"step": "另一步"}'""",
    "at": "at + interval '1 microsecond'",
    "address": "'10.0.0.9'",
    "user_agent": "user_agent || ' '",
    "role": "''",
    "request_id": "'ZZZZ2345'",
}
UNDONE_BY_REHASHING = {"previous_hash", "hash"}  # hashing again undoes the edit: nothing is left to find
UNDONE_BY_REMAKING = {*UNDONE_BY_REHASHING, "beside", "sequence", "place"}
MOVED = {"id": "id + 1000000", "sequence": "sequence - 1", "place": "place + 1000000"}  # of a copy; the rest is copied
COPIED = ", ".join(field.attname for field in Entry._meta.concrete_fields if field.attname not in MOVED)


class Mutation(NamedTuple):
    kind: str
    column: str
    spoil: Callable[[int, int], None]  # subject and sequence


def edit(column: str) -> Mutation:
    def spoil(subject: int, sequence: int) -> None:
        on_row(f"UPDATE audit_entry SET {column} = {EDITS[column]}", subject, sequence)

    return Mutation("edit", column, spoil)


def on_row(sql: str, subject: int, sequence: int) -> None:
    execute(f"{sql} WHERE subject_type = %s AND subject_id = %s AND sequence = %s", KIND, subject, sequence)


def delete(subject: int, sequence: int) -> None:
    on_row("DELETE FROM audit_entry", subject, sequence)


def insert(subject: int, sequence: int) -> None:
    """Make room before the entry and put a copy of it there."""
    later = "WHERE subject_type = %s AND subject_id = %s AND sequence"
    execute(f"UPDATE audit_entry SET sequence = sequence + {FAR} + 1 {later} >= %s", KIND, subject, sequence)
    execute(f"UPDATE audit_entry SET sequence = sequence - {FAR} {later} > {FAR}", KIND, subject)
    copy = f"SELECT {', '.join(MOVED.values())}, {COPIED} FROM audit_entry"
    on_row(f"INSERT INTO audit_entry ({', '.join(MOVED)}, {COPIED}) {copy}", subject, sequence + 1)


def swap(subject: int, sequence: int) -> None:
    other = sequence - 1 if sequence > 1 else 2
    for old, new in ((sequence, FAR), (other, sequence), (FAR, other)):
        on_row(f"UPDATE audit_entry SET sequence = {new}", subject, old)


def truncate(subject: int, sequence: int) -> None:
    execute(
        "DELETE FROM audit_entry WHERE subject_type = %s AND subject_id = %s AND sequence >= %s",
        KIND,
        subject,
        sequence,
    )


def delete_chain(subject: int, sequence: int) -> None:
    truncate(subject, 1)


MUTATIONS = [
    *(edit(column) for column in EDITS),
    Mutation("delete", "-", delete),
    Mutation("insert", "-", insert),
    Mutation("reorder", "-", swap),
    Mutation("truncate tail", "-", truncate),
    Mutation("delete chain", "-", delete_chain),
]


def rehash_around(subject: int) -> None:
    """Calculate every hash again of the chains that a mutation of this subject may have touched."""
    for subject_type, subject_id in ((KIND, subject), (KIND, subject + 5000), ("accounts.other", subject)):
        rehash(subject_type, subject_id)


def found_by(mutation: Mutation, subject: int, sequence: int, *, rehashed: bool) -> Counter[str]:
    """Spoil, check, and return by what it was found: the chain itself, an anchor, or only the head of the chain."""
    with spoiling():
        mutation.spoil(subject, sequence)
        if rehashed:
            rehash_around(subject)
        findings, _ = checked()
    named = [one.what for one in findings if one.where.endswith((f" {subject}", f" {subject + 5000}"))]
    by = {"锚": "anchor", "链末端": "head"}
    return Counter(next((name for word, name in by.items() if word in what), "chain") for what in named)


def test_every_column_is_tried() -> None:
    assert set(EDITS) == {field.attname for field in Entry._meta.concrete_fields}


def test_every_mutation_is_found_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    write_world()
    assert checked()[0] == []
    rows = []
    for mutation in MUTATIONS:
        plain, rehashed = Counter[str](), Counter[str]()
        for subject in CHAINS:
            for sequence in TOUCHED:
                as_it_stands = found_by(mutation, subject, sequence, rehashed=False)
                assert as_it_stands, (mutation, subject, sequence)
                plain += as_it_stands
                if mutation.column not in UNDONE_BY_REHASHING:
                    again = found_by(mutation, subject, sequence, rehashed=True)
                    assert set(again) == {"anchor"}, (mutation, subject, sequence, again)
                    rehashed += again
        rows.append((mutation.kind, mutation.column, plain, rehashed))
    assert checked()[0] == []
    with capsys.disabled():
        print_table(rows)


def test_what_is_forged_in_one_chain_after_the_last_anchor_is_found_by_its_strand() -> None:
    write_world()
    for mutation in MUTATIONS:
        assert found_by(mutation, CHAINS[0], TODAY, rehashed=False), mutation
        if mutation.column in UNDONE_BY_REHASHING:
            continue
        with spoiling():
            mutation.spoil(CHAINS[0], TODAY)
            rehash_around(CHAINS[0])
            findings, _ = checked()
        assert any(one.where.startswith("横链") for one in findings), mutation


def test_what_is_forged_with_all_that_came_after_the_last_anchor_is_said_to_be_open_to_it() -> None:
    write_world()
    open_to_it = []
    for mutation in MUTATIONS:
        if mutation.kind == "delete chain" or mutation.column in UNDONE_BY_REMAKING:
            continue
        with spoiling():
            mutation.spoil(CHAINS[0], TODAY)
            remake()
            findings, tally = checked()
        assert findings == [], mutation
        assert tally.loose > 0
        open_to_it.append(mutation)
    assert len(open_to_it) == len(MUTATIONS) - 1 - len(UNDONE_BY_REMAKING)


ANCHOR_EDITS: dict[type[Anchor] | type[AnchorLeaf], dict[str, str]] = {
    Anchor: {
        "number": "number + 100",
        "made_at": "made_at + interval '1 microsecond'",
        "previous_hash": EDITS["previous_hash"],
        "leaf_count": "leaf_count + 1",
        "root": "translate(root, '0123456789abcdef', '123456789abcdef0')",
        "public_key": "translate(public_key, '0123456789abcdef', '123456789abcdef0')",
        "hash": EDITS["hash"],
        "signature": "translate(signature, '0123456789abcdef', '123456789abcdef0')",
    },
    AnchorLeaf: {
        "anchor_id": "anchor_id + 100",
        "position": "position + 100",
        "subject_type": "'accounts.other'",
        "subject_id": "subject_id + 5000",
        "first": "first - 1",
        "last": "last + 1000",
        "hash": EDITS["hash"],
    },
}


def anchor_mutations() -> list[tuple[str, str, str]]:
    return [
        (model.__name__, column, f"UPDATE {model._meta.db_table} SET {column} = {value}")
        for model, columns in ANCHOR_EDITS.items()
        for column, value in columns.items()
    ]


def test_every_mutation_of_an_anchor_is_found_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    write_world()
    for model, columns in ANCHOR_EDITS.items():
        assert set(columns) == {field.attname for field in model._meta.concrete_fields}
    rows = []
    for name, column, sql in anchor_mutations():
        counted = Counter[str]()
        for number in range(1, DAYS + 1):
            where = "number = %s" if name == "Anchor" else "anchor_id = %s AND position = 2"
            with spoiling():
                execute(f"{sql} WHERE {where}", number)
                findings, _ = checked()
            assert any("锚" in where + what for where, what in findings), (name, column, number)
            counted["anchor"] += len(findings)
        rows.append((f"edit {name}", column, counted, Counter[str]()))
    rows.append(("delete Anchor", "-", deleted_anchors(), Counter[str]()))
    with capsys.disabled():
        print_table(rows)


def deleted_anchors() -> Counter[str]:
    """Delete each anchor, once leaving its leaves and once with them."""
    counted = Counter[str]()
    for number in range(1, DAYS + 1):
        for with_leaves in (False, True):
            with spoiling():
                execute("DELETE FROM audit_anchor WHERE number = %s", number)
                if with_leaves:
                    execute("DELETE FROM audit_anchorleaf WHERE anchor_id = %s", number)
                findings, _ = checked()
            assert findings, (number, with_leaves)
            counted["anchor"] += len(findings)
    return counted


def print_table(rows: list[tuple[str, str, Counter[str], Counter[str]]]) -> None:
    def told(counted: Counter[str]) -> str:
        return ", ".join(f"{name} {count}" for name, count in sorted(counted.items())) or "-"

    line: Callable[[Any, Any, Any, Any], str] = "{:<16} {:<14} {:<32} {}".format
    print("\n" + line("kind", "column", "found by, hashes left", "found by, hashes calculated again"))
    for kind, column, plain, rehashed in rows:
        print(line(kind, column, told(plain), told(rehashed)))
