"""The text's own lines for name and day, through the ceremony: the later day, and the page that attests both."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import User
from agreements.documents import renditions
from agreements.documents.issued import newest
from agreements.documents.press import paper_of
from agreements.documents.verdicts import verdict_on
from agreements.lifecycle.pages import copies_made
from agreements.models import Agreement, TemplateVersion
from agreements.models.ways import Way
from agreements.text.attestation import BOTH_WAYS, BY_HAND, ON_SCREEN
from institutions.models import Institution
from tests import factories
from tests.agreements.electronic import on_screen_for, signed_on_screen
from tests.agreements.making import complete_draft

DraftOf = Callable[[str], Agreement]
REGIONS = {"hunan-2020": "430104", "wuzhong-2022": "640323", "shaoxing-2024-consortium": "330602"}
LINES = {  # of each side, the later one last
    "hunan-2020": [{"beside"}, {"beside", "shared-day"}],
    "wuzhong-2022": [{"name", "attested-name", "attested-day"}] * 2,
    "shaoxing-2024-consortium": [{"name", "day"}] * 2,
}


@pytest.fixture
def draft_of(
    published: dict[str, TemplateVersion],
    elder_care_institution: Institution,
    medical_institution: Institution,
    elder_care_clerk: User,
) -> DraftOf:
    def made(slug: str) -> Agreement:
        for party in (elder_care_institution, medical_institution):
            party.region = factories.region(REGIONS[slug])
            party.save(update_fields=["region"])
        return complete_draft(elder_care_institution, medical_institution, published[slug], by=elder_care_clerk)

    return made


@pytest.mark.parametrize("slug", sorted(LINES))
def test_each_side_fills_its_lines_and_every_copy_is_ours_and_whole(
    slug: str,
    draft_of: DraftOf,
    signing_is_open: None,
    elder_care_clerk: User,
    medical_clerk: User,
    elder_care_signatory: User,
    medical_signatory: User,
    elder_care_institution: Institution,
    medical_institution: Institution,
    tmp_path: Path,
) -> None:
    row = on_screen_for(draft_of(slug), drafter=elder_care_clerk, answerer=medical_clerk)
    renditions.render(row.renditions.final().get().pk)
    row = Agreement.objects.with_parties().with_text().get(pk=row.pk)
    row = signed_on_screen(row, elder_care_signatory, elder_care_institution)
    row = signed_on_screen(row, medical_signatory, medical_institution)
    for copy in copies_made(row):
        for issued, role, lines in zip(
            copy.issued.order_by("order"), ("elder_care", "medical"), LINES[slug], strict=True
        ):
            shown = {name.removeprefix(f"line-{role}-") for name in issued.looks if name.startswith("line-")}
            assert shown == lines
        path = tmp_path / f"{copy.number}.pdf"
        path.write_bytes(newest(copy)[0])
        verdict = verdict_on(path)
        assert verdict.is_whole, verdict.words
    assert row.medical_signed_on == timezone.localdate()


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [(Way.ELECTRONIC, Way.ELECTRONIC, ON_SCREEN), (Way.ELECTRONIC, Way.PAPER, BOTH_WAYS), (None, None, BY_HAND)],
    ids=["on-screen", "both-ways", "draft"],
)
def test_the_page_that_attests_the_days_says_how_they_come_onto_it(
    first: Way | None,
    second: Way,
    words: str,
    draft_of: DraftOf,
    elder_care_clerk: User,
    medical_clerk: User,
    signing_is_open: None,
) -> None:
    row = draft_of("wuzhong-2022")
    if first:
        row = on_screen_for(row, drafter=elder_care_clerk, answerer=medical_clerk, way=second)
    page = paper_of(row).attestation
    assert page is not None
    assert words in page.intro
    assert ("手写" in page.intro) is (first is None)
