"""A process that is killed while somebody signs, at every step: nothing is half signed, and it can go on.

A real process, by a real SIGKILL: what it held of the database is undone by its end alone. In the suite some of the
steps, all of them in full (bench/prove.py).
"""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from accounts.models import User
from agreements import announcements, lifecycle
from agreements.documents import issued, renditions
from agreements.documents.issued import newest
from agreements.documents.verdicts import verdict_on
from agreements.lifecycle import electronic
from agreements.lifecycle.pages import copies_made
from agreements.models import Agreement, IssuedFile
from filing.models import Filing
from institutions.models import Institution
from sealing import unlocking
from sealing.keys import sealed
from sealing.models import SigningKey
from tests.agreements.electronic import accepted, on_screen_for, pen, read_by
from tests.authority import Authority, served
from tests.proving import drawn
from tests.sealing.making import set_up

pytestmark = pytest.mark.django_db(transaction=True)
MODULES: dict[str, Any] = {
    "announcements": announcements,
    "electronic": electronic,
    "issued": issued,
    "sealed": sealed,
    "unlocking": unlocking,
}
# The step before which the process is killed, and at the how-manieth time (copies are four).
COPIES = [f"electronic.{step} {copy}" for step in ("sign", "keep") for copy in (1, 2, 3, 4)]
UNLOCKING = ["unlocking._counted 1", "sealed.opened 1", "unlocking._begin_anew 1"]
FIRST = [
    *UNLOCKING,
    *("electronic.main_first 1", "electronic._refuse 1", *COPIES, "electronic.proof_of 1"),
    "announcements.signed_electronically 1",
]
LAST = [
    *UNLOCKING,
    *(*COPIES, "electronic.term_agreed 1", "electronic.refuse_signatures_of_another_text 1"),
    *("electronic.enter_force 1", "announcements.in_force 1"),
]
# What a killed job had done stays done, so each of these takes a copy off the next.
JOB = [f"issued.{step} {copy}" for step in ("upgrade", "keep") for copy in (1, 2)]


@pytest.fixture
def waiting(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    set_up()
    row = on_screen_for(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    renditions.render(row.renditions.final().get().pk)
    return Agreement.objects.with_parties().with_text().get(pk=row.pk)


@pytest.fixture
def authority(tmp_path: Path, settings: Any) -> Iterator[Authority]:
    made = Authority(tmp_path / "ec", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
    with served(made) as url:
        settings.TSA_URL, settings.TSA_CERTIFICATE = url, str(made.folder / "ca.pem")
        yield made


def killed(act: Callable[[], object], step: str) -> None:
    """Run an act in a process of its own that is killed before a step; see that it got there."""
    named, at = step.split()
    module, name = named.split(".")
    connections.close_all()  # each process has its own from here
    child = os.fork()
    if child == 0:
        try:
            setattr(MODULES[module], name, _killing(getattr(MODULES[module], name), int(at)))
            act()
        finally:
            os._exit(1)  # never back into the tests
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"{step}: it was not reached"
    assert os.WTERMSIG(status) == signal.SIGKILL, step


def _killing(step: Callable[..., Any], at: int) -> Callable[..., Any]:
    calls = 0

    def watched(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return step(*args, **kwargs)

    return watched


def test_a_kill_at_any_step_leaves_what_ends_by_itself_or_waits_for_one_person(
    waiting: Agreement,
    authority: Authority,
    medical_signatory: User,
    elder_care_signatory: User,
    medical_institution: Institution,
    elder_care_institution: Institution,
    tmp_path: Path,
) -> None:
    def sign(person: User, house: Institution) -> Agreement:
        row = Agreement.objects.with_parties().with_text().get(pk=waiting.pk)
        return lifecycle.sign_electronically(row, by=person, pen=pen(person, house), accepted=accepted(row))

    sides = ((elder_care_signatory, elder_care_institution, FIRST), (medical_signatory, medical_institution, LAST))
    authority.is_down = True
    for signed, (person, house, steps) in enumerate(sides):
        read_by(waiting, person)
        for step in drawn(steps, 3, about=f"kills of side {signed}"):
            killed(lambda person=person, house=house: sign(person, house), step)  # type: ignore[misc]  # bound now
            waiting.refresh_from_db()
            assert waiting.signatures.count() == signed, step
            assert IssuedFile.objects.count() == 4 * signed, step
            assert not Filing.objects.exists(), step
            assert Agreement.objects.to_sign_by(person).filter(pk=waiting.pk).exists(), f"{step}: it waits"
            wrong = SigningKey.objects.get(certificate__identity__person=person).wrong_pins
            assert wrong <= len(UNLOCKING), f"{step}: a process that dies over an attempt costs one"
        sign(person, house)
        assert SigningKey.objects.get(certificate__identity__person=person).wrong_pins == 0
    waiting.refresh_from_db()
    assert (waiting.state, waiting.filings.count()) == (Agreement.State.IN_FORCE, 2)
    authority.heal()
    for step in drawn(JOB, 2, about="kills of the job"):
        killed(issued.sweep, step)
    issued.sweep()
    assert issued.not_proved() == [], "the job ended what its killed ones began"
    row = Agreement.objects.with_parties().with_text().get(pk=waiting.pk)
    for copy in copies_made(row):
        fields = [made.field for made in copy.issued.order_by("order")]
        assert fields == ["seal-elder_care", "seal-medical", "time-1"], copy
        (tmp_path / "shown.pdf").write_bytes(newest(copy)[0])
        assert verdict_on(tmp_path / "shown.pdf").is_whole
