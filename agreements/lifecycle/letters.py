"""Letters on paper: to the side whose turn it is, who may not look or have nobody here; to whom no register knows."""

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
from agreements.permissions import can_edit_draft
from audit.log import append
from chinese.dates import cn_day
from duties import introducing
from duties.announcements import responsible_for
from institutions.models import Authority, Role
from verbs.errors import NotAllowed, WrongState

State = Agreement.State
INVITES, URGES, REGISTERS = "合作协议邀请函", "合作协议催办函", "请登记开通函"
UNKNOWN = "（请填写）"
WHO_REGISTERS = {Role.MEDICAL: "医疗卫生机构找卫生健康局", Role.ELDER_CARE: "养老服务机构找民政局"}


def write_letter(agreement: Agreement, *, by: User) -> PartnerLetter:
    """Return the letter to the side whose turn it is, and log that it was written.

    It may be printed as often as wanted: paper does no harm by coming twice. To an institution without people here it
    brings a code to apply with. Raises WrongState while it is nobody's
    turn, and NotAllowed to all but the clerks of the side that waits.
    """
    with transaction.atomic():
        Agreement.objects.select_for_update(no_key=True, of=("self",)).only("pk").get(pk=agreement.pk)
        row = Agreement.objects.with_parties().get(pk=agreement.pk)
        side = waited_for(row)
        if side is None:
            raise WrongState(f"这份协议现在是“{row.state_words}”，没有在等对方办理，没有要寄的函。")
        if not may_remind(by, row):
            raise NotAllowed(f"正在等{side.label}办理，只有{side.other.label}的经办人可以打印给对方的函。")
        party, sender = row.party(side), row.party_name(side.other)
        printed = introducing.introduce(party, sender=sender, about=row.number, by=by) if party else None
        until = printed.until if printed else None
        append(events.PartnerLetterPrinted(role=side, on=timezone.localdate(), code_until=until), by=by, subject=row)
    return _letter(row, side, printed)


def partner_standing(agreement: Agreement) -> str:
    """Return in a sentence what the side that waits is told of a side without people whose turn it is; or ""."""
    side = waited_for(agreement)
    party = agreement.party(side) if side else None
    return introducing.standing(party, agreement.number) if party else ""


def _letter(row: Agreement, side: Role, printed: introducing.Printed | None) -> PartnerLetter:
    sender, contact = row.party_name(side.other), row.contact(side.other)
    is_first = row.state == State.NEGOTIATING and returned_round(row) is None
    what = turn_in_words(row, side)
    link = settings.SITE_URL + reverse("agreement-detail", args=[row.number])
    begun = "起草了合作协议，送请贵单位确认" if is_first else "办理合作协议，现在等贵单位办理"
    return PartnerLetter(
        heading=INVITES if is_first else URGES,
        reader=row.party_name(side),
        sender=sender,
        sentences=(
            f"我单位与贵单位在“颐养签约”{begun}。{what}",
            _how(row, side, printed),
        ),
        facts=(
            ("协议编号", row.number),
            ("协议名称", _title(row)),
            ("等待办理", f"{row.state_words}，{_since(row)}起"),
            ("我方联系人", contact.get("contact_name") or contact.get("signatory_name") or UNKNOWN),
            ("联系电话", contact.get("contact_phone") or UNKNOWN),
            ("申请网址", f"{_asking()}（或扫描二维码）") if printed else ("网址", link),
        ),
        link=_applying(printed.code) if printed else link,
        printed_on=timezone.localdate(),
        **_applied_by(printed),
    )


def write_registering_letter(agreement: Agreement, *, by: User) -> PartnerLetter:
    """Return the letter to an institution that stands in no register yet: where it is entered; log that it was written.

    It names nobody whom we do not know, and carries no code: there is nothing yet that one could introduce. Raises
    WrongState once the partner is chosen or the draft is over, NotAllowed to all but the clerks who draft.
    """
    with transaction.atomic():
        Agreement.objects.select_for_update(no_key=True, of=("self",)).only("pk").get(pk=agreement.pk)
        row = Agreement.objects.with_parties().get(pk=agreement.pk)
        if not can_edit_draft(by, row):
            raise NotAllowed("只有起草方的经办人可以打印请对方登记的函。")
        if row.state != State.DRAFT or row.partner is not None:
            raise WrongState("这份协议已经选好了合作机构，不用再请对方登记。要联系对方的，请打印给对方的函。")
        append(events.RegisteringLetterPrinted(on=timezone.localdate()), by=by, subject=row)
    return _registering_letter(row)


def _registering_letter(row: Agreement) -> PartnerLetter:
    own, contact, asked = row.drafted_by, row.contact(row.drafting_role), row.drafting_role.other
    nearby = Authority.objects.all().for_region(own.region, asked.watched_by)
    phone = f"，咨询电话 {nearby.phone}" if nearby and nearby.phone else ""
    return PartnerLetter(
        heading=REGISTERS,
        reader=UNKNOWN,
        sender=own.name,
        sentences=(
            "我单位想与贵单位在“颐养签约”签订医养合作协议，但是贵单位还没有登记，暂时不能选为合作方。",
            "请带上执业许可证、备案回执或者登记证书，向贵单位所在县区的主管部门申请登记："
            f"{WHO_REGISTERS[asked]}。登记以后，请打开下面的网址，用贵单位的统一社会信用代码申请开通，再告诉我单位。",
        ),
        facts=(
            ("我方联系人", contact.get("contact_name") or UNKNOWN),
            ("联系电话", contact.get("contact_phone") or UNKNOWN),
            ("申请网址", _asking()),
            *((("本县区找", f"{nearby}{phone}"),) if nearby else ()),
        ),
        link=_asking(),
        printed_on=timezone.localdate(),
        caption="登记以后，扫码申请开通",
    )


def _applied_by(printed: introducing.Printed | None) -> dict[str, str]:
    return {"code": printed.code, "caption": "扫码申请开通，主管部门核实后就能办理"} if printed else {}


def _how(row: Agreement, side: Role, printed: introducing.Printed | None) -> str:
    if printed is None:
        return (
            "请用电脑或者手机打开下面的网址，登录后办理。"
            f"贵单位还没有人能登录的，请先在 {_asking()} 申请，由县区主管部门核实。"
        )
    party = row.party(side)
    bureau = (party and responsible_for(party)) or "所在县区的主管部门"
    return (
        f"贵单位还没有人能登录。请扫描下面的二维码，或者打开申请网址填写申请码，申请成为贵单位的管理员，由{bureau}核对证照后开通。"
        f"申请码在{cn_day(printed.until)}前可以用，再次寄来的函不使它作废；它单独不能打开协议，请不要转给别人。"
    )


def _asking() -> str:
    return settings.SITE_URL + reverse("administrator-find")


def _applying(code: str) -> str:
    return settings.SITE_URL + reverse("administrator-letter", args=[code])


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
