"""Published versions are numbered, immutable, and made only when the text changed, by however many loaders."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from agreements import events
from agreements.catalogue.publishing import publish
from agreements.catalogue.reader import DATA, read_template, read_templates
from agreements.models import Template, TemplateVersion
from agreements.text.schema import TemplateBody
from audit.models import Entry
from regions.left_out import FilesLeftOut
from regions.models import Region
from tests.at_once import at_once
from tests.factories import region

OWN = {
    "hunan-2020",
    "wuzhong-2022",
    "shaoxing-2024-consortium",
    "shaoxing-2024-home-sickbed",
    "taihe-2021",
    "supplement",
} | {"zhengzhou-2021"}


@pytest.fixture
def own_regions(db: None) -> None:
    for template in read_templates():
        region(template.body.region)


@pytest.fixture
def hunan(own_regions: None) -> TemplateBody:
    return read_template(DATA / "hunan-2020.yaml").body


def reworded(body: TemplateBody, word: str = "又") -> TemplateBody:
    """Return the same template with a longer remark about its source."""
    return replace(body, source=replace(body.source, remark=body.source.remark + word))


def load(**options: Path) -> str:
    out = StringIO()
    call_command("load_templates", stdout=out, **options)
    return out.getvalue()


def test_all_are_published_once(own_regions: None) -> None:
    assert load().count("第 1 版（新发布）") == len(OWN)
    assert set(Template.objects.values_list("slug", flat=True)) == OWN


def test_what_other_tests_take_for_published_is_what_publishing_writes(
    request: pytest.FixtureRequest, own_regions: None, template_bodies: list[TemplateBody]
) -> None:
    """The fixture writes the rows in bulk, for it stands before hundreds of tests."""

    def written() -> tuple[list[dict[str, object]], list[tuple[object, ...]]]:
        told = ("template__slug", "template__region__code", "number", "title", "is_official", "body", "digest")
        entries = Entry.objects.values_list("event", "data__slug", "data__number", "data__digest", "sequence")
        return list(TemplateVersion.objects.order_by("template__slug").values(*told)), sorted(entries)

    with transaction.atomic():
        for body in template_bodies:
            publish(body)
        one_by_one = written()
        transaction.set_rollback(True)
    assert set(request.getfixturevalue("published")) == OWN
    assert written() == one_by_one


def test_loading_twice_changes_nothing(own_regions: None) -> None:
    load()
    before = list(TemplateVersion.objects.values())
    assert load().count("（未变）") == len(OWN)
    assert list(TemplateVersion.objects.values()) == before
    assert Entry.objects.filter(event=events.TemplatePublished.code).count() == len(OWN)


def test_a_published_body_reads_back_as_it_was(own_regions: None) -> None:
    load()
    for template in read_templates():
        version = TemplateVersion.objects.get(template__slug=template.body.slug)
        assert version.parsed == template.body
        assert version.digest == version.parsed.digest
        assert (version.title, version.is_official) == (template.body.title, template.body.is_official)


def test_a_change_makes_the_next_version_and_keeps_the_last(hunan: TemplateBody) -> None:
    first, second = publish(hunan), publish(reworded(hunan))
    assert (first.number, second.number) == (1, 2)
    assert TemplateVersion.objects.get(pk=first.pk).parsed == hunan
    assert list(TemplateVersion.objects.for_region(region("430103"))) == [second]


def test_returning_to_an_earlier_wording_is_a_new_version(hunan: TemplateBody) -> None:
    numbers = [publish(body).number for body in (hunan, reworded(hunan), hunan)]
    assert numbers == [1, 2, 3]


def test_a_template_may_move_to_another_region(hunan: TemplateBody) -> None:
    publish(hunan)
    moved = publish(replace(hunan, region=region("330600").code))
    assert moved.number == 2
    assert moved.template.region.code == "330600"


def test_publishing_is_logged_with_number_and_digest(hunan: TemplateBody) -> None:
    version = publish(hunan)
    entry = Entry.objects.get(event=events.TemplatePublished.code)
    assert (entry.subject_id, entry.actor_name) == (version.pk, "系统")
    assert entry.data == {"slug": "hunan-2020", "number": 1, "digest": version.digest}


@pytest.mark.parametrize("what", ["update", "delete"])
def test_the_database_itself_keeps_a_published_version(hunan: TemplateBody, what: str) -> None:
    version = publish(hunan)
    rows = TemplateVersion.objects.filter(pk=version.pk)
    act: Callable[[], object] = rows.delete if what == "delete" else lambda: rows.update(title="改过的标题")
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        act()
    assert TemplateVersion.objects.get(pk=version.pk).title == hunan.title


def folder_with(tmp_path: Path, name: str, old: str, new: str) -> Path:
    """Copy the platform's own files, one of them changed; return the folder."""
    folder = tmp_path / "templates"
    shutil.copytree(DATA, folder)
    text = (folder / f"{name}.yaml").read_text(encoding="utf-8")
    assert old in text
    (folder / f"{name}.yaml").write_text(text.replace(old, new), encoding="utf-8")
    return folder


