"""What a region is called where its whole name is too long, as in document numbers, and where no two may look alike."""

from __future__ import annotations

import datetime
import re

from regions.models import Region

ENDING = re.compile(r"(?<=..)(自治区|自治州|自治县|自治旗|省|市|区|县|旗|盟)$")


def short_name(name: str) -> str:
    """Leave out what kind of region it is: 越城区 is 越城, but 矿区 stays."""
    return ENDING.sub("", name)


def distinct_name(region: Region, on: datetime.date) -> str:
    """Return the short name or, where another region of that day has the same one, the whole name below its parent's.

    越城区 is 越城; 朝阳区 is 北京市朝阳区 or 长春市朝阳区, 长沙县 is 长沙市长沙县 and 吉林省 is 吉林省. No two regions
    of GB/T 2260 that hold on one day are called alike by this rule; a test walks them all.
    """
    short = short_name(region.name)
    alike = Region.objects.valid_on(on).filter(is_grouping=False, name__startswith=short).exclude(pk=region.pk)
    if any(short_name(name) == short for name in alike.values_list("name", flat=True)):
        return _above(region) + region.name
    return short


def _above(region: Region) -> str:
    above = region.parent
    while above is not None and above.is_grouping:
        above = above.parent
    return above.name if above is not None and above.level else ""
