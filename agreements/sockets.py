"""What agreements ask of the apps above them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.db.models import Q

from accounts.models import User
from agreements.models import Agreement
from audit.models import Entry
from boundary.workbooks.cells import Cell
from boundary.workbooks.ledgers import Column
from frame.chips import Chip
from frame.panels import Panel
from sockets import Socket


class OnForce(Protocol):
    """What happens with an agreement that has just entered force, in the same transaction."""

    def __call__(self, agreement: Agreement, *, by: User) -> object: ...


ON_FORCE: Socket[OnForce] = Socket("agreements.ON_FORCE", is_mandatory=True)


class OnEnd(Protocol):
    """What happens with an agreement that was in force and has just ended, in the same transaction; None: the clock."""

    def __call__(self, agreement: Agreement, *, by: User | None) -> object: ...


ON_END: Socket[OnEnd] = Socket("agreements.ON_END", is_mandatory=True)
# Who wants the signed paper of an agreement in force scanned again, in a sentence; "" for nobody.
RESCANS: Socket[Callable[[Agreement], str]] = Socket("agreements.RESCANS")
# The same as a condition for a query of agreements: of a list nobody asks row by row.
RESCANS_WHERE: Socket[Callable[[], Q]] = Socket("agreements.RESCANS_WHERE")


class OnRescanned(Protocol):
    """What happens with paper whose new scan was certified, in the same transaction."""

    def __call__(self, agreement: Agreement, *, by: User) -> object: ...


ON_RESCANNED: Socket[OnRescanned] = Socket("agreements.ON_RESCANNED")
# Sentences for whoever has just brought an agreement into force: what could not be done with it yet, and why.
NOTES_ON_FORCE: Socket[Callable[[Agreement], Iterable[str]]] = Socket("agreements.NOTES_ON_FORCE")


@dataclass(frozen=True)
class LedgerColumns:
    """Further columns of the ledger of agreements: headings with widths, and the cells of many agreements at once."""

    columns: tuple[Column, ...]
    # For one reader, by the agreement's key; all have one.
    cells: Callable[[Sequence[Agreement], User], Mapping[int, Sequence[Cell]]]


LEDGER_COLUMNS: Socket[LedgerColumns] = Socket("agreements.LEDGER_COLUMNS")


@dataclass(frozen=True)
class Filed:
    """How far the filings of one agreement are for one person, and what the person has to do about them."""

    chip: Chip
    act: str = ""  # 重新报送; "" where nothing waits for the person
    url: str = ""


# Of the agreements on a page, by the agreement's key; none for what has none that the person may see.
FILED: Socket[Callable[[Sequence[Agreement], User], Mapping[int, Filed]]] = Socket("agreements.FILED")
# Which entries of an agreement's history, of those that the app above writes, a person is told: they may see the
# agreement, and not everything that befell it elsewhere.
TOLD: Socket[Callable[[Agreement, User], Callable[[Entry], bool]]] = Socket("agreements.TOLD")
# Panels of one agreement's page for one person; None where there is nothing to show.
PANELS: Socket[Callable[[Agreement, User], Panel | None]] = Socket("agreements.PANELS")
