"""Published templates and complete drafts for the tests of agreements."""

from typing import Any

import pytest

from accounts.models import User
from agreements import events
from agreements.catalogue.reader import read_templates
from agreements.models import Agreement, Template, TemplateVersion
from agreements.text.schema import TemplateBody
from audit import log
from institutions.models import Authority, Institution
from regions.models import Region
from tests import factories
from tests.agreements.making import complete_draft

TEMPLATE_REGIONS = ("430000", "640323", "330600", "360826", "410100")


@pytest.fixture(scope="session")
def template_bodies() -> list[TemplateBody]:
    """The texts of all template files, read once: reading and checking them takes longer than publishing them."""
    return [template.body for template in read_templates()]


@pytest.fixture(scope="session")
def stored_bodies(template_bodies: list[TemplateBody]) -> list[dict[str, Any]]:
    """The same as the database keeps them."""
    return [body.to_json() for body in template_bodies]


@pytest.fixture(scope="session")
def digests(template_bodies: list[TemplateBody]) -> list[str]:
    """The digests of these texts: to reckon them takes longer than to write their rows."""
    return [body.digest for body in template_bodies]


@pytest.fixture
def published(
    db: None, template_bodies: list[TemplateBody], stored_bodies: list[dict[str, Any]], digests: list[str]
) -> dict[str, TemplateVersion]:
    """All templates of the catalogue, by slug: the rows that `publish` writes, in four statements."""
    for code in TEMPLATE_REGIONS:
        factories.region(code)
    regions = {region.code: region for region in Region.objects.filter(code__in=[b.region for b in template_bodies])}
    templates = Template.objects.bulk_create(
        Template(slug=body.slug, region=regions[body.region]) for body in template_bodies
    )
    versions = TemplateVersion.objects.bulk_create(
        TemplateVersion(
            template=template,
            number=1,
            title=body.title,
            is_official=body.is_official,
            body=stored,
            digest=digest,
        )
        for template, body, stored, digest in zip(templates, template_bodies, stored_bodies, digests, strict=True)
    )
    about = [
        (version, events.TemplatePublished(slug=version.template.slug, number=1, digest=version.digest))
        for version in versions
    ]
    log.append_many(by=None, about=about)
    return {version.template.slug: version for version in versions}


@pytest.fixture
def consortium(published: dict[str, TemplateVersion]) -> TemplateVersion:
    return published["shaoxing-2024-consortium"]


@pytest.fixture
def draft(
    elder_care_clerk: User,
    elder_care_institution: Institution,
    medical_institution: Institution,
    consortium: TemplateVersion,
    health_authority: Authority,
    civil_affairs_authority: Authority,
) -> Agreement:
    """A draft with every answer given, ready to be sent."""
    return complete_draft(elder_care_institution, medical_institution, consortium, by=elder_care_clerk)
