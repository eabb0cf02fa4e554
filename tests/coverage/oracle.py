"""The figures again, slowly and plainly: every row is looked at, one institution and one day at a time.

Nothing is shared with coverage/queries.py but the dataclass that the numbers are put in.
"""

from collections import defaultdict
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from agreements.models import Agreement
from coverage.figures import Counts
from filing.models import Filing
from institutions.models import ElderCareProfile, Institution, Role
from regions.models import Region
from regions.rules import EligibleElderCare
from regions.schemes import RuleSet, rules_for

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Past:
    """Every row there is, read once; all questions are then answered by looking through them.

    `about`: only of one region and of what was in force on one day, where more would not fit into memory.
    """

    def __init__(self, rules: dict[tuple[str, date], RuleSet], *, about: tuple[Region, date] | None = None) -> None:
        homes = Institution.objects.filter(role=Role.ELDER_CARE).select_related("region")
        agreements = Agreement.objects.exclude(kind="supplement").select_related("medical__medical_profile")
        if about is not None:
            region, on = about
            homes = homes.filter(region__code__startswith=region.prefix)
            agreements = agreements.in_force(on=on).filter(elder_care__region__code__startswith=region.prefix)
        self.homes = list(homes.order_by())
        self.profiles = {each.institution_id: each for each in ElderCareProfile.objects.filter(institution__in=homes)}
        self.agreements: defaultdict[int | None, list[Agreement]] = defaultdict(list)
        for each in agreements.defer("answers").order_by():
            self.agreements[each.elder_care_id].append(each)
        self.filings: defaultdict[int, list[Filing]] = defaultdict(list)
        for filing in Filing.objects.filter(agreement__in=agreements.order_by().values("pk")).select_related(
            "authority"
        ):
            self.filings[filing.agreement_id].append(filing)
        self.rules = rules  # answers of `rules_for`, kept from one past to the next

    def counts(self, region: Region, on: date) -> Counts:
        total = Counts()
        for home in self._homes(region):
            total = total + self._counts_of(home, on)
        return total

    def uncovered(self, region: Region, on: date) -> dict[int, date | None]:
        """Return the last agreement's end by pk, of every institution that must be covered and is not."""
        homes = [home for home in self._homes(region) if self._counts_of(home, on).uncovered]
        return {home.pk: self._last_end(home, on) for home in homes}

    def _homes(self, region: Region) -> list[Institution]:
        return [home for home in self.homes if home.region.code.startswith(region.prefix)]

    def _rules(self, region: Region, on: date) -> RuleSet:
        if (region.code, on) not in self.rules:
            self.rules[region.code, on] = rules_for(region, on)
        return self.rules[region.code, on]

    def _issued(self, home: Institution) -> list[Agreement]:
        """Return the institution's agreements that have ever been in force."""
        return [each for each in self.agreements[home.pk] if each.starts_on is not None]

    def _in_force(self, home: Institution, on: date) -> list[Agreement]:
        return [each for each in self._issued(home) if each.starts_on and each.starts_on <= on <= _last_day(each)]

    def _last_end(self, home: Institution, on: date) -> date | None:
        ends = [_last_day(each) for each in self._issued(home) if each.starts_on and each.starts_on <= on]
        return max((end for end in ends if end < on), default=None)

    def _filed_with(self, agreement: Agreement, on: date) -> str:
        kinds = set()
        for filing in self.filings[agreement.pk]:
            if filing.state == "accepted" and filing.decided_at is not None:
                kinds |= {filing.authority.kind} if filing.decided_at.astimezone(SHANGHAI).date() <= on else set()
        if kinds == {"health", "civil_affairs"}:
            return "filed_both"
        return f"filed_{kinds.pop()}" if kinds else "filed_neither"

    def _counts_of(self, home: Institution, on: date) -> Counts:
        rules, profile = self._rules(home.region, on), self.profiles.get(home.pk)
        why_not = _why_not(home, profile, rules, on)
        if why_not or profile is None:
            return Counts(**{why_not: 1})
        running = self._in_force(home, on)
        partners = {each.medical for each in running}
        primary = {each for each in partners if each is not None and each.is_primary}
        signed = len(partners) >= max(1, rules.min_medical_partners) and len(primary) >= rules.min_primary_partners
        clinic = _had_clinic(profile, on)
        exempt = not signed and clinic and rules.own_clinic_exempts
        filed = [self._filed_with(each, on) for each in running]
        ends = [each.expires_on for each in running if each.expires_on]
        return Counts(
            obliged=1,
            signed=int(signed),
            own_clinic=int(exempt),
            uncovered=int(not signed and not exempt),
            clinic_unexempt=int(not signed and not exempt and clinic),
            agreements=len(running),
            filed_both=filed.count("filed_both"),
            filed_health=filed.count("filed_health"),
            filed_civil_affairs=filed.count("filed_civil_affairs"),
            filed_neither=filed.count("filed_neither"),
            ending_30=sum(end <= on + timedelta(days=30) for end in ends),
            ending_60=sum(end <= on + timedelta(days=60) for end in ends),
            ending_90=sum(end <= on + timedelta(days=90) for end in ends),
            undated_opening=int(home.opened_on is None and profile.filed_on is None),
            undated_clinic=int(clinic and profile.own_clinic_since is None),
        )


def _why_not(institution: Institution, profile: ElderCareProfile | None, rules: RuleSet, on: date) -> str:
    """Return why the institution is not counted on the day; "" when it is."""
    applied = rules.get(EligibleElderCare)
    rule = applied.rule if applied else EligibleElderCare()
    kinds = rule.kinds or ("residential_care", "township_elderly_home")
    if institution.status == "closed" and institution.closed_on is None:
        return "left_closed_undated"
    if institution.closed_on is not None and institution.closed_on <= on:
        return "left_closed"
    if profile is None or profile.kind not in kinds:
        return "left_other_kind"
    must_file = profile.kind in ("residential_care", "township_elderly_home")
    if must_file or rule.filed:
        if profile.filed_on is None:
            return "left_unfiled"
        if profile.filed_on > on:
            return "left_not_yet"
    if not must_file:
        since = institution.opened_on or profile.filed_on
        if since is not None and since > on:
            return "left_not_yet"
    if rule.civil_capacity and not institution.uscc and not institution.operator_name:
        return "left_no_capacity"
    return ""


def _had_clinic(profile: ElderCareProfile, on: date) -> bool:
    if not profile.has_own_clinic and profile.own_clinic_until is None:
        return False
    if profile.own_clinic_since is not None and profile.own_clinic_since > on:
        return False
    return profile.own_clinic_until is None or profile.own_clinic_until >= on


def _last_day(agreement: Agreement) -> date:
    assert agreement.expires_on is not None
    return min(agreement.expires_on, agreement.ended_on or agreement.expires_on)
