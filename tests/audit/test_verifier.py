"""The verifier as outsiders run it: one file, an isolated Python, an export; then one byte of it changed."""

import datetime as dt
import io
import os
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import timezone

from audit import bundle, platform_key
from audit.exporting import anchor_file, write_export
from audit.models import Anchor, Entry
from audit.verifier import command
from tests.audit.worlds import DAYS, SUBJECTS, execute, rehash, spoiling, write_world

pytestmark = pytest.mark.django_db

ENOUGH = 60  # bytes changed, one at a time, beside those at the seams of the file


@pytest.fixture
def today() -> dt.date:
    return timezone.localdate()


def export_to(path: Path, since: dt.date, until: dt.date) -> Path:
    with path.open("w+b") as file:
        write_export(file, since=since, until=until)
    return path


@pytest.fixture
def exported(tmp_path: Path, today: dt.date) -> Path:
    write_world()
    return export_to(tmp_path / "log.zip", today - dt.timedelta(days=30), today)


def run(*arguments: Path | str) -> tuple[int, str]:
    """Run the file that is downloaded, in an isolated Python and an empty environment."""
    folder = Path(arguments[0]).parent
    verifier = folder / bundle.NAME
    verifier.write_bytes(bundle.verifier())
    done = subprocess.run(
        [sys.executable, "-I", str(verifier), *map(str, arguments)],
        cwd=folder,
        env={"PATH": os.defpath, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert not done.stderr
    return done.returncode, done.stdout


def here(*arguments: Path | str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """The same code without a new process, for what is tried many times."""
    code = command.main([str(argument) for argument in arguments])
    return code, capsys.readouterr().out


def test_an_export_is_verified_and_a_changed_byte_refused(
    exported: Path, today: dt.date, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = run(exported)
    assert code == 0, said
    assert f"核对了 {Entry.objects.count()} 条记录、{len(SUBJECTS) + 1} 条链。" in said
    first, last = today - dt.timedelta(days=DAYS), today - dt.timedelta(days=1)
    assert f"核对了 {DAYS} 个锚（{first} 20:05 至 {last} 20:05）" in said
    assert "尚未锚定" in said
    content = bytearray(exported.read_bytes())
    content[len(content) // 3] ^= 1
    exported.with_name("changed.zip").write_bytes(content)
    refused, told = run(exported.with_name("changed.zip"))
    assert refused == 2
    assert "✗ 无法核验：导出包与其封签不符" in told
    with capsys.disabled():
        print(f"\n$ python3 -I {bundle.NAME} log.zip\n{said}[{code}]\n(one byte changed)\n{told}[{refused}]")


def test_any_byte_of_the_zip_that_is_changed_is_noticed(exported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = exported.read_bytes()
    places = {0, 1, len(content) - 1, len(content) - 64, len(content) - 65, len(content) - 70}
    places |= set(random.Random(4).sample(range(len(content)), ENOUGH))  # noqa: S311  -- places to try, no secret
    for place in places:
        changed = exported.with_name("changed.zip")
        changed.write_bytes(content[:place] + bytes([content[place] ^ 0x10]) + content[place + 1 :])
        code, said = here(changed, capsys=capsys)
        assert code != 0, place
        assert "✗" in said


def unpacked(exported: Path) -> Path:
    folder = exported.with_name("folder")
    zipfile.ZipFile(exported).extractall(folder)
    return folder


@pytest.mark.parametrize("name", ["entries.jsonl", "anchors.json", "platform-key.pem"])
def test_any_byte_of_an_unpacked_file_that_is_changed_is_found_and_named(
    exported: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = unpacked(exported)
    assert here(folder, capsys=capsys)[0] == 0
    content = (folder / name).read_bytes()
    letters = content.rstrip(b"\n") if name.endswith(".pem") else content  # a PEM may end in one newline or in none
    for place in random.Random(4).sample(range(len(letters)), min(ENOUGH, len(letters))):  # noqa: S311  -- as above
        (folder / name).write_bytes(content[:place] + bytes([content[place] ^ 0x01]) + content[place + 1 :])
        code, said = here(folder, capsys=capsys)
        assert code in {1, 2}, (name, place, content[max(0, place - 20) : place + 20])
        assert "✗" in said
    (folder / name).write_bytes(content)


def test_lines_taken_out_or_doubled_are_found(exported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = unpacked(exported)
    lines = (folder / "entries.jsonl").read_bytes().splitlines(keepends=True)
    for place in range(0, len(lines), 7):
        for changed in (lines[:place] + lines[place + 1 :], lines[: place + 1] + lines[place:]):
            (folder / "entries.jsonl").write_bytes(b"".join(changed))
            code, said = here(folder, capsys=capsys)
            # An export has no ends of its own: only the last entry of all, which no other follows, can go unnoticed.
            assert code or (b'"place":%d,' % len(lines) in lines[place] and "尚未锚定" in said)


@pytest.mark.usefixtures("owner")
def test_a_forged_log_is_refuted_by_its_anchors_and_a_remade_one_by_those_kept(
    exported: Path, today: dt.date, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = exported.with_name("kept.json")
    kept.write_bytes(anchor_file(Anchor.objects.get(number=2)))
    since = today - dt.timedelta(days=30)
    with spoiling():
        execute("UPDATE audit_entry SET actor_name = '李四' WHERE subject_id = %s AND sequence = 2", SUBJECTS[1].pk)
        rehash("accounts.user", SUBJECTS[1].pk)
        forged = export_to(exported.with_name("forged.zip"), since, today)
    code, said = here(forged, capsys=capsys)
    assert code == 1
    assert f"✗ accounts.user {SUBJECTS[1].pk}：第 3 条：与 {today - dt.timedelta(days=3)} 20:05 锚定的哈希不符" in said
    code, said = here(exported, "--kept", kept, capsys=capsys)
    assert code == 0
    kept.write_bytes(kept.read_bytes().replace(b'"made_at":"20', b'"made_at":"19'))
    code, said = here(exported, "--kept", kept, capsys=capsys)
    assert code == 1
    assert "与以前留存的不同" in said


def test_a_later_period_stands_alone(
    exported: Path, tmp_path: Path, today: dt.date, capsys: pytest.CaptureFixture[str]
) -> None:
    day = today - dt.timedelta(days=3)
    part = export_to(tmp_path / "part.zip", day + dt.timedelta(days=1), day + dt.timedelta(days=1))
    code, said = here(part, capsys=capsys)
    assert code == 0, said
    # Of that day, and up to the first anchor after it, which holds its end.
    assert f"核对了 {2 * (len(SUBJECTS) * 3 + 1)} 条记录" in said
    assert "尚未锚定" not in said
    folder = unpacked(part)
    lines = (folder / "entries.jsonl").read_bytes().splitlines(keepends=True)
    for gone in range(len(lines)):
        (folder / "entries.jsonl").write_bytes(b"".join(lines[:gone] + lines[gone + 1 :]))
        assert here(folder, capsys=capsys)[0] == 1, gone


def test_signatures_count_by_the_key_that_one_trusts(
    exported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours, other = tmp_path / "ours.pem", tmp_path / "other.pem"
    ours.write_bytes(platform_key.public_pem())
    public = Ed25519PrivateKey.generate().public_key()
    other.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    code, said = here(exported, "--public-key", ours, capsys=capsys)
    assert (code, "取自导出包本身" in said) == (0, False)
    code, said = here(exported, "--public-key", other, capsys=capsys)
    assert code == 1
    assert "所用公钥不是给定的平台公钥" in said


def test_help_and_mistakes_are_in_chinese(exported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "用法：" in here("--help", capsys=capsys)[1]
    assert here(exported, "--nonsense", capsys=capsys) == (2, "✗ 无法核验：命令写法有误，用 --help 查看说明\n")
    assert here(tmp_path / "none.zip", capsys=capsys)[0] == 2
    assert here(exported.with_name("changed"), capsys=capsys)[0] == 2


def test_the_file_is_the_same_every_time_and_shows_its_sources() -> None:
    names = zipfile.ZipFile(io.BytesIO(bundle.verifier())).namelist()
    assert {"__main__.py", "verify_log/rules.py", "verify_log/command.py"} <= set(names)
    assert b"django" not in b"".join(zipfile.ZipFile(io.BytesIO(bundle.verifier())).read(name) for name in names)
