"""What institutions ask of the apps above them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from accounts.models import User
from frame.panels import Panel
from institutions.models import Authority, Institution
from institutions.register.facets import Facet
from regions.models import Region
from sockets import Socket

PanelOf = Callable[[Institution, User], Panel | None]

# Further facets of the register for one person, the region in view (None: the nation) and a day.
FACETS: Socket[Callable[[User, Region | None, date], Sequence[Facet]]] = Socket("institutions.FACETS")
# Panels of one institution's page for one person; None where there is nothing to show.
PANELS: Socket[PanelOf] = Socket("institutions.PANELS", is_mandatory=True)
# How to reach the institution, in a line of its facts.
CONTACTS: Socket[PanelOf] = Socket("institutions.CONTACTS", is_mandatory=True)
# What an act on an institution concerns, shown beside the act's form.
CONCERNED: Socket[PanelOf] = Socket("institutions.CONCERNED", is_mandatory=True)
# Told, within the transaction, when a person has lost a right of theirs: a duty ended or waits again, an account was
# suspended. What rested on it ends then for good, and does not come back with the right.
RIGHT_LOST: Socket[Callable[[User], None]] = Socket("institutions.RIGHT_LOST", is_mandatory=True)
# In words what rests with a bureau that is to be closed: somebody has to follow it. Nothing: [].
RESTS_WITH: Socket[Callable[[Authority], list[str]]] = Socket("institutions.RESTS_WITH")