def test_one_bad_file_is_told_and_the_rest_is_published(tmp_path: Path, own_regions: None) -> None:
    folder = folder_with(tmp_path, "wuzhong-2022", "一式肆份", "一式叁份")
    with pytest.raises(FilesLeftOut, match=r"wuzhong-2022\.yaml:26:1: 正文写明一式 3 份") as told:
        load(dir=folder)
    assert "其余的都已载入" in str(told.value)
    assert set(Template.objects.values_list("slug", flat=True)) == OWN - {"wuzhong-2022"}


def test_a_file_that_went_bad_leaves_what_was_published(tmp_path: Path, own_regions: None) -> None:
    folder = folder_with(tmp_path, "wuzhong-2022", "一式肆份", "一式肆份")
    load(dir=folder)
    (folder / "wuzhong-2022.yaml").write_text("slug", encoding="utf-8")
    with pytest.raises(FilesLeftOut, match=r"wuzhong-2022\.yaml:1:1: "):
        load(dir=folder)
    assert not Template.objects.get(slug="wuzhong-2022").is_withdrawn


def test_the_platforms_own_text_stops_everything(tmp_path: Path, own_regions: None) -> None:
    folder = folder_with(tmp_path, "supplement", "一式四份", "一式五份")
    with pytest.raises(CommandError, match=r"supplement\.yaml:\d+:1: 正文写明一式 5 份") as refused:
        load(dir=folder)
    assert not isinstance(refused.value, FilesLeftOut)
    assert not Template.objects.exists()


def test_an_unknown_region_is_named_with_file_line_and_column(own_regions: None) -> None:
    Region.objects.filter(code="640323").delete()
    with pytest.raises(FilesLeftOut, match=r"wuzhong-2022\.yaml:2:9: 没有代码为“640323”的行政区划"):
        load()
    assert Template.objects.count() == len(OWN) - 1


def test_another_folder_takes_no_name_of_the_platforms_own(tmp_path: Path, own_regions: None) -> None:
    load()
    with pytest.raises(FilesLeftOut, match=r"hunan-2020\.yaml:1:7: 这个代号是平台自带的，请换一个"):
        load(dir=folder_with(tmp_path, "hunan-2020", "remark: 通知附件。", "remark: 另一处的。"))
    assert Template.objects.get(slug="hunan-2020").versions.count() == 1
    assert Template.objects.get(slug="hunan-2020").loaded_from == ""


@pytest.mark.usefixtures("owner")
def test_a_failing_log_leaves_no_version(hunan: TemplateBody) -> None:
    """Atomicity: the last beat, the log entry, is refused by the database."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry ADD CONSTRAINT refused CHECK (event <> 'template.published') NOT VALID")
    with pytest.raises(IntegrityError), transaction.atomic():
        publish(hunan)
    assert not Template.objects.exists()


def published_at_once(*bodies: TemplateBody) -> list[int]:
    """Publish each body on a connection of its own; return the numbers in their order."""
    return sorted(version.number for version in at_once(*(partial(publish, body) for body in bodies)))


@pytest.mark.django_db(transaction=True)
def test_two_loaders_at_once_publish_one_version() -> None:
    hunan = read_template(DATA / "hunan-2020.yaml").body
    region(hunan.region)
    assert published_at_once(hunan, hunan, hunan) == [1, 1, 1]
    assert TemplateVersion.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_different_texts_at_once_get_two_numbers() -> None:
    hunan = read_template(DATA / "hunan-2020.yaml").body
    region(hunan.region)
    publish(hunan)
    assert published_at_once(reworded(hunan, "甲"), reworded(hunan, "乙")) == [2, 3]


@pytest.mark.django_db
def test_template_text_prefers_the_published_version(hunan: TemplateBody) -> None:
    publish(replace(hunan, title="改版", blocks=(replace(hunan.blocks[0], text="改版"), *hunan.blocks[1:])))
    out = StringIO()
    call_command("template_text", "hunan-2020", stdout=out)
    assert out.getvalue().splitlines()[0] == "改版"


@pytest.mark.django_db
def test_an_unknown_slug_is_answered_with_the_known_ones() -> None:
    with pytest.raises(CommandError) as caught:
        call_command("template_text", "hunan-1999")
    assert "没有名为“hunan-1999”的范本" in str(caught.value)
    assert all(slug in str(caught.value) for slug in OWN)
    assert caught.value.returncode != 0
