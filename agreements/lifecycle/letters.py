"""The letter on paper to the side whose turn it is: for a partner who does not look, or has nobody here yet."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements import events
from agreements.announcements import turn_in_words
from agreements.documents.partner_letter import PartnerLetter
from agreements.lifecycle.reminding import may_remind, waited_for
from agreements.lifecycle.rounds import returned_round
from agreements.models import Agreement
from audit.log import append
from chinese.dates import cn_day
from institutions.models import Role
from verbs.errors import NotAllowed, WrongState

State = Agreement.State
INVITES, URGES = "合作协议邀请函", "合作协议催办函"


def write_letter(agreement: Agreement, *, by: User) -> PartnerLetter:
    """Return the letter to the side whose turn it is, and log that it was written.

    It may be printed as often as wanted: paper does no harm by coming twice. Raises WrongState while it is nobody's
    turn, and NotAllowed to all but the clerks of the side that waits.
    """
    with transaction.atomic():
        Agreement.objects.select_for_update(of=("self",)).only("pk").get(pk=agreement.pk)
        row = Agreement.objects.with_parties().get(pk=agreement.pk)
        side = waited_for(row)
        if side is None:
            raise WrongState(f"这份协议现在是“{row.state_words}”，没有在等对方办理，没有要寄的函。")
        if not may_remind(by, row):
            raise NotAllowed(f"正在等{side.label}办理，只有{side.other.label}的经办人可以打印给对方的函。")
        letter = _letter(row, side)
        append(events.PartnerLetterPrinted(role=side, on=letter.printed_on), by=by, subject=row)
    return letter


def _letter(row: Agreement, side: Role) -> PartnerLetter:
    sender, contact = row.party_name(side.other), row.contact(side.other)
    is_first = row.state == State.NEGOTIATING and returned_round(row) is None
    what = turn_in_words(row)
    link = settings.SITE_URL + reverse("agreement-detail", args=[row.number])
    asking = settings.SITE_URL + reverse("administrator-find")
    begun = "起草了合作协议，送请贵单位确认" if is_first else "办理合作协议，现在等贵单位办理"
    return PartnerLetter(
        heading=INVITES if is_first else URGES,
        reader=row.party_name(side),
        sender=sender,
        sentences=(
            f"我单位与贵单位在“颐养签约”{begun}。{what}",
            "请用电脑或者手机打开下面的网址，登录后办理。"
            f"贵单位还没有人能登录的，请先在 {asking} 申请，由县区主管部门核实。",
        ),
        facts=(
            ("协议编号", row.number),
            ("协议名称", _title(row)),
            ("等待办理", f"{row.state_words}，{_since(row)}起"),
            ("我方联系人", contact.get("contact_name") or contact.get("signatory_name") or "（请填写）"),
            ("联系电话", contact.get("contact_phone") or "（请填写）"),
            ("网址", link),
        ),
        link=link,
        printed_on=timezone.localdate(),
    )


def _title(row: Agreement) -> str:
    """What was returned is called as it was sent: what the other side makes of it is their own until then."""
    back = returned_round(row) if row.state == State.DRAFT else None
    return back.text.title if back else row.chosen_version.title


def _since(row: Agreement) -> str:
    """What was returned waits since then, whatever its drafter has saved meanwhile."""
    back = returned_round(row) if row.state == State.DRAFT else None
    moment = row.sent_at if row.state == State.NEGOTIATING else row.agreed_at
    moment = back.returned_at if back is not None else moment
    return cn_day(timezone.localdate(moment or row.updated_at))
