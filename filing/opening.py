"""One filing per authority as soon as an agreement is in force. Opening twice opens nothing new.

Fills `agreements.sockets.ON_FORCE`. An authority that is not known yet keeps no agreement from entering force.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from itertools import pairwise

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from agreements.models import Agreement, TemplateVersion
from agreements.models.states import HAS_BEEN_IN_FORCE
from audit.log import append
from duties.sockets import Lacking
from filing import events
from filing.deadlines import filing_due
from filing.models import Filing
from institutions.models import Authority
from jobs import rounds
from regions.models import Region, Scheme
from regions.rules import FilingAuthorities
from regions.schemes import RuleSet, days_of_change, rules_for, rules_for_many
from verbs.errors import WrongState

KINDS = tuple(Authority.Kind)
ROUND = rounds.declare("filing.open_missing", "补建缺少的报送任务")


def open_filings(agreement: Agreement, *, by: User | None) -> list[Filing]:
    """Open the filings of an agreement in force that are missing, and return all first filings, as copies are ordered.

    `by` is None for the clock, which makes up for what could not be opened at the time: its days count from today.
    Raises WrongState for an agreement that never entered force.
    """
    with transaction.atomic():
        row = Agreement.objects.select_for_update(no_key=True, of=["self"]).with_parties().get(pk=agreement.pk)
        if row.state not in HAS_BEEN_IN_FORCE:
            raise WrongState(f"这份协议现在是“{row.get_state_display()}”，生效后才需要报送备案。")
        opened = {filing.authority.kind: filing for filing in _first_rounds(row)}
        kinds = kinds_filed_with(row)
        held = Authority.objects.held_for(row.region, [kind for kind in kinds if kind not in opened])
        opened |= {kind: _open(row, authority, by=by) for kind, authority in held.items()}
        return [opened[kind] for kind in kinds if kind in opened]


def notes(agreement: Agreement) -> list[str]:
    """Say for which authorities no filing could be opened, and what follows from that."""
    missing = "、".join(kind.label for kind in without_authority(agreement))
    if not missing:
        return []
    return [f"系统里还没有登记本县区的{missing}，暂时不能向其报送；登记后自动建立报送任务，不影响协议效力。"]


def without_authority(agreement: Agreement) -> list[Authority.Kind]:
    """Return the kinds of authority that are to get a copy but are registered neither here nor in a region above."""
    return [kind for kind, authority in _authorities(agreement) if authority is None]


def kinds_filed_with(agreement: Agreement) -> list[Authority.Kind]:
    """Return the kinds of authority with which it is filed: those that hold a copy, in the template's order, then those
    that the region's rule of its effective day names besides."""
    on = agreement.effective_on or timezone.localdate()
    return _kinds(agreement.chosen_version, rules_for(agreement.region, on))


def _kinds(version: TemplateVersion, rules: RuleSet) -> list[Authority.Kind]:
    rule = rules.get(FilingAuthorities)
    wanted = [*(copy.holder for copy in version.parsed.copies), *(rule.rule.authorities if rule else ())]
    return [Authority.Kind(kind) for kind in dict.fromkeys(wanted) if kind in KINDS]


def open_missing(*, within: rounds.Slice | None = None) -> int:
    """Open what is missing of all agreements that are or were in force, e.g. once an authority is registered.

    What was in force is to be filed, ended or not: the authority alone may waive it. Kinds without an authority are
    passed over quietly: they are asked for again once authorities or rules are others, and each day. Who enters force
    opens their own filings; so while nothing has changed there is nothing to look through. Return how many were opened.
    """
    about = _what_opens()
    if rounds.still_ended(ROUND, about):
        return 0
    step = rounds.Step("agreements", _spans, _open_within, batch=1)
    return rounds.go(ROUND, [step], about=about, within=within or rounds.Whole())


def without_bureau() -> list[Lacking]:
    """Return where agreements in force wait for a bureau that is not known, those with the most first. Fills
    `duties.sockets.WITHOUT_BUREAU`."""
    waiting: Counter[tuple[int, Authority.Kind]] = Counter()
    for kind in KINDS:
        regions = _lacking_of(kind, Agreement.objects.all()).order_by().values("region").annotate(count=Count("pk"))
        waiting.update({(each["region"], kind): each["count"] for each in regions})
    places = Region.objects.in_bulk({region for region, _ in waiting})
    return [
        Lacking(places[region], kind, count)
        for (region, kind), count in waiting.most_common()
        if Authority.objects.for_region(places[region], kind) is None
    ]


