"""Published templates and complete drafts for the tests of agreements."""

import pytest

from accounts.models import User
from agreements.catalogue.publishing import publish
from agreements.catalogue.reader import read_templates
from agreements.models import Agreement, TemplateVersion
from agreements.text.schema import TemplateBody
from institutions.models import Authority, Institution
from tests import factories
from tests.agreements.making import complete_draft

TEMPLATE_REGIONS = ("430000", "640323", "330600", "360826", "410100")


@pytest.fixture(scope="session")
def template_bodies() -> list[TemplateBody]:
    """The texts of all template files, read once: reading and checking them takes longer than publishing them."""
    return [template.body for template in read_templates()]


@pytest.fixture
def published(db: None, template_bodies: list[TemplateBody]) -> dict[str, TemplateVersion]:
    """All templates of the catalogue, by slug."""
    for code in TEMPLATE_REGIONS:
        factories.region(code)
    return {body.slug: publish(body) for body in template_bodies}


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
