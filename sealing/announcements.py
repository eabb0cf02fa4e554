"""What people are told of signing identities and seals, called by the verbs inside their transaction."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from chinese.dates import cn_day
from institutions.models import Authority, Institution, Membership
from institutions.reaching import reviewers_by_authority
from notifications import ledger
from sealing.limits import limits_of
from sealing.models import Seal, SealAuthorisation, SigningIdentity
from sealing.permissions import CONFIRM_SEALS, needs_voucher, other_administrators


def requested(row: SigningIdentity) -> None:
    """Tell whoever confirms: the institution's other administrators, or its bureau where there is none."""
    people = sorted(set(other_administrators(row).values_list("user", flat=True)))
    _tell(
        row,
        "signing_to_confirm",
        people or _bureau(row.institution),
        f"请确认签约人：{row.person.full_name}，{row.institution.name}",
        f"{row.person.full_name}申请签约证书（{row.get_level_display()}）。请核对授权后确认；本人不能自己确认。",
    )


def confirmed(row: SigningIdentity, *, by: User) -> None:
    """Tell the person what comes next, and the bureau where its word is asked for."""
    if needs_voucher(row.institution):
        title = f"请核实签约人：{row.person.full_name}，{row.institution.name}"
        _tell(row, "signing_to_vouch", _bureau(row.institution), title, f"确认人：{by.full_name}")
        _told(row, f"本单位已确认您为签约人：{row.institution.name}", "还要等主管部门核实，核实后会通知您。")
        return
    _ready(row, f"确认人：{by.full_name}")


def vouched(row: SigningIdentity, *, by: User) -> None:
    _ready(row, f"核实人：{by.full_name}")


def refused(row: SigningIdentity, *, by: User) -> None:
    _told(row, f"签约证书申请没有确认：{row.institution.name}", f"办理人：{by.full_name}\n原因：{row.reason}")


def activated(row: SigningIdentity) -> None:
    """Tell the person too: should it not have been them, they learn of it."""
    found = row.certificate
    until = cn_day(timezone.localdate(found.not_after)) if found else ""
    body = f"证书有效期至{until}。如果不是您本人办理，请立即吊销。"
    _told(row, f"签约证书已启用：{row.institution.name}", body)


def pin_changed(row: SigningIdentity) -> None:
    body = "如果不是您本人办理，请立即吊销证书，并修改登录密码。"
    _told(row, f"签名密码已修改：{row.institution.name}", body)


def locked(row: SigningIdentity) -> None:
    title = f"签名密码已锁定：{row.institution.name}"
    body = "连续输错 5 次。锁定后不能解开，请申请新的证书；如果不是您本人输入的，请同时修改登录密码。"
    _told(row, title, body)
    administrators = sorted(set(other_administrators(row).values_list("user", flat=True)))
    about = f"{row.person.full_name}的签名密码连续输错 5 次，已锁定。请当面问清是不是本人输入的。"
    _tell(row, "signing_locked", administrators, f"签约人的签名密码已锁定：{row.person.full_name}", about)


def revoked(row: SigningIdentity, *, by: User | None) -> None:
    body = f"办理人：{by.full_name if by else '系统'}\n原因：{row.reason}"
    _told(row, f"签约证书已吊销：{row.institution.name}", body)


def ended(row: SigningIdentity) -> None:
    what = "签约证书" if row.activated_at is not None else "签约证书的申请"
    _told(row, f"{what}已结束：{row.institution.name}", row.reason)


def ends_soon(row: SigningIdentity, days: int) -> None:
    """Say once for each rung that the certificate runs out; what is told twice is written once."""
    found = row.certificate
    if found is None:
        return
    ledger.tell(
        "signing_ends",
        subject=row,
        recipients=[row.person_id],
        period=f"{found.pk}/{days}",
        title=f"签约证书快要到期：{row.institution.name}",
        body=f"{cn_day(timezone.localdate(found.not_after))}到期，请提前申请新的证书，原证书在新证书启用前仍可使用。",
        url=_page(row),
    )


def seal_registered(seal: Seal) -> None:
    """Tell whoever confirms: those who answer for the institution, but for who registered it and who keeps it."""
    held = Membership.objects.effective().filter(institution=seal.institution_id, duty__in=CONFIRM_SEALS)
    others = held.filter(user__is_active=True).exclude(user__in=[seal.registered_by_id, seal.keeper_id])
    people = others.values_list("user", flat=True)
    body = f"登记人：{seal.registered_by.full_name}\n保管人：{seal.keeper.full_name}"
    _of_seal(seal, "seal_to_confirm", people, f"请确认印章：{seal}，{seal.institution.name}", body)


def seal_settled(seal: Seal, title: str, *, by: User) -> None:
    people = {seal.registered_by_id, seal.keeper_id} - {by.pk}
    body = f"办理人：{by.full_name}" + (f"\n原因：{seal.reason}" if seal.reason else "")
    _of_seal(seal, "seal_settled", people, f"{title}：{seal}，{seal.institution.name}", body)


def use_authorised(row: SealAuthorisation) -> None:
    period = f"{cn_day(row.starts_on)}至{cn_day(row.ends_on)}"
    body = f"授权人：{row.given_by.full_name}\n期限：{period}\n限于：{limits_of(row)}"
    _of_seal(row.seal, "seal_authorised", [row.person_id], f"您可以使用印章：{row.seal}", body)


def use_revoked(row: SealAuthorisation, *, by: User) -> None:
    body = f"办理人：{by.full_name}\n原因：{row.reason}"
    _of_seal(row.seal, "seal_authorisation_revoked", [row.person_id], f"用印授权已收回：{row.seal}", body)


def use_lapsed(row: SealAuthorisation) -> None:
    """Tell whoever was authorised that the giver keeps the seal or holds the duty no more, or that they left."""
    keeper = row.seal.keeper.full_name
    body = f"{row.given_by.full_name}给您的授权不再有效：{row.reason}。还要使用的，请保管人{keeper}或管理员重新授权。"
    _of_seal(row.seal, "seal_authorisation_revoked", [row.person_id], f"用印授权已失效：{row.seal}", body)


def _ready(row: SigningIdentity, body: str) -> None:
    _told(row, f"请设置签名密码：{row.institution.name}", f"{body}\n设置后签约证书就可以使用。")


def _bureau(institution: Institution) -> list[int]:
    """Return the reviewers of the bureau that watches the institution, of the nearest region that has one."""
    bureau = Authority.objects.all().for_region(institution.region, institution.watched_by)
    return reviewers_by_authority([bureau.pk])[bureau.pk] if bureau else []


def _told(row: SigningIdentity, title: str, body: str) -> None:
    _tell(row, "signing_identity", [row.person_id], title, body)


def _tell(row: SigningIdentity, kind: str, people: Iterable[int], title: str, body: str) -> None:
    moment = timezone.now().isoformat()
    ledger.tell(kind, subject=row, recipients=list(people), period=moment, title=title, body=body, url=_page(row))


def _page(row: SigningIdentity) -> str:
    return reverse("signing-identity", args=[row.pk])


def _of_seal(seal: Seal, kind: str, people: Iterable[int], title: str, body: str) -> None:
    url, moment = reverse("seal", args=[seal.pk]), timezone.now().isoformat()
    everybody = sorted(set(people))
    ledger.tell(kind, subject=seal, recipients=everybody, period=moment, title=title, body=body, url=url)
