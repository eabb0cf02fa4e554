"""The filings as a bureau's ledger (备案台账), in xlsx."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO

from accounts.models import User
from agreements.models import Agreement
from agreements.sockets import LedgerColumns
from boundary.workbooks import ledgers
from boundary.workbooks.cells import Cell, day_cell
from filing.models import Filing, FilingQuerySet
from filing.states import SETTLED
from filing.viewer import LATE, RESUBMITTED, WAIVED, State
from institutions.models import Authority, Role

CHUNK = 500
FREED = "免予报送"  # stands where the number would
# Heading and width in characters.
COLUMNS = (
    ("序号", 6),
    ("备案号", 30),
    ("状态", 12),
    ("逾期", 14),
    ("备案部门", 24),
    ("所在县区", 12),
    ("行政区划代码", 14),
    ("养老服务机构", 32),
    ("医疗卫生机构", 32),
    ("协议编号", 20),
    ("协议名称", 28),
    ("生效日期", 12),
    ("期限起", 12),
    ("期限止", 12),
    ("第几次报送", 10),
    ("报送期限", 12),
    ("期限依据", 40),
    ("报送日期", 12),
    ("报送人", 12),
    ("受理期限", 12),
    ("接收日期", 12),
    ("审核人", 12),
    ("办结日期", 12),
    ("退回原因", 40),
    ("补正期限", 12),
    ("结案日期", 12),
    ("结案人", 12),
    ("结案原因", 40),
    ("回执摘要", 68),
)


def write_ledger(filings: FilingQuerySet, *, asked: str, by: User) -> BytesIO:
    """Return the workbook of filings as `with_clock` gave them; `asked` is the filter in words."""
    found = rows(filings.iterator(chunk_size=CHUNK))
    return ledgers.write_ledger(COLUMNS, found, title="医养签约合作协议备案台账", asked=asked, by=by.full_name)


def rows(filings: Iterable[Filing]) -> Iterator[list[Cell]]:
    for number, filing in enumerate(filings, 1):
        agreement = filing.agreement
        version = agreement.template_version
        yield [
            number,
            filing.number,
            _state(filing),
            LATE[State(filing.state)] if filing.is_late else "",
            filing.authority.name,
            agreement.region.name,
            agreement.region.code,
            agreement.party_name(Role.ELDER_CARE),
            agreement.party_name(Role.MEDICAL),
            agreement.number,
            version.title if version else "",
            *map(day_cell, (agreement.effective_on, agreement.starts_on, agreement.expires_on)),
            filing.round,
            day_cell(filing.due_on),
            filing.due_basis,
            day_cell(filing.submitted_at),
            _person(filing.submitted_by),
            day_cell(filing.review_due_on),
            day_cell(filing.taken_up_at),
            _person(filing.decided_by or filing.taken_up_by),
            day_cell(filing.decided_at),
            filing.reasons,
            day_cell(filing.correction_due_on),
            day_cell(filing.closed_at),
            _person(filing.closed_by),
            filing.closing_reason,
            _digest(filing),
        ]


def _of_agreements(agreements: Sequence[Agreement], reader: User) -> Mapping[int, Sequence[Cell]]:
    """Return number and day of what each kind of authority has accepted or waived, by the agreement's key.

    Of what the reader may not see the cells are empty.
    """
    ended = Filing.objects.visible_to(reader).filter(agreement__in=agreements, state__in=SETTLED)
    found = {
        (agreement, kind): (number or FREED, day_cell(at))
        for agreement, kind, number, at in ended.values_list("agreement", "authority__kind", "number", "decided_at")
    }
    return {
        agreement.pk: [cell for kind in Authority.Kind for cell in found.get((agreement.pk, kind), ("", None))]
        for agreement in agreements
    }


OF_AGREEMENTS = LedgerColumns(
    tuple(column for kind in Authority.Kind for column in ((f"{kind.label}备案号", 30), (f"{kind.label}备案日期", 14))),
    _of_agreements,
)


def _state(filing: Filing) -> str:
    """Return the state in words; of a return what became of it."""
    if filing.is_resubmitted:
        return RESUBMITTED.word
    return WAIVED.word if filing.is_waived else filing.get_state_display()


def _person(user: User | None) -> str:
    return user.full_name if user else ""


def _digest(filing: Filing) -> str:
    """Return the SHA-256 of the receipt's file; "" while there is none."""
    return filing.receipt.sha256 if hasattr(filing, "receipt") else ""
