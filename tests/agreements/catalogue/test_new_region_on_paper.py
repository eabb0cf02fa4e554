"""The made-up region goes on: an agreement on its template is drafted by the pages and rendered, without code."""

import subprocess
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from agreements.documents import renditions
from agreements.models import Agreement, Rendition, TemplateVersion
from tests import factories
from tests.agreements.catalogue.test_new_region import MADE_UP


@pytest.fixture
def agreement(db: None) -> Agreement:
    """Drafted by the elder-care side of a county below the made-up region, through the pages."""
    county = factories.region("520102")
    call_command("load_templates", dir=MADE_UP, stdout=StringIO())
    version = TemplateVersion.objects.get(template__slug="qingshan-2026")
    home = factories.OpenElderCareFactory.create(name="青山颐养院", region=county)
    medical = factories.OpenMedicalInstitutionFactory.create(name="青山镇卫生院", region=county)
    client = Client()
    client.force_login(factories.MembershipFactory.create(institution=home).user)
    client.post(reverse("agreement-start"))
    agreement = Agreement.objects.get()
    choice = version.parsed.blank("service_mode").choices[1]
    pages: dict[str, dict[str, Any]] = {
        "partner": {"partner": medical.pk},
        "template": {"template_version": version.pk},
        "terms": {"service_mode": choice, "yearly_fee": "10010.10", "free_remark": "{yearly_fee}"},
        "contacts": {"elder_care-signatory_name": "赵堃", "elder_care-contact_phone": "0851-88000001"},
    }
    for revision, (step, data) in enumerate(pages.items()):
        saved = client.post(reverse("draft-step", args=[agreement.number, step]), {"revision": revision, **data})
        assert saved.status_code == 302, step
    assert client.get(reverse("draft-step", args=[agreement.number, "check"])).context["can_send"]
    return Agreement.objects.with_parties().get()


def test_its_five_copies_carry_its_text(agreement: Agreement, tmp_path: Path) -> None:
    rendition = renditions.request(agreement, by=agreement.created_by)
    renditions.render(rendition.pk)
    made = Rendition.objects.get(pk=rendition.pk)
    copies = list(made.counterparts.all())
    assert [copy.holder for copy in copies][:2] == ["elder_care", "medical"]
    assert (len(copies), copies[4].holder_name) == (5, "虚构县医疗保障局")
    path = tmp_path / "fifth.pdf"
    with copies[4].file.open() as stored:
        path.write_bytes(stored.read())
    printed = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, text=True, check=True).stdout
    words = "".join(printed.split())
    assert [area["role"] for area in made.areas if area["kind"] == "seal"] == ["elder_care", "medical", ""], "a witness"
    for line in agreement.filled_text().lines:
        if line.kind in {"clause", "heading", "title"}:
            assert "".join(line.text.split())[:12] in words
    assert "第一条" in words
    assert "人民币壹万零壹拾元壹角" in words
    assert "{yearly_fee}" in words
    assert "正本5/5" in words
