"""What the demo signs on screen once it runs: one agreement of each template, and one text that waits for a visitor."""

import io
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings

from accounts.signing_in import demo_accounts
from agreements.documents import renditions
from agreements.lifecycle.ways import awaited_on_screen
from agreements.models import Agreement
from agreements.models.ways import Way
from demo.on_screen import sign_waiting
from institutions.models import Role
from sealing.models import SigningIdentity
from tests.demo.test_load_demo import TEMPLATES

pytestmark = pytest.mark.django_db


def _on_screen() -> list[Agreement]:
    electronic = dict.fromkeys(("frozen__medical_signs", "frozen__elder_care_signs"), Way.ELECTRONIC)
    return list(Agreement.objects.with_parties().with_text().filter(is_demo=True, **electronic).order_by("pk"))


def _signed() -> list[str]:
    said = io.StringIO()
    call_command("agreement_list", "--signed", stdout=said)
    return said.getvalue().split()


def test_of_every_template_a_text_waits_for_the_worker_and_one_for_a_visitor(demo: None) -> None:
    rows = _on_screen()
    assert all(awaited_on_screen(row) == tuple(Role) for row in rows), "loading signs nothing"
    slugs = sorted(row.chosen_version.template.slug for row in rows)
    assert slugs == sorted([*TEMPLATES, "supplement", "supplement"])


def test_the_worker_signs_what_has_its_copies_once_and_leaves_the_visitors(demo: None, tmp_path: Path) -> None:
    assert sign_waiting() == 0, "no copies yet"
    listed = {account.username for account in demo_accounts()}
    supplements = [row for row in _on_screen() if row.chosen_version.template.slug == "supplement"]
    for row in supplements:
        renditions.render(row.renditions.final().get().pk)
    assert sign_waiting() == 2
    assert sign_waiting() == 0
    [number] = _signed()
    row = Agreement.objects.get(number=number)
    assert (row.state, row.both_signed) == (Agreement.State.IN_FORCE, True)
    assert all(one.proof["seal"] for one in row.signatures.current())
    [waits] = [each for each in supplements if each.number != number]
    assert awaited_on_screen(waits) == tuple(Role)
    for role in Role:
        assert SigningIdentity.objects.filter(institution=waits.party(role), state="active").exists()
    call_command("agreement_pdf", number, "--out", str(tmp_path), stdout=io.StringIO())
    said = io.StringIO()
    call_command("verify_pdf", str(tmp_path / f"{number}-copy2.pdf"), stdout=said)
    assert said.getvalue().startswith("由本平台签发，完整\n")
    assert {account.username for account in demo_accounts()} == listed


def test_an_institution_that_nobody_of_the_demo_looks_after_gets_people_a_certificate_and_a_seal(demo: None) -> None:
    [row] = [each for each in _on_screen() if each.chosen_version.template.slug == "shaoxing-2024-home-sickbed"]
    listed = {account.username for account in demo_accounts()}
    renditions.render(row.renditions.final().get().pk)
    assert sign_waiting() == 2
    row.refresh_from_db()
    assert row.state == Agreement.State.IN_FORCE
    assert all(one.proof["seal"] for one in row.signatures.current())
    assert {account.username for account in demo_accounts()} == listed, "nobody signs in with them"


def test_nothing_is_signed_outside_a_demo(demo: None) -> None:
    with override_settings(DEMO=False):
        assert sign_waiting() == 0
