"""What the platform found that a person should look at before many filings are accepted at once.

A batch may hide a failed check: nobody opens what is in it. What is objected to is named before, left out, and decided
one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from chinese.sentences import joined
from filing.checks import Check, Verdict, checks
from filing.comparison import compared
from filing.models import Filing
from regions.schemes import rules_for_many

# Read with the filings, so that a page costs the same for one and for many.
READ_WITH = (
    "agreement__medical__medical_profile",
    "agreement__elder_care__elder_care_profile",
    "agreement__predecessor",
)
IN_FEW_QUERIES = ("agreement__scans__checked_by", "agreement__scans__sheets", "hand_ins")


def objections(filings: Iterable[Filing]) -> Mapping[int, list[Check]]:
    """Return by the key of each filing what was found that is not good, the gravest first; [] where all is.

    What a person is only told, and could not decide otherwise (a copy that came late: 民法典 502), is left out.
    """
    rows = list(
        Filing.objects.filter(pk__in=[filing.pk for filing in filings])
        .with_parties()
        .with_text()
        .select_related(*READ_WITH)
        .prefetch_related(*IN_FEW_QUERIES)
    )
    days = {day for row in rows if (day := row.agreement.effective_on)}
    rules = rules_for_many({row.agreement.region for row in rows}, days)
    found = {}
    for row in rows:
        known = rules.get((row.agreement.region.code, row.agreement.effective_on or date.max))
        every = checks(row, compared(row.agreement), rules=known)
        found[row.pk] = [check for check in every if check.verdict is not Verdict.GOOD and not check.is_told_only]
    return found


def in_words(found: Iterable[Check]) -> str:
    """Return objections as one sentence."""
    return joined(f"{check.subject}：{check.text}" for check in found)
