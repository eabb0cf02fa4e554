"""Timestamps from a real authority: `openssl ts` behind a small HTTP server on this machine."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from django.utils import timezone

from audit import log_events, timestamping
from audit.anchoring import anchor_due, stamp_missing
from audit.exporting import write_export
from audit.log import history
from audit.models import Anchor, AnchorToken
from audit.verifier import command
from audit.verifier.rules import Damaged, statement
from audit.verifier.timestamps import check_token
from tests.audit.worlds import DAYS, checked, execute, spoiling, write_world
from tests.authority import Authority, served

SAID = b"what an anchor says"


@pytest.fixture(scope="module")
def rsa(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authorities") / "rsa", "rsa:2048")


@pytest.fixture
def authority(rsa: Authority, settings: Any) -> Iterator[Authority]:
    rsa.is_down, rsa.spoil = False, bytes
    with served(rsa) as url:
        settings.TSA_URL, settings.TSA_CERTIFICATE = url, str(rsa.folder / "ca.pem")
        yield rsa


@pytest.mark.django_db
def test_anchors_are_timestamped_and_the_export_proves_it(
    authority: Authority, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_world()
    assert AnchorToken.objects.count() == DAYS
    assert all(abs(timezone.now() - token.stamped_at) < dt.timedelta(minutes=1) for token in AnchorToken.objects.all())
    findings, tally = checked()
    assert (findings, tally.stamped) == ([], DAYS)
    export, today = tmp_path / "log.zip", timezone.localdate()
    with export.open("w+b") as file:
        write_export(file, since=today - dt.timedelta(days=9), until=today)
    other = Authority(tmp_path / "other", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
    for given, code, said in (
        (["--tsa-certificate", str(authority.folder / "ca.pem")], 0, f"其中 {DAYS} 个有时间戳"),
        ([], 0, "未核对签发者身份"),
        (["--tsa-certificate", str(other.folder / "ca.pem")], 1, "时间戳签发者不是给定的时间戳机构"),
    ):
        assert command.main([str(export), *given]) == code
        assert said in capsys.readouterr().out


@pytest.mark.django_db
def test_a_failure_costs_the_level_only_is_logged_and_made_good_later(authority: Authority) -> None:
    authority.is_down = True
    write_world()
    anchor_due()  # of this hour: it takes the entry about yesterday's stamp
    assert (Anchor.objects.count(), AnchorToken.objects.count(), checked()[0]) == (DAYS + 1, 0, [])
    first = Anchor.objects.get(number=1)
    entry = history(first).get()
    assert (entry.event, f"{entry.data['made']} 的锚") == (log_events.TimestampRefused.code, str(first))
    assert stamp_missing() == 0
    assert history(first).count() == 1
    authority.is_down = False
    assert stamp_missing() == DAYS + 1
    assert stamp_missing() == 0
    assert history(first)[0].event == log_events.TimestampObtained.code
    assert AnchorToken.objects.get(anchor=first).stamped_at > first.made_at - dt.timedelta(seconds=2)
    assert checked()[0] == []


@pytest.mark.django_db
def test_answers_that_do_not_hold_are_not_kept(authority: Authority) -> None:
    earlier = timestamping.stamp(b"something else")
    kept = (authority.folder / "answer").read_bytes()
    spoilt: list[Callable[[bytes], bytes]] = [
        lambda answer: b"",
        lambda answer: b"\x30\x03abc",
        lambda answer: answer[:-10],
        lambda answer: answer[:-1] + bytes([answer[-1] ^ 1]),
        lambda answer: kept,
    ]
    for spoil in spoilt:
        authority.spoil = spoil
        with pytest.raises(timestamping.NotStamped, match="时间戳"):
            timestamping.stamp(SAID)
    with pytest.raises(Damaged, match="不是为这份内容签发的"):
        check_token(earlier, SAID, timestamping.certificates())


@pytest.mark.django_db
def test_no_byte_of_what_a_token_says_can_be_changed(authority: Authority) -> None:
    token = timestamping.stamp(SAID)
    certificates = timestamping.certificates()
    signer = x509.load_pem_x509_certificate((authority.folder / "tsa.pem").read_bytes())
    time = check_token(token, SAID, certificates)
    assert check_token(token, SAID, [signer]) == time
    began = token.index(time.strftime("%Y%m%d%H%M%SZ").encode()) - 60  # imprint, serial number and time
    signature = range(len(token) - 256, len(token))
    for place in [*range(began, began + 80), *signature[::8]]:
        changed = token[:place] + bytes([token[place] ^ 1]) + token[place + 1 :]
        with pytest.raises((Damaged, ValueError, IndexError, KeyError)):
            check_token(changed, SAID, certificates)


@pytest.mark.usefixtures("owner")
@pytest.mark.django_db
def test_spoilt_tokens_in_the_database_are_found(authority: Authority) -> None:
    write_world()
    update = "UPDATE audit_anchortoken SET"
    edits = {
        "anchor_id": f"{update} anchor_id = anchor_id + 100 WHERE anchor_id = 1",
        "token": f"{update} token = set_byte(token, length(token) - 1, get_byte(token, 1) # 1) WHERE anchor_id = 2",
        "stamped_at": f"{update} stamped_at = stamped_at - interval '1 day' WHERE anchor_id = 3",
        "another": f"{update} token = two.token FROM audit_anchortoken two"
        " WHERE two.anchor_id = 2 AND audit_anchortoken.anchor_id = 3",
    }
    assert set(edits) >= {field.attname for field in AnchorToken._meta.concrete_fields}
    for name, sql in edits.items():
        with spoiling():
            execute(sql)
            assert checked()[0], name


@pytest.mark.django_db
def test_an_elliptic_key_known_by_itself(settings: Any, tmp_path: Path) -> None:
    curve = Authority(tmp_path / "ec", "ec", "-pkeyopt", "ec_paramgen_curve:P-384")
    with served(curve) as url:
        settings.TSA_URL, settings.TSA_CERTIFICATE = url, str(curve.folder / "tsa.pem")
        write_world()
    assert (checked()[0], AnchorToken.objects.count()) == ([], DAYS)
    anchor = Anchor.objects.get(number=1)
    assert check_token(bytes(anchor.stamp.token), statement(anchor.record()), timestamping.certificates())


@pytest.mark.django_db
def test_without_an_authority_nothing_is_asked(settings: Any) -> None:
    settings.TSA_URL = ""
    write_world()
    anchor = anchor_due()
    assert anchor is not None
    assert (anchor_due(), stamp_missing(), AnchorToken.objects.count()) == (None, 0, 0)
