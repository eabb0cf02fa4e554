"""What regions are called in short, and that no two of one day are called alike."""

from collections import Counter
from datetime import date

from regions.divisions import read_divisions
from regions.loading import load_divisions
from regions.models import Region
from regions.naming import distinct_name, short_name

TODAY = date(2026, 12, 1)


CALLED = {
    "330602": "越城",
    "110105": "北京市朝阳区",
    "220104": "长春市朝阳区",
    "430121": "长沙市长沙县",
    "430100": "湖南省长沙市",
    "220000": "吉林省",
    "220200": "吉林省吉林市",
    "431181": "祁阳",  # 祁阳县 was on an earlier day
}


def test_no_two_regions_of_one_day_are_called_alike(db: None) -> None:
    """`distinct_name` asks once for each region: only those that could be called alike are asked for."""
    load_divisions(read_divisions())
    assert {code: distinct_name(Region.objects.get(code=code), TODAY) for code in CALLED} == CALLED
    places = list(Region.objects.valid_on(TODAY).filter(is_grouping=False).select_related("parent__parent"))
    shared = Counter(short_name(each.name) for each in places)
    names = [
        distinct_name(each, TODAY) if shared[short_name(each.name)] > 1 else short_name(each.name) for each in places
    ]
    assert len(names) > 3_200
    assert [name for name, count in Counter(names).items() if count > 1] == []
