"""The filings as a bureau's ledger (备案台账), in xlsx."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import IO

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements.models import Agreement
from agreements.sockets import LedgerColumns
from boundary.workbooks import ledgers
from boundary.workbooks.cells import Cell, day_cell
from boundary.workbooks.ledgers import Group
from exports.reading import counting, in_chunks
from exports.sockets import Asked, Counted, Listed
from filing.filters import ALL_GROUP, FilingFilter
from filing.models import Filing, FilingQuerySet, HandIn
from filing.states import SETTLED
from filing.viewer import LATE, RESUBMITTED, WAIVED, State
from institutions.models import Authority, Role

TITLE = "医养签约合作协议备案台账"
UNREAD = ("agreement__answers", "agreement__contacts")  # long, and in no cell
FREED = "免予报送"  # stands where the number would
# Heading and width in characters, by groups: the first says which filing it is, the second how it stands.
COLUMNS: tuple[Group, ...] = (
    (("序号", 5), ("备案号", 18), ("养老服务机构", 15), ("医疗卫生机构", 15)),
    (("状态", 10), ("备案部门", 18), ("报送期限", 11), ("报送日期", 11), ("办结日期", 11)),
    (("受理期限", 11), ("接收日期", 11), ("逾期", 12), ("所在县区", 10), ("行政区划代码", 9)),
    (("协议编号", 14), ("协议名称", 20), ("生效日期", 11), ("期限起", 11), ("期限止", 11)),
    (("第几次报送", 6), ("报送人", 8), ("审核人", 8), ("退回原因", 34), ("补正期限", 11)),
    (("补报状态", 14), ("补报日期", 11)),
    (("结案日期", 11), ("结案人", 8), ("结案原因", 40)),
    (("期限依据", 32), ("回执摘要", 34)),
)


def _ask(user: User, query: QueryDict) -> Asked:
    """All filings, or those of the group that is named, by the day on which they were accepted."""
    queue = FilingFilter({"group": ALL_GROUP.slug, **query.dict()}, user=user)
    queue.form.is_valid()
    words = queue.in_words()

    def write(target: IO[bytes], counted: Counted) -> None:
        lines = counted(rows(queue.by_acceptance))
        ledgers.write_ledger(target, COLUMNS, lines, title=TITLE, asked=words, by=user.full_name)

    return Asked(words, TITLE, counting(lambda: queue.rows), write)


LISTED = Listed("filings", TITLE, lambda query: f"{reverse('filing-list')}?{query.urlencode()}", _ask)


def rows(filings: FilingQuerySet) -> Iterator[list[Cell]]:
    every = chain.from_iterable(in_chunks(filings, _read))
    for number, filing in enumerate(every, 1):
        agreement = filing.agreement
        version = agreement.template_version
        yield [
            number,
            filing.number,
            agreement.party_name(Role.ELDER_CARE),
            agreement.party_name(Role.MEDICAL),
            _state(filing),
            filing.authority.name,
            day_cell(filing.due_on),
            day_cell(filing.submitted_at),
            day_cell(filing.decided_at),
            day_cell(filing.review_due_on),
            day_cell(filing.taken_up_at),
            LATE[State(filing.state)] if filing.is_late else "",
            agreement.region.name,
            agreement.region.code,
            agreement.number,
            version.title if version else "",
            *map(day_cell, (agreement.effective_on, agreement.starts_on, agreement.expires_on)),
            filing.round,
            _person(filing.submitted_by),
            _person(filing.decided_by or filing.taken_up_by),
            filing.reasons,
            day_cell(filing.correction_due_on),
            _hand_in(filing),
            day_cell(filing.handed_in_at),
            day_cell(filing.closed_at),
            _person(filing.closed_by),
            filing.closing_reason,
            filing.due_basis,
            _digest(filing),
        ]


def _read(keys: Sequence[int]) -> FilingQuerySet:
    """Return these filings with what the cells need: of a template version the title, and not its long body."""
    found = Filing.objects.filter(pk__in=keys).with_clock(timezone.localdate()).with_parties()
    return found.defer("agreement__frozen__body", "agreement__template_version__body", *UNREAD)


def _of_agreements(agreements: Sequence[Agreement], reader: User) -> Mapping[int, Sequence[Cell]]:
    """Return number and day of what each kind of authority has accepted or waived, by the agreement's key.

    Of what the reader may not see the cells are empty.
    """
    ended = Filing.objects.visible_to(reader).filter(agreement__in=[each.pk for each in agreements], state__in=SETTLED)
    found = {
        (agreement, kind): (number or FREED, day_cell(at))
        for agreement, kind, number, at in ended.values_list("agreement", "authority__kind", "number", "decided_at")
    }
    return {
        agreement.pk: [cell for kind in Authority.Kind for cell in found.get((agreement.pk, kind), ("", None))]
        for agreement in agreements
    }


OF_AGREEMENTS = LedgerColumns(
    tuple(column for kind in Authority.Kind for column in ((f"{kind.label}备案号", 22), (f"{kind.label}备案日期", 11))),
    _of_agreements,
)


def _state(filing: Filing) -> str:
    """Return the state in words; of a return what became of it."""
    if filing.is_resubmitted:
        return RESUBMITTED.word
    return WAIVED.word if filing.is_waived else filing.get_state_display()


def _hand_in(filing: Filing) -> str:
    """Return how far the corrected scan of a copy is; "" where none was ever wanted."""
    if filing.owes_hand_in:
        return HandIn.State.DUE.label
    if filing.has_hand_in:
        return HandIn.State.SUBMITTED.label
    return HandIn.State.NOTED.label if filing.handed_in_at else ""


def _person(user: User | None) -> str:
    return user.full_name if user else ""


def _digest(filing: Filing) -> str:
    """Return the SHA-256 of the receipt's file; "" while there is none."""
    return filing.receipt.sha256 if hasattr(filing, "receipt") else ""
