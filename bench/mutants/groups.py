"""Which mutants a group has. What is pure, and what decides who sees what, is listed here and nowhere else."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence

from bench.mutants.mutant import Mutant
from bench.mutants.operators import BRANCHES, CODE
from bench.mutants.places import APPS
from bench.mutants.rows import check_made, of_events, of_permissions, of_transitions
from bench.mutants.schema import of_database
from bench.mutants.sources import files, mutants_of

# Terms, working days, deadlines, figures, numbering, capitals, identifiers, checks, filling, comparison, and the rules
# of uploads and cells.
PURE = (
    *("chinese/capitals.py", "chinese/dates.py"),
    *("agreements/text/terms.py", "agreements/text/filling.py", "agreements/text/answers.py"),
    *("agreements/text/stored.py", "agreements/catalogue/checks.py", "agreements/lifecycle/numbering.py"),
    *("agreements/catalogue/term_checks.py", "agreements/catalogue/words_checks.py", "chinese/numerals.py"),
    *("agreements/catalogue/signature_checks.py", "agreements/catalogue/source_text.py", "regions/schema_words.py"),
    *("regions/calendar.py", "regions/workdays.py", "regions/naming.py", "numbering/drawing.py", "once/tokens.py"),
    *("agreements/text/contradictions.py", "agreements/lifecycle/pages.py", "agreements/drafting/two_windows.py"),
    *("filing/deadlines.py", "filing/comparison.py", "filing/numbering.py", "filing/checks.py"),
    *("coverage/figures.py", "coverage/obligations.py", "coverage/days.py"),
    *("institutions/uscc.py", "institutions/identifiers.py", "institutions/problems.py"),
    *("boundary/uploads.py", "boundary/cell/inside/acting.py", "boundary/cell/inside/contents.py"),
    *("boundary/cell/inside/kinds.py", "boundary/cell/inside/pages.py", "boundary/cell/inside/streams.py"),
    *("boundary/cell/inside/jpegs.py", "boundary/cell/inside/pictures.py", "boundary/cell/inside/pdfs.py"),
    *("boundary/workbooks/cells.py", "imports/cells.py", "surveys/comparing.py", "surveys/checking.py"),
)
# Everything in them, verbs and querysets included; not what only pages, letters and sheets are made of.
SAMPLED_WORDS = ("lifecycle", "models", "permissions", "jobs/", "verbs/", "audit/log", "notifications/")
SAMPLED = (
    *("duties/granting.py", "duties/inviting.py", "duties/requesting.py", "duties/suspending.py", "duties/helping.py"),
    *("duties/separation.py", "eligibility/answering.py", "eligibility/reviewing.py", "eligibility/confirmation.py"),
    *("surveys/saving.py", "surveys/rounds.py", "imports/runs.py", "imports/saving.py", "imports/check_run.py"),
    *("imports/write_run.py", "imports/remit.py", "filing/opening.py", "filing/batches.py", "coverage/queries.py"),
    *("coverage/covered.py", "institutions/watch.py", "institutions/validity.py", "institutions/acting.py"),
    *("institutions/posts.py", "institutions/reaching.py", "accounts/half_way.py", "accounts/passwords.py"),
    *("accounts/signing_in.py", "accounts/confirming.py", "accounts/identities.py", "accounts/second_factor.py"),
    *("agreements/documents/renditions.py", "regions/schemes.py", "audit/anchoring.py", "audit/checking.py"),
    *("agreements/contacts.py", "agreements/reminders.py", "filing/reminders.py", "auditing/searching.py"),
)
SAMPLE_SIZE = 420
# What every query for a person starts from.
DECIDING = {
    *("visible_to", "visible", "readable", "_concern", "concerning", "to_answer_by", "in_use", "remit_of"),
    *("memberships_in_use", "institutions_of", "institutions_read_by", "institutions_held_by", "institutions_kept_by"),
    *("authorities_of", "reviews_for", "has_duty", "keeps_facts_of", "requests_for", "_reviews_over", "with_areas"),
}


def pure() -> Iterator[Mutant]:
    for path in files(PURE):
        yield from mutants_of(path, CODE)


def sampled(seed: int) -> Sequence[Mutant]:
    """Return the mutants of verbs and querysets that this seed draws: from every app its share, at least five."""
    drawn: list[Mutant] = []
    dice = random.Random(seed)  # noqa: S311 -- a sample that can be drawn again
    by_app: dict[str, list[Mutant]] = {}
    for path in _sampled_files():
        for each in mutants_of(path, CODE):
            by_app.setdefault(each.app, []).append(each)
    total = sum(map(len, by_app.values()))
    for app in sorted(by_app):
        share = max(5, -(-SAMPLE_SIZE * len(by_app[app]) // total))
        drawn += dice.sample(by_app[app], min(share, len(by_app[app])))
    return drawn


def _sampled_files() -> list[str]:
    named = [path for path in files(APPS) if any(word in path for word in SAMPLED_WORDS)]
    return sorted({*named, *SAMPLED} - {*PURE})


def tables() -> Iterator[Mutant]:
    yield from of_transitions()
    yield from of_permissions()
    yield from of_events()
    yield from of_database()
    for path in files(APPS):
        yield from mutants_of(path, BRANCHES, is_wanted=DECIDING.__contains__)


GROUPS: Mapping[str, Callable[[int], Iterator[Mutant] | Sequence[Mutant]]] = {
    "pure": lambda seed: pure(),
    "sample": sampled,
    "tables": lambda seed: tables(),
}


def of_group(name: str, seed: int) -> list[Mutant]:
    mutants = list(GROUPS[name](seed))
    check_made(mutants)
    return mutants
