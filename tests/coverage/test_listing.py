"""The list of institutions over many regions: the rows of one region after the other, whatever is asked."""

from datetime import date
from unittest.mock import patch

import pytest
from pytest_django import DjangoAssertNumQueries

from coverage import listing
from coverage.figures import ENDING_DAYS, Coverage, FiledWith, InstitutionFigure
from coverage.listing import Found, Pages, Places, page_of
from coverage.overview import institutions, overview
from coverage.queries import ALL, Narrowed
from coverage.steps.folding import fold_all
from regions.models import Region
from tests import factories
from tests.coverage.histories import HEALTH, Deal, Home, Stage, World, moment, write

ON = date(2026, 11, 22)
SINCE, SOON, LATER = date(2024, 2, 1), date(2026, 12, 1), date(2028, 1, 31)
HOMES = (
    *(Home("330602") for _ in range(7)),
    *(Home("330604", has_clinic=True) for _ in range(5)),
    *(Home("430103", kind="township_elderly_home", has_clinic=True) for _ in range(4)),
    *(Home("640323") for _ in range(3)),
)
DEALS = (
    Deal(0, 0, SINCE, SOON, accepted={HEALTH: moment(date(2024, 3, 1))}),
    Deal(1, 0, SINCE, LATER),
    Deal(8, 0, SINCE, LATER),
    Deal(17, 0, SINCE, SOON),
)
NARROWED = {
    "all": ALL,
    "uncovered": Narrowed(coverages=(Coverage.UNCOVERED,)),
    "covered": Narrowed(coverages=(Coverage.SIGNED, Coverage.OWN_CLINIC)),
    "of a kind": Narrowed(kind="township_elderly_home"),
    "with a clinic": Narrowed(clinic=True),
    "uncovered without a clinic": Narrowed(coverages=(Coverage.UNCOVERED,), clinic=False),
    "filed with health": Narrowed(filed=FiledWith.HEALTH),
    "filed with none": Narrowed(filed=FiledWith.NEITHER),
    "ending": Narrowed(ending=30),
    "called": Narrowed(called="养老院"),
    "called what nobody is": Narrowed(called="%"),
}


def fits(each: InstitutionFigure, narrowed: Narrowed) -> bool:
    ends = each.next_end is not None and narrowed.ending is not None and (each.next_end - ON).days <= narrowed.ending
    return (
        (narrowed.coverages is None or each.coverage in narrowed.coverages)
        and narrowed.kind in (None, each.kind)
        and (narrowed.called or "") in each.name
        and narrowed.clinic in (None, each.has_clinic)
        and (narrowed.filed is None or each.filed(narrowed.filed) > 0)
        and (narrowed.ending is None or ends)
    )


@pytest.fixture
def places(stage: Stage) -> Places:
    write(World(HOMES, (True,), DEALS), stage)
    fold_all()
    return Places.of(factories.region("000000"), ON)


@pytest.mark.parametrize("what", NARROWED)
@pytest.mark.parametrize("at_once", [1, 400])
def test_pages_show_each_row_once_and_in_order(what: str, at_once: int, places: Places) -> None:
    """Of all rows those that fit, as plain Python picks them, however few regions are asked at once."""
    every = [each for each in institutions(factories.region("000000"), ON) if fits(each, NARROWED[what])]
    found = Found(places, NARROWED[what])
    with patch.object(listing, "AT_ONCE", at_once), patch.object(listing, "PER_PAGE", 3):
        pages = Pages(found, 3)  # type: ignore[arg-type]  # a sequence as far as pages ask
        shown = [row for number in pages.page_range for row in pages.page(number)]
        assert list(found) == every
    assert shown == every
    assert pages.count == len(found) == len(every)


def test_what_the_figures_say_is_not_asked_of_other_regions(places: Places) -> None:
    asked: list[list[str]] = []
    ask = Places.ask

    def noting(self: Places, regions: list[Region], narrowed: Narrowed) -> list[InstitutionFigure]:
        asked.append([each.code for each in regions])
        return ask(self, regions, narrowed)

    with patch.object(Places, "ask", noting), patch.object(listing, "PER_PAGE", 3):
        last = Pages(Found(places), 3).get_page(99)  # type: ignore[arg-type]  # as above
        assert [each.region_code for each in last] == ["640323"]
        assert asked == [["640323"]]
        assert overview(factories.region("000000"), ON, most=2).uncovered == tuple(
            Found(places, NARROWED["uncovered"])[0:2]
        )
        assert asked[1] == ["330602"]


def test_whoever_takes_all_of_them_asks_for_more_at_once(places: Places) -> None:
    with patch.object(Places, "ask", autospec=True, return_value=[]) as ask, patch.object(listing, "PER_PAGE", 4):
        assert list(Found(places)) == []
    assert [len(call.args[1]) for call in ask.call_args_list] == [1, 2, 1], "of 7, 5 and 4, and of 3 institutions"


def test_what_has_to_be_counted_is_looked_up_once(
    places: Places, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    pages = page_of(Found(places, Narrowed(clinic=False)), None)
    with django_assert_num_queries(0):
        assert len(pages.object_list) == pages.paginator.count == 10


def test_what_has_to_be_counted_is_counted_so_far(places: Places) -> None:
    with patch.object(listing, "MOST_COUNTED", 4):
        pages = page_of(Found(places, Narrowed(clinic=False)), "2").paginator
        assert isinstance(pages, Pages)
        assert (pages.count, pages.count_in_words) == (4, "4 多")
        known = page_of(Found(places), None).paginator
        assert isinstance(known, Pages)
        assert known.count_in_words == "19"


def test_agreements_are_as_many_as_the_figure_that_leads_to_the_list_says(places: Places) -> None:
    counts = overview(factories.region("000000"), ON).counts
    for how in FiledWith:
        found = Found(places, Narrowed(filed=how))
        assert found.agreements == getattr(counts, f"filed_{how}") == sum(each.filed(how) for each in found)
    assert [Found(places, Narrowed(ending=days)).agreements for days in ENDING_DAYS] == [2, 2, 2]
    assert counts.ending_30 == 2
    others = (ALL, NARROWED["uncovered"], NARROWED["with a clinic"], Narrowed(filed=FiledWith.HEALTH, ending=30))
    assert [Found(places, narrowed).agreements for narrowed in others] == [None] * 4
