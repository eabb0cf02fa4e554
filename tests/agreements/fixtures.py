"""Published templates and complete drafts for the tests of agreements."""

import pytest
from django.core.management import call_command

from accounts.models import User
from agreements.models import Agreement, TemplateVersion
from institutions.models import Authority, Institution
from tests import factories
from tests.agreements.making import complete_draft

TEMPLATE_REGIONS = ("430000", "640323", "330600", "360826", "410100")


@pytest.fixture
def published(db: None) -> dict[str, TemplateVersion]:
    """All six templates of the catalogue, by slug."""
    for code in TEMPLATE_REGIONS:
        factories.region(code)
    call_command("load_templates", verbosity=0)
    return {version.template.slug: version for version in TemplateVersion.objects.latest_of_each()}


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
