"""The life of an agreement as a document: a picture and a table, both from `TRANSITIONS`."""

from __future__ import annotations

from collections.abc import Iterator

from agreements.lifecycle.transitions import TRANSITIONS
from agreements.models import Agreement
from verbs.transitions import Transition

State = Agreement.State

HEAD = """# The life of an agreement

Made from `agreements/lifecycle/transitions.py` by `./script/manage transition_diagrams`; a test compares. Every verb
locks the row, guards by this table, writes only what changes, logs, and announces on commit. From any other state it
raises `WrongState`.
"""

RULES = """
## What the table cannot say

- **Withdraw.** Before the text is frozen the drafting side may. Afterwards either side may, with a reason, until
  *both* have signed: until then there is no contract (民法典 490). The frozen text stays. What both have signed is
  terminated instead.
- **Sign on paper.** Each side's clerk enters the day on which the own side signed: not in the future, not before the
  text was frozen. The day may be mended until it is certified.
- **Certify.** A second person, never the uploader. The term follows from the frozen text and the later of the two
  days (民法典 201, 202, 490); filing never delays it (502). From then on the database keeps every date.
- **Terminate.** The last day in force is today or later, never in the past: figures reported for a past day stay as
  they were. The state changes at once; `Agreement.objects.in_force(on=…)` goes by the days. Supplements end with
  their agreement.
- **Expire.** By the clock, the day after the last day of the term; a day that was missed is caught up.
- **Supersede.** Certifying a renewal ends the renewed agreement the day before the new one starts, in the same
  transaction. One that has run out by then simply expires.
- **Renewal** opens 180 days before the end of the term and stays open after it. **Supplements** need an agreement in
  force and run as long as it does.
"""


def document() -> str:
    """Return docs/lifecycle.md."""
    return "\n".join([HEAD, "```mermaid", *_picture(), "```", "", *_table(), RULES])


def _picture() -> Iterator[str]:
    yield "stateDiagram-v2"
    yield from (f"    {state.value}: {state.value} {state.label}" for state in State)
    yield f"    [*] --> {State.DRAFT.value}"
    for transition in TRANSITIONS:
        for source in _sources(transition):
            yield f"    {source.value} --> {transition.target.value}: {transition.verb}"
    leaving = {source for transition in TRANSITIONS for source in transition.sources}
    yield from (f"    {state.value} --> [*]" for state in State if state not in leaving)


def _table() -> Iterator[str]:
    yield "| verb | on screen | from | to | logged as | done by |"
    yield "|---|---|---|---|---|---|"
    for transition in TRANSITIONS:
        sources = ", ".join(source.value for source in _sources(transition))
        actor = "the clock, or another verb" if transition.by_clock else "a person"
        yield (
            f"| {transition.verb} | {transition.label} | {sources} | {transition.target.value} "
            f"| `{transition.event.value}` | {actor} |"
        )


def _sources(transition: Transition[State]) -> list[State]:
    return [state for state in State if state in transition.sources]