def resting(authority: Authority) -> list[str]:
    """Return in words how many filings rest with an authority. Fills `institutions.sockets.RESTS_WITH`."""
    filings = Filing.objects.filter(Q(authority=authority) | Q(authority__successor=authority))
    total, running = filings.count(), filings.open().count()
    return [f"备案 {total} 件，其中 {running} 件没有办结"] if total else []


def _what_opens() -> str:
    """Return a word for today with the authorities and schemes as they are: with another one, more may be opened."""
    authorities = Authority.objects.order_by("pk").values_list("pk", "region", "kind", "closed_on", "successor")
    schemes = Scheme.objects.order_by("pk").values_list("pk", "region", "in_force_from", "digest", "is_withdrawn")
    known = repr((list(authorities), list(schemes)))
    return f"{timezone.localdate()} {sha256(known.encode()).hexdigest()}"


def _spans(after: rounds.Key | None, most: int) -> list[rounds.Key]:
    """Return the next spans of keys, each with the one before its first, that hold a batch of agreements."""
    last = after[1] if after else 0
    been = Agreement.objects.filter(state__in=HAS_BEEN_IN_FORCE, pk__gt=last).order_by("pk")
    keys = list(been.values_list("pk", flat=True)[:most])
    ends = [*keys[rounds.BATCH - 1 :: rounds.BATCH], *keys[-1:]]
    return [[since, until] for since, until in pairwise([last, *dict.fromkeys(ends)])]


def _open_within(spans: list[rounds.Key]) -> int:
    count = 0
    for since, until in spans:
        span = Agreement.objects.filter(pk__gt=since, pk__lte=until)
        lacking = {pk for kind in KINDS for pk in _lacking_of(kind, span).values_list("pk", flat=True)}
        for agreement in Agreement.objects.filter(pk__in=lacking).order_by("pk"):
            before = agreement.filings.count()
            open_filings(agreement, by=None)
            count += agreement.filings.count() - before
    return count


def _lacking_of(kind: Authority.Kind, within: QuerySet[Agreement]) -> QuerySet[Agreement]:
    unfiled = within.filter(state__in=HAS_BEEN_IN_FORCE).exclude(filings__authority__kind=kind)
    dated = unfiled.alias(on=Coalesce("effective_on", Value(timezone.localdate())))
    return dated.filter(_wanting(kind, dated))


def _wanting(kind: Authority.Kind, unfiled: QuerySet[Agreement]) -> Q:
    """Return the condition on agreements that they are to be filed with this kind, as `kinds_filed_with` says of each:
    asked once for each region, version and span of days between two changes of the rules, which are few."""
    pairs = list(unfiled.order_by().values_list("region", "template_version").distinct())
    if not pairs:
        return Q(pk__in=[])
    regions = Region.objects.in_bulk({region for region, _ in pairs})
    versions = TemplateVersion.objects.in_bulk({version for _, version in pairs if version})
    spans = days_of_change()
    rules = rules_for_many(regions.values(), [since for since, _ in spans])
    wanting = Q(pk__in=[])
    for region, version in pairs:
        code = regions[region].code
        then = [span for span in spans if version and kind in _kinds(versions[version], rules[code, span[0]])]
        if then == spans:
            then = [(spans[0][0], spans[-1][1])]  # whatever its day
        for since, until in then:
            wanting |= Q(region=region, template_version=version, on__gte=since, on__lt=until)
    return wanting


def _first_rounds(agreement: Agreement) -> QuerySet[Filing]:
    return Filing.objects.filter(agreement=agreement, round=1).select_related("authority")


def _authorities(agreement: Agreement) -> Iterator[tuple[Authority.Kind, Authority | None]]:
    for kind in kinds_filed_with(agreement):
        yield kind, Authority.objects.for_region(agreement.region, kind)


def _open(agreement: Agreement, authority: Authority, *, by: User | None) -> Filing:
    possible_since = timezone.localdate() if by is None else None
    due = filing_due(agreement, Authority.Kind(authority.kind), possible_since=possible_since)
    filing = Filing.objects.create(
        agreement=agreement,
        authority=authority,
        due_on=due.on,
        due_basis=due.basis,
        is_platform_default=due.is_platform_default,
    )
    event = events.Opened(filing=filing.pk, authority=authority.name, due_on=filing.due_on)
    append(event, by=by, subject=agreement)
    return filing
