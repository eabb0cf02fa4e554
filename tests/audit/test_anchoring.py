"""The hourly anchor: every hour once, in order, late comers in the next, missed hours in the next too."""

import datetime as dt
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from audit import platform_key
from audit.anchoring import anchor_due
from audit.log import append
from audit.models import Anchor, AnchorLeaf
from audit.schedule import anchor_log
from tests.at_once import at_once
from tests.audit.worlds import (
    CLERK,
    NOTHING,
    SUBJECTS,
    anchor_in_the_evening,
    checked,
    clock_at,
    execute,
    spoiling,
    subject,
    write_day,
    write_world,
)


@pytest.mark.django_db
def test_every_hour_has_one_anchor_with_all_that_was_written_since_the_last() -> None:
    assert anchor_due() is None, "there is nothing yet"
    write_day(1)
    five_past = timezone.now().replace(minute=5, second=0)
    ends = []
    for hours in (3, 1, 0):  # two hours ago nothing ran
        with clock_at(five_past - dt.timedelta(hours=hours)):
            ends.append(anchor_due())
            assert anchor_due() is None, "this hour has its anchor"
    with clock_at(five_past + dt.timedelta(minutes=54)):
        assert anchor_due() is None
    first, quiet, last = ends
    assert first
    assert quiet
    assert last
    # One strand, for nobody wrote at the same time; nothing happened afterwards, and that is anchored too.
    assert [(one.number, one.leaf_count) for one in (first, quiet, last)] == [(1, len(SUBJECTS) + 2), (2, 0), (3, 0)]
    assert checked()[0] == []


@pytest.mark.django_db
def test_what_comes_late_goes_into_the_next_anchor() -> None:
    write_day(2)
    anchor_in_the_evening(2)
    with clock_at(timezone.now() - dt.timedelta(days=2, hours=12)):  # begun before, committed after
        late = append(NOTHING, by=CLERK, subject=subject(0))
    write_day(0, entries=1)
    anchor = anchor_due()
    leaf = AnchorLeaf.objects.get(anchor=anchor, subject_id=SUBJECTS[0].pk)
    assert (leaf.first, leaf.last) == (late.sequence, late.sequence + 1)
    assert checked()[0] == []


@pytest.mark.django_db
def test_an_entry_that_no_anchor_took_in_time_is_a_fault() -> None:
    with clock_at(timezone.now() - dt.timedelta(hours=1)):
        append(NOTHING, by=CLERK, subject=subject(0))
    findings, tally = checked()
    assert (findings, "还没有锚。" in tally.notes) == ([], True)
    with clock_at(timezone.now() + dt.timedelta(hours=2)):
        assert [(one.where, "没有锚定" in one.what) for one in checked()[0]] == [("最近的锚", True)]
        anchor_due()
        assert checked()[0] == []


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_make_each_anchor_once() -> None:
    write_day(0)
    at_once(anchor_log, anchor_log, anchor_log)
    anchor_log()
    assert list(Anchor.objects.values_list("number", flat=True)) == [1]
    assert checked()[0] == []


@pytest.mark.django_db
def test_the_key_is_made_once_for_us_alone_and_former_keys_count(settings: Any, tmp_path: Path) -> None:
    settings.PLATFORM_KEY_FILE = str(tmp_path / "keys" / "platform.pem")
    write_world()
    path = Path(settings.PLATFORM_KEY_FILE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["platform.pem"]
    former = platform_key.public_pem()
    path.unlink()
    assert {what for _, what in checked()[0]} == {"所用公钥不是给定的平台公钥"}
    path.with_name("2026.pub.pem").write_bytes(former)
    assert checked()[0] == []


@pytest.mark.usefixtures("owner")
@pytest.mark.django_db
def test_the_command_says_what_is_broken_and_its_exit_code_tells(capsys: pytest.CaptureFixture[str]) -> None:
    write_world()
    with pytest.raises(SystemExit) as sound:
        call_command("verify_audit")
    assert (sound.value.code, "结论：未发现改动。" in capsys.readouterr().out) == (0, True)
    with spoiling():
        execute("UPDATE audit_entry SET actor_name = '李四' WHERE subject_id = %s AND sequence = 2", SUBJECTS[1].pk)
        with pytest.raises(SystemExit) as broken:
            call_command("verify_audit")
    said = capsys.readouterr().out
    assert broken.value.code == 1
    assert f"✗ accounts.user {SUBJECTS[1].pk}：第 2 条：内容与其哈希不符，已被改动" in said
    assert "结论：发现 1 处改动。" in said
