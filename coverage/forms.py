"""The day asked about, and the filters of the list of institutions. Both are kept in the address."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from coverage.days import FIRST_DAY, LAST_DAY, OUT_OF_RANGE, is_askable
from coverage.figures import ENDING_DAYS, Coverage, FiledWith
from coverage.listing import Found, Places
from coverage.queries import Narrowed
from coverage.words import COVERAGE_CHIPS, FILED_WITH, place
from frame import finding
from institutions.models import ElderCareProfile
from regions.models import Region

LONGEST_NAME = 100
IN_LINE = {"q", "coverage"}
COVERED = (Coverage.SIGNED, Coverage.OWN_CLINIC)
MOST_COUNTIES = 300


class AsOfForm(forms.Form):
    on = forms.DateField(
        label="截至日期",
        required=False,
        widget=forms.DateInput(
            attrs={"type": "date", "class": "form-control", "min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()},
            format="%Y-%m-%d",
        ),
        error_messages={"invalid": "日期写法不对，请写成 2026-11-22 这样。"},
    )

    def clean_on(self) -> date | None:
        on: date | None = self.cleaned_data["on"]
        if on is not None and not is_askable(on):
            raise forms.ValidationError(OUT_OF_RANGE)
        return on

    @classmethod
    def asked(cls, data: Any) -> tuple["AsOfForm", date]:
        """Return the form and the day to answer for: today where none, or none that is possible, was given."""
        today = timezone.localdate()
        form = cls({"on": data.get("on") or today.isoformat()})
        return form, form.cleaned_data["on"] if form.is_valid() else today


class InstitutionsForm(forms.Form):
    """Filters over the institutions of a region; a value that is no choice filters nothing."""

    q = forms.CharField(required=False, max_length=LONGEST_NAME, **finding.typed("机构名称"))
    county = forms.ChoiceField(label="县区", required=False)
    kind = forms.ChoiceField(label="机构类型", required=False, choices=[("", "全部"), *ElderCareProfile.Kind.choices])
    coverage = forms.ChoiceField(
        required=False,
        **finding.chosen(
            "覆盖情况",
            [("covered", "已覆盖"), *[(coverage.value, chip.word) for coverage, chip in COVERAGE_CHIPS.items()]],
        ),
    )
    clinic = forms.ChoiceField(
        label="内设医疗机构", required=False, choices=[("", "全部"), ("yes", "有"), ("no", "没有")]
    )
    filed = forms.ChoiceField(
        label="有这样的协议",
        required=False,
        choices=[("", "全部"), *[(filed.value, word) for filed, word in FILED_WITH.items()]],
    )
    ending = forms.ChoiceField(
        label="协议到期",
        required=False,
        choices=[("", "全部"), *[(str(days), f"{days} 天内到期") for days in ENDING_DAYS]],
    )

    def __init__(self, data: Any, places: Places, within: Region) -> None:
        super().__init__(data)
        self.places = places
        counties = [(each.code, place(each.name, each.full_name, within)) for each in places.book.regions]
        self.fields["county"].choices = [("", "全部"), *counties]  # type: ignore[attr-defined]  # declared as Field
        if not 1 < len(counties) <= MOST_COUNTIES:  # narrows nothing; or is no list that anybody looks through
            del self.fields["county"]
        self.is_valid()

    @property
    def is_narrowed(self) -> bool:
        return any(self.cleaned_data.values())

    @property
    def asks_more(self) -> bool:
        """Whether a field that is folded away narrows the list."""
        return any(value for name, value in self.cleaned_data.items() if name not in IN_LINE)

    @property
    def found(self) -> Found:
        asked = self.cleaned_data
        places = self.places.only(asked["county"]) if asked.get("county") else self.places
        return Found(places, self._narrowed())

    def _narrowed(self) -> Narrowed:
        asked = self.cleaned_data
        coverage, clinic, filed, ending = (asked.get(name) for name in ("coverage", "clinic", "filed", "ending"))
        return Narrowed(
            coverages=COVERED if coverage == "covered" else (Coverage(coverage),) if coverage else None,
            kind=asked.get("kind") or None,
            called=asked.get("q", "").strip() or None,
            clinic=clinic == "yes" if clinic else None,
            filed=FiledWith(filed) if filed else None,
            ending=int(ending) if ending else None,
        )

    @property
    def agreements_in_words(self) -> str:
        """Return how many agreements of this kind the institutions have, as the figure says that led here; or ""."""
        number = self.found.agreements
        if number is None:
            return ""
        filed, ending = self.cleaned_data["filed"], self.cleaned_data["ending"]
        return f"{FILED_WITH[FiledWith(filed)] if filed else f'{ending} 天内到期'}的协议 {number} 份"

    def in_words(self) -> str:
        """Return what was asked for, for the notes of an export: 县区：越城区；覆盖情况：未覆盖."""
        asked = finding.in_words(self, self.cleaned_data)
        return "；".join(asked) or "全部"
