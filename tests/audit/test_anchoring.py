"""The daily anchor: every day once, in order, late comers in the next, missed days caught up."""

import datetime as dt
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from audit import platform_key
from audit.anchoring import anchor_due, due_days
from audit.log import append
from audit.models import Anchor, AnchorLeaf
from audit.schedule import anchor_log
from tests.at_once import at_once
from tests.audit.worlds import (
    CLERK,
    DAYS,
    NOTHING,
    SUBJECTS,
    checked,
    clock_at,
    execute,
    spoiling,
    subject,
    write_day,
    write_world,
)


def day(days_ago: int) -> dt.date:
    return timezone.localdate() - dt.timedelta(days=days_ago)


@pytest.mark.django_db
def test_a_day_ends_at_midnight_here_and_not_by_utc() -> None:
    """One entry a minute before midnight in Shanghai, one a minute after: the day that is over has the first alone."""
    with clock_at(dt.datetime(2026, 11, 20, 15, 59, tzinfo=dt.UTC)):
        append(NOTHING, by=None, subject=subject(0))
    with clock_at(dt.datetime(2026, 11, 20, 16, 1, tzinfo=dt.UTC)):
        append(NOTHING, by=None, subject=subject(1))
        made = anchor_due()
    assert [(anchor.day, anchor.leaf_count) for anchor in made] == [(dt.date(2026, 11, 20), 1)]


@pytest.mark.django_db
def test_every_day_up_to_yesterday_is_anchored_in_order_and_once() -> None:
    assert due_days(timezone.localdate()) == []
    write_day(DAYS)
    write_day(1, entries=1)
    assert due_days(timezone.localdate()) == [day(3), day(2), day(1)]
    made = anchor_due()
    assert [(anchor.number, anchor.day, anchor.leaf_count) for anchor in made] == [
        (1, day(3), len(SUBJECTS) + 1),
        (2, day(2), 0),  # nothing happened, and that is anchored too
        (3, day(1), len(SUBJECTS) + 1),
    ]
    assert all(timezone.now() - anchor.made_at < dt.timedelta(minutes=1) for anchor in made)
    assert anchor_due() == []
    assert checked()[0] == []


@pytest.mark.django_db
def test_what_comes_late_goes_into_the_next_anchor() -> None:
    write_day(2)
    with clock_at(timezone.now() - dt.timedelta(days=1)):
        anchor_due()
    last_second = timezone.make_aware(dt.datetime.combine(day(1), dt.time())) - dt.timedelta(seconds=1)
    with clock_at(last_second):
        late = append(NOTHING, by=CLERK, subject=subject(0))
    write_day(0, entries=1)
    anchor_due()
    leaf = AnchorLeaf.objects.get(anchor__day=day(1))
    assert (leaf.subject_id, leaf.first, leaf.last, leaf.hash) == (SUBJECTS[0].pk, 4, 4, late.hash)
    assert checked()[0] == []


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_make_each_anchor_once() -> None:
    write_day(DAYS)
    at_once(anchor_log, anchor_log, anchor_log)
    anchor_log()
    assert list(Anchor.objects.values_list("day", flat=True)) == [day(3), day(2), day(1)]
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
