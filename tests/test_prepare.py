"""A start looks before it changes anything."""

import shutil
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from pytest_django import Settings

from agreements.catalogue.reader import DATA, read_templates
from agreements.management.commands import load_templates
from agreements.models import Template
from regions.models import Scheme
from regions.scheme_files import read_schemes
from tests import factories
from yiyang import prepare
from yiyang.prepare import refuse_another_history


@pytest.mark.usefixtures("owner")
@pytest.mark.django_db
def test_a_database_of_another_history_is_named_with_the_cure_and_left_alone() -> None:
    refuse_another_history()
    recorder = MigrationRecorder(connection)
    recorder.record_applied("institutions", "0008_survey_and_eligibility")
    before = recorder.applied_migrations().keys()
    with pytest.raises(CommandError, match=r"institutions\.0008_survey_and_eligibility") as refusal:
        refuse_another_history()
    assert "mv var var-old" in str(refusal.value)
    assert "没有改动任何数据" in str(refusal.value)
    assert recorder.applied_migrations().keys() == before


def data_with(tmp_path: Path, name: str, old: str, new: str) -> Path:
    """Copy the platform's templates, one of them changed; return their folder."""
    folder = shutil.copytree(DATA, tmp_path / "templates")
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    return folder


@pytest.fixture
def regions(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    """The regions of our own files, so that a start need not load all three thousand."""
    codes = [template.body.region for template in read_templates()] + [scheme.body.region for scheme in read_schemes()]
    for code in codes:
        factories.region(code)
    monkeypatch.setattr(prepare, "REFERENCE_DATA", ["load_schemes", "load_templates"])


@pytest.mark.usefixtures("regions")
def test_a_regions_bad_file_is_told_and_stops_no_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = data_with(tmp_path, "hunan-2020.yaml", "一式四份", "一式柒份")
    monkeypatch.setattr(load_templates, "DATA", folder)
    prepare.load_data()
    told = capsys.readouterr().err
    assert "hunan-2020.yaml:28:1: 正文写明一式 7 份，这里列出 4 份" in told
    assert "其余的都已载入" in told
    assert Template.objects.count() == 6
    assert Scheme.objects.count() == 6


@pytest.mark.usefixtures("regions")
def test_a_demo_that_lacks_what_was_left_out_stops_no_start_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: Settings
) -> None:
    settings.DEMO = True
    monkeypatch.setattr(prepare, "DEMO_DATA", ["template_text"])  # a command that refuses: it lacks its argument
    with pytest.raises(CommandError):
        prepare.load_data()
    monkeypatch.setattr(load_templates, "DATA", data_with(tmp_path, "hunan-2020.yaml", "一式四份", "一式柒份"))
    prepare.load_data()
    assert "没有载入演示数据，因为缺少上面没有载入的文件" in capsys.readouterr().err


@pytest.mark.usefixtures("regions")
def test_the_platforms_own_bad_file_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_templates, "DATA", data_with(tmp_path, "supplement.yaml", "一式四份", "一式柒份"))
    with pytest.raises(CommandError, match=r"supplement\.yaml:\d+:1: 正文写明一式 7 份"):
        prepare.load_data()


@pytest.mark.usefixtures("owner")
@pytest.mark.django_db
def test_no_check_stumbles_over_a_database_without_tables() -> None:
    """`manage.py migrate` runs them all before the first table is made."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path TO pg_catalog")
        run_checks(databases=["default"])
