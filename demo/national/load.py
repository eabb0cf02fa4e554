"""Making the nation: one transaction, without the indexes and triggers that would look at every row on its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from accounts.models import User
from agreements.models import Agreement, TemplateVersion
from agreements.text.answers import values_of
from agreements.text.filling import FilledText, Value, fill
from agreements.text.schema import Blank, BlankKind
from demo.loading import DemoDataError
from demo.national import statements
from demo.national.people import PREFIX, load_people
from institutions.models import Institution

# At scale 1: 养老机构 as the Ministry of Civil Affairs counts them (40,000 and more), as many partners, 24 agreements
# of a home over the years.
HOMES, CLINICS = 41_000, 40_000
TABLES = (
    "institutions_institution",
    "institutions_medicalprofile",
    "institutions_eldercareprofile",
    "agreements_agreement",
    "agreements_frozentext",
    "agreements_signature",
    "filing_filing",
)
NAMES = {"medical": "〖medical〗", "elder_care": "〖elder_care〗"}  # where the text has them; replaced in the database
WORKERS = {"by": "养老机构经办", "partner": "医疗卫生机构经办", "bureau": "备案审核"}  # who has written everything


@dataclass(frozen=True)
class Made:
    institutions: int
    agreements: int
    filings: int


def load_nation(*, scale: float, seed: int, today: date, counties: float | None = None) -> Made:
    """Write the rows; all or nothing. Speak as the owner of the tables. Raises DemoDataError where others' rows are.

    They stand in a part of the nation's counties as large as the scale, or in the part `counties` of those there are.
    """
    _refuse_company()
    with transaction.atomic(), connection.cursor() as cursor:
        asked = _asked(scale, seed, today) | {"counties": scale if counties is None else counties}
        cursor.execute(statements.FUNCTIONS, asked)
        cursor.execute(statements.AUTHORITIES, asked)
        _write_texts(cursor)
        asked["texts"] = _count(cursor, "nation_text")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # of a table with a question open nothing is laid down
        with _unburdened(cursor):
            for statement in statements.IN_ORDER:
                cursor.execute(statement, asked)
        _verify(cursor, asked)
        _count_on(cursor)
        cursor.execute("SELECT mark_coverage_below(ARRAY[''])")  # what the sleeping triggers would have marked
        load_people()
        cursor.execute("ANALYZE")
        return Made(*(_count(cursor, each) for each in (TABLES[0], TABLES[3], TABLES[6])))


def _refuse_company() -> None:
    if Institution.objects.exists() or Agreement.objects.exists():
        raise DemoDataError("这个数据库里已经有机构或协议，不能再载入全国规模的演示数据。请用一个新的、空的数据库。")


def _username(key: str) -> str:
    return f"{PREFIX}{key}"


def _asked(scale: float, seed: int, today: date) -> dict[str, Any]:
    return {
        **{key: _worker(key, name).pk for key, name in WORKERS.items()},
        "homes": max(1, round(HOMES * scale)),
        "clinics": max(1, round(CLINICS * scale)),
        "seed": seed,
        "today": today,
        **NAMES,
    }


def _worker(key: str, name: str) -> User:
    return User.objects.create(
        username=_username(key), full_name=name, is_demo=True, is_active=False, password=make_password(None)
    )


def _write_texts(cursor: CursorWrapper) -> None:
    """Write the texts of all main templates, filled in but for the two names."""
    cursor.execute(
        "CREATE TEMPORARY TABLE nation_text"
        " (place integer, id bigint, template_id bigint, body text, plain text) ON COMMIT DROP"
    )
    versions = TemplateVersion.objects.on_offer().of_main_agreements().latest_of_each()
    for place, version in enumerate(versions):
        text = _filled(version)
        body = json.dumps(text.to_json(), ensure_ascii=False)
        cursor.execute(
            "INSERT INTO nation_text VALUES (%s, %s, %s, %s, %s)",
            [place, version.pk, version.template.pk, body, text.plain],
        )


def _filled(version: TemplateVersion) -> FilledText:
    body = version.parsed
    answers = {blank.id: _answer(blank) for blank in body.blanks if blank.is_asked}
    return fill(body, values_of(body, answers, {role: {"name": name, "address": name} for role, name in NAMES.items()}))


def _answer(blank: Blank) -> Value | None:
    match blank.kind:
        case BlankKind.INTEGER | BlankKind.MONEY:
            return 3
        case BlankKind.CHOICE:
            return blank.choices[0]
        case BlankKind.TEXT:
            return "按双方约定"
    return None


@contextmanager
def _unburdened(cursor: CursorWrapper) -> Iterator[None]:
    """Inside, what looks at every row sleeps: keys of other tables, exclusions, indexes, triggers. Made anew at the
    end, each looks at all rows at once; a row that it does not take ends it all."""
    laid_down: list[str] = []
    for table in TABLES:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype IN ('f', 'x')",
            [table],
        )
        for name, definition in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
            laid_down.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i"
            " WHERE indrelid = %s::regclass"
            " AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
            [table],
        )
        for name, definition in cursor.fetchall():
            cursor.execute(f"DROP INDEX {name}")
            laid_down.append(definition)
    yield
    for definition in sorted(laid_down, key=lambda each: "FOREIGN KEY" in each):  # those look things up by the others
        cursor.execute(definition)
    for table in TABLES:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _verify(cursor: CursorWrapper, asked: dict[str, Any]) -> None:
    for fault, question in statements.VERIFIED.items():
        cursor.execute(question, asked)
        if found := cursor.fetchone()[0]:
            raise DemoDataError(f"{found} rows: {fault}")


def _count_on(cursor: CursorWrapper) -> None:
    """Let the next rows get keys that these do not have. Numbers count on by themselves: their series are not begun."""
    for table in TABLES:
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")  # noqa: S608 -- a constant


def _count(cursor: CursorWrapper, table: str) -> int:
    cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 -- a constant
    return int(cursor.fetchone()[0])
