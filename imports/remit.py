"""From a region's name or code in a cell to a region of the remit. Loaded once for a run."""

from __future__ import annotations

import re
from collections import defaultdict

from django.utils import timezone

from imports.cells import Unreadable
from institutions.models import Authority
from regions.models import Region

CODE = re.compile(r"(\d{6})(?:\d{6})?\b")  # twelve digits are the statistical code of the same place


class Remit:
    """The regions of an authority's remit in which institutions stand."""

    def __init__(self, authority: Authority) -> None:
        self.title = authority.region.full_name or authority.region.name
        remit = regions_of(authority)
        self.codes = {region.pk: region.code for region in remit}
        self.names = {region.pk: region.name for region in remit}
        self._by_code = {region.code: region.pk for region in remit}
        self._by_name: defaultdict[str, set[int]] = defaultdict(set)
        for region in remit:
            for name in {region.name, region.full_name} - {""}:
                self._by_name[name].add(region.pk)
        self._full_names = {region.full_name: region.pk for region in remit}
        self._found: dict[str, int | str] = {}

    def find(self, text: str) -> int:
        """Return the region's key. Raises Unreadable when the text names none of the remit, or more than one."""
        if text not in self._found:
            try:
                self._found[text] = self._look_up(text)
            except Unreadable as refusal:
                self._found[text] = str(refusal)
        found = self._found[text]
        if isinstance(found, str):
            raise Unreadable(found)
        return found

    def _look_up(self, text: str) -> int:
        if code := CODE.match(text):
            if code[1] in self._by_code:
                return self._by_code[code[1]]
            raise Unreadable(self._why_not(code[1]))
        name = text.replace(" ", "")
        found = self._by_name.get(name) or {pk for full, pk in self._full_names.items() if full.endswith(name)}
        if len(found) == 1:
            return next(iter(found))
        if found:
            raise Unreadable(f"辖区内有 {len(found)} 个“{name}”，请改填 6 位行政区划代码。")
        raise Unreadable(f"“{name[:20]}”不是{self.title}辖区内的县区，请对照“行政区划”表填写。")

    def _why_not(self, code: str) -> str:
        region = Region.objects.filter(code=code).select_related("successor").first()
        if region is None:
            return f"没有行政区划代码 {code}。"
        if region.successor is not None:
            return f"代码 {code}（{region.name}）已停用，现为 {region.successor.code} {region.successor.name}。"
        where = region.full_name or region.name
        return f"代码 {code} 是{where}，不是{self.title}辖区内的县区。"


def regions_of(authority: Authority) -> list[Region]:
    """Return the regions of the authority's remit in which institutions stand today, in the order of their codes."""
    below = Region.objects.under(authority.region).lowest().filter(is_grouping=False)
    return list(below.valid_on(timezone.localdate()).order_by("code"))
