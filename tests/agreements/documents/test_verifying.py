"""The public page on which a file is shown, and the commands that say and write the same."""

import json
from contextlib import ExitStack
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from agreements.documents import verifying
from agreements.documents.verdicts import caution_on
from agreements.models import Agreement, Template, TemplateVersion
from audit.models import Entry
from boundary.cell.asking import Patience
from boundary.cell.slots import slot
from institutions.models import Institution, Role
from tests import factories
from tests.agreements.documents.papers import made
from tests.agreements.issuing import Issuing, issuing
from tests.agreements.world import World, rewrite, supersede
from tests.reading import words

WHOLE = "由本平台签发，完整"


@pytest.fixture
def issued(elder_care_institution: Institution, medical_institution: Institution, tmp_path: Path, db: None) -> Issuing:
    template = Template.objects.create(slug="made-up", region=medical_institution.region)
    version = TemplateVersion.objects.create(
        template=template, number=1, title="协议", is_official=False, body={}, digest="c" * 64
    )
    people = factories.UserFactory.create(), factories.UserFactory.create()
    world = World(medical_institution, elder_care_institution, version, *people)
    there = issuing(world, made("hunan-2020", is_filled=True), tmp_path)
    there.sign(Role.MEDICAL, copies=2)
    return there


def shown(client: Client, content: bytes, name: str = "协议.pdf") -> str:
    response = client.post(reverse("verify-file"), {"file": SimpleUploadedFile(name, content)})
    assert response.status_code == 200
    return response.content.decode()


def test_anybody_shows_a_file_and_is_told(client: Client, issued: Issuing) -> None:
    page = shown(client, issued.content())
    for said in (WHOLE, issued.agreement.number, "陈䶮𠅤", "签名有效", "乙代甲签", "是这一份最新的文件"):
        assert said in page
    changed = shown(client, issued.content() + b"\n")
    assert "已被改动" in changed
    assert issued.agreement.number not in changed
    assert WHOLE not in changed


def test_what_was_voided_is_said_to_be_so_first_and_in_amber(client: Client, issued: Issuing, tmp_path: Path) -> None:
    content, path = issued.content(), tmp_path / "voided.pdf"
    path.write_bytes(content)
    supersede(*issued.agreement.signatures.all())
    issued.world.void(issued.agreement)
    rewrite(issued.agreement, state="draft", frozen=None)
    page = shown(client, content)
    assert "alert-success" not in page
    headline = words(page[page.index("alert-warning") : page.index("<dl")])
    assert headline.index("文本已作废，这份文件不能再使用") < headline.index(WHOLE)
    assert "最新的文件" not in page
    code, said = run("verify_pdf", str(path))
    assert code == 0
    assert said.splitlines()[:2] == [WHOLE, "注意：文本已作废，这份文件不能再使用。"]


@pytest.mark.parametrize(
    ("state", "said"),
    [("superseded", "协议已续签或换签，这份文件不再是现行的协议"), ("in_force", ""), ("expired", "")],
)
def test_what_another_took_the_place_of_is_said_to_be_so(state: str, said: str) -> None:
    ended = factories.today() - timedelta(days=1)
    assert caution_on(Agreement(state=state, ended_on=ended), is_voided=False) == said


def test_nothing_of_it_is_kept_but_that_it_was_asked(client: Client, issued: Issuing) -> None:
    before = sorted(default_storage.listdir("")[0])
    shown(client, issued.content())
    assert sorted(default_storage.listdir("")[0]) == before
    entry = Entry.objects.latest("pk")
    assert (entry.event, entry.actor_id, entry.data["verdict"]) == ("file.verified", None, WHOLE)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "文件是空的"), (b"hello", "不是 PDF"), (b"%PDF-1.7\n", "无法核验，因为")],
)
def test_what_cannot_be_looked_at_has_words(content: bytes, said: str, client: Client, db: None) -> None:
    assert said in shown(client, content)


def test_a_large_file_and_none_have_words(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "LARGEST", 1000)
    assert verifying.TOO_LARGE in shown(client, bytes(1001))
    assert "请选择要核验的 PDF 文件" in client.post(reverse("verify-file")).content.decode()


def test_whoever_comes_while_no_cell_is_free_is_told_so(
    client: Client, issued: Issuing, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "PATIENCE", Patience(for_a_slot=0, for_the_work=20))
    folder, cells = settings.CELL_FOLDER, settings.CELLS
    with ExitStack() as held:
        for _ in range(cells):
            held.enter_context(slot(folder, cells, patience=0))
        assert "现在核验的人太多" in shown(client, issued.content())


def run(name: str, *arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command(name, *arguments, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def test_verify_pdf_ends_well_only_for_ours_and_whole(issued: Issuing, tmp_path: Path) -> None:
    path = tmp_path / "shown.pdf"
    path.write_bytes(issued.content())
    code, said = run("verify_pdf", str(path))
    assert code == 0
    assert said.splitlines()[0] == WHOLE
    assert "1. 签名有效：陈䶮𠅤，代表" in said
    code, said = run("verify_pdf", str(path), "--json")
    told = json.loads(said)
    assert (code, told["verdict"], told["agreement"]) == (0, "whole", issued.agreement.number)
    path.write_bytes(issued.content()[:-1])
    assert run("verify_pdf", str(path))[0] == 1
    with pytest.raises(CommandError):
        call_command("verify_pdf", str(tmp_path / "none.pdf"))


def test_agreement_pdf_writes_the_bytes_that_were_signed(issued: Issuing, tmp_path: Path) -> None:
    code, _ = run("agreement_pdf", issued.agreement.number, "--out", str(tmp_path / "out"))
    assert code == 0
    for number in (1, 2, 3):
        written = (tmp_path / "out" / f"{issued.agreement.number}-copy{number}.pdf").read_bytes()
        assert written == issued.content(number)
        assert issued.shown(written).is_whole
