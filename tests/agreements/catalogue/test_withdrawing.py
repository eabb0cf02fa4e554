"""A template whose file is gone: nobody begins by it from that day on, and what is on it stays."""

from datetime import date, timedelta
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements import events, lifecycle
from agreements.catalogue.publishing import publish, withdraw_missing
from agreements.catalogue.reader import DATA
from agreements.lifecycle.checking import blocking, findings
from agreements.models import Agreement, Template, TemplateVersion
from agreements.text.schema import TemplateBody
from audit.models import Entry
from regions.models import Region
from tests import factories

SLUG = "shaoxing-2024-consortium"


def withdraw(on: date | None = None) -> list[Template]:
    rest = Template.objects.exclude(slug=SLUG).values_list("slug", flat=True)
    return withdraw_missing(set(rest), loaded_from="", on=on)


def test_the_command_withdraws_what_a_folder_no_longer_has(
    tmp_path: Path, published: dict[str, TemplateVersion]
) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    for slug in ("made-up-1", "made-up-2"):
        text = (DATA / "supplement.yaml").read_text(encoding="utf-8").replace("slug: supplement", f"slug: {slug}")
        (folder / f"{slug}.yaml").write_text(text, encoding="utf-8")
    call_command("load_templates", dir=folder, stdout=StringIO())
    (folder / "made-up-1.yaml").unlink()
    out = StringIO()
    call_command("load_templates", dir=folder, stdout=out)
    assert "made-up-1：文件已撤走，从" in out.getvalue()
    assert "已有的协议不受影响" in out.getvalue()
    assert [each.slug for each in Template.objects.all() if each.is_withdrawn] == ["made-up-1"]
    call_command("load_templates", stdout=StringIO())
    assert [each.slug for each in Template.objects.all() if each.is_withdrawn] == ["made-up-1"]


def test_from_its_day_on_it_is_offered_to_nobody(published: dict[str, TemplateVersion], draft: Agreement) -> None:
    today = factories.today()
    version = published[SLUG]
    assert version in TemplateVersion.objects.for_region(draft.region)
    assert [each.slug for each in withdraw(on=today + timedelta(1))] == [SLUG]
    assert not Template.objects.get(slug=SLUG).is_withdrawn
    assert version in TemplateVersion.objects.for_region(draft.region)
    Template.objects.filter(slug=SLUG).update(withdrawn_on=today)
    assert version not in TemplateVersion.objects.for_region(draft.region)
    assert TemplateVersion.objects.newest_of(SLUG) is None
    assert version in TemplateVersion.objects.on_offer(on=today - timedelta(1))


def test_withdrawing_is_logged_once_and_undone_when_the_file_is_back(
    published: dict[str, TemplateVersion], template_bodies: list[TemplateBody]
) -> None:
    withdraw()
    assert withdraw() == []
    entry = Entry.objects.get(event=events.TemplateWithdrawn.code)
    assert entry.data == {"slug": SLUG, "on": factories.today().isoformat()}
    (body,) = (body for body in template_bodies if body.slug == SLUG)
    assert publish(body) == published[SLUG]
    assert Template.objects.get(slug=SLUG).withdrawn_on is None
    assert Entry.objects.filter(event=events.TemplateRestored.code).count() == 1


def test_a_draft_on_it_says_so_and_must_choose_again(draft: Agreement, elder_care_clerk: User) -> None:
    withdraw()
    row = Agreement.objects.with_parties().get(pk=draft.pk)
    (finding,) = blocking(findings(row))
    assert "起已撤下，不能再用来起草，请改选另一份范本" in finding.text
    assert finding.step == "template"


def test_what_was_sent_before_may_still_be_agreed_to(draft: Agreement, elder_care_clerk: User) -> None:
    sent = lifecycle.send(draft, by=elder_care_clerk, revision=draft.revision)
    withdraw()
    row = Agreement.objects.with_parties().get(pk=sent.pk)
    told = [finding for finding in findings(row) if "已撤下" in finding.text]
    assert [finding.blocks for finding in told] == [False]


def test_its_pages_say_so_and_offer_no_draft(
    client: Client, elder_care_clerk: User, published: dict[str, TemplateVersion]
) -> None:
    client.force_login(elder_care_clerk)
    page = client.get(reverse("template-detail", args=[SLUG])).content.decode()
    assert "用这份范本起草" in page
    assert "逐字一致" in page
    withdraw()
    page = client.get(reverse("template-detail", args=[SLUG])).content.decode()
    assert "用这份范本起草" not in page
    assert "已经按它签订的协议不受影响" in page
    assert "已撤下" in client.get(reverse("template-list")).content.decode()


def test_a_region_is_told_of_only_what_it_has_left(published: dict[str, TemplateVersion]) -> None:
    county = Region.objects.get(code="330600")
    withdraw()
    left = {each.template.slug for each in TemplateVersion.objects.for_region(county)}
    assert left == {"shaoxing-2024-home-sickbed"}
