"""What people are told about their duties, called by the verbs inside their transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.who_helps import WHO_HELPS
from chinese.dates import cn_day
from duties.confirmers import confirmers_of, whom_to_ask
from duties.models import AdministratorRequest
from duties.permissions import OFFICES
from duties.places import Place, where
from institutions.models import Authority, Duty, Institution, Membership
from notifications import ledger


def granted(membership: Membership, *, by: User) -> None:
    """Tell a person of a new duty, and whoever confirms who they are."""
    if not membership.is_effective:
        waits(membership)
        return
    title = f"您已成为{membership.place}的{membership.get_duty_display()}"
    lines = [] if by.pk == membership.user_id else [f"授予人：{by.full_name}"]
    _tell_person(membership, "duty_granted", title, *lines, f"如有疑问，请联系{WHO_HELPS}。")


def waits(membership: Membership) -> None:
    """Tell the holder of a waiting duty whom to ask, and those that they wait for."""
    duty = f"{membership.place}的{membership.get_duty_display()}"
    giver = str(membership.granted_by or "系统")
    moment = timezone.now().isoformat()
    ledger.tell(
        "holder_waits",
        subject=membership.user,
        recipients=[membership.user],
        period=f"{membership.pk}/{moment}",
        title=f"您的职责待确认后生效：{duty}",
        body=f"请带上有照片的证件，当面请{whom_to_ask(membership)}确认。办理人{giver}不能自己确认。",
        url=reverse("waiting-duties"),
    )
    ledger.tell(
        "holder_to_confirm",
        subject=membership,
        recipients=_ids(confirmers_of(membership)),
        period=moment,
        title=f"请确认{membership.user.full_name}是不是本人：{duty}",
        body=f"授予或办理人：{giver}。请当面见到本人后确认；确认前，这项职责不生效。",
        url=reverse("holder", args=[membership.pk]),
    )


def confirmed(membership: Membership, *, by: User | None) -> None:
    """Tell the holder that the duty counts from now on, and whoever gave it."""
    duty, whom = f"{membership.place}的{membership.get_duty_display()}", str(by or "平台运维人员")
    moment = timezone.now()
    ledger.tell(
        "holder_settled",
        subject=membership,
        recipients=[membership.user],
        period=moment.isoformat(),
        title=f"您的职责已生效：{duty}",
        body=f"确认人：{whom}\n{cn_day(timezone.localdate(moment))}起生效，现在就可以办理业务。",
        url=reverse("waiting-duties"),
    )
    _tell_giver(membership, f"职责已确认生效：{membership.user.full_name}，{duty}", f"确认人：{whom}", moment)


def declined(membership: Membership, *, by: User, reason: str) -> None:
    """Tell the holder that the duty is not confirmed and has ended, and whoever gave it."""
    duty = f"{membership.place}的{membership.get_duty_display()}"
    title = f"未确认本人，职责已解除：{membership.user.full_name}，{duty}"
    body, moment = f"办理人：{by.full_name}\n原因：{reason}", timezone.now()
    _settled(membership, [membership.user], title, body, moment)
    _tell_giver(membership, title, body, moment)


def _tell_giver(membership: Membership, title: str, body: str, moment: datetime) -> None:
    if membership.granted_by is not None:
        _settled(membership, [membership.granted_by], title, body, moment)


def _settled(membership: Membership, people: list[User], title: str, body: str, moment: datetime) -> None:
    ledger.tell(
        "holder_settled",
        subject=membership,
        recipients=people,
        period=moment.isoformat(),
        title=title,
        body=body,
        url=reverse("home"),
    )


def ended(membership: Membership, *, by: User, reason: str) -> None:
    """Tell a person that a duty has ended."""
    title = f"您不再担任{membership.place}的{membership.get_duty_display()}"
    _tell_person(membership, "duty_ended", title, f"解除人：{by.full_name}", f"原因：{reason}")


def closing_asked(bureau: Authority, *, by: User) -> None:
    """Tell the platform's other administrators that one of them has to confirm it."""
    ledger.tell(
        "bureau_closing_asked",
        subject=bureau,
        recipients=[person for person in administrators_of(None) if person != by.pk],
        period=timezone.now().isoformat(),
        title=f"请确认是否撤销{bureau.name}",
        body=f"申请人：{by.full_name}\n原因：{bureau.closing_reason}\n承接部门：{bureau.closing_to or '无'}",
        url=reverse("bureau", args=[bureau.pk]),
    )


def followed(closed: Authority, by_bureau: Authority, *, by: User, reason: str) -> None:
    """Tell everybody at the bureau that follows, and the platform's other administrators, that one was closed."""
    theirs = Membership.objects.effective().filter(authority=by_bureau, user__is_active=True)
    people = {*_ids(theirs), *administrators_of(None)} - {by.pk}
    ledger.tell(
        "bureau_followed",
        subject=by_bureau,
        recipients=sorted(people),
        period=f"authority-{closed.pk}",
        title=f"{closed.name}已撤销，由{by_bureau.name}承接",
        body=f"办理人：{by.full_name}\n原因：{reason}\n没有办结的备案由{by_bureau.name}接着办，办过的由它答复。",
        url=reverse("home"),
    )


def helped(user: User, kind: str, title: str, *, by: User, at: datetime) -> None:
    """Tell a person that somebody reset their password or second factor."""
    body = f"办理人：{by.full_name}\n如果不是您本人要求的，请立即联系主管部门，或者{WHO_HELPS}。"
    ledger.tell(
        kind, subject=user, recipients=[user], period=at.isoformat(), title=title, body=body, url=reverse("home")
    )


def requested(request: AdministratorRequest) -> None:
    """Tell the authority that answers, and whoever looks after the institution already."""
    institution = request.institution
    authority = responsible_for(institution)
    title = f"有人申请成为{institution.name}的管理员"
    body = f"申请人：{request.full_name}\n受理编号：{request.number}"
    if request.introduction is not None:
        body += f"\n凭{request.introduction.sender}就协议 {request.introduction.about} 寄出的函申请。"
    if authority is not None:
        people = Membership.objects.effective().filter(authority=authority, duty__in=OFFICES)
        page = reverse("administrator-request", args=[request.pk])
        _tell(request, "administrator_requested", _ids(people), title, body, page)
    body += f"\n由{authority or '主管部门'}核实。如果不是贵单位的人，请尽快告诉主管部门。"
    page = reverse("institution-detail", args=[institution.pk])
    _tell(request, "administrator_requested_here", administrators_of(institution), title, body, page)


def decided(request: AdministratorRequest, *, by: User) -> None:
    """Tell the institution's administrators what became of a request."""
    title = f"{request.full_name}申请成为{request.institution.name}的管理员：{request.get_state_display()}"
    page = reverse("institution-detail", args=[request.institution_id])
    body = f"核实人：{by.full_name}"
    _tell(request, "administrator_decided", administrators_of(request.institution), title, body, page)


def responsible_for(institution: Institution) -> Authority | None:
    """Return the bureau that looks at an institution's administrators: of health or of civil affairs, the nearest."""
    return Authority.objects.all().for_region(institution.region, institution.watched_by)


def administrators_of(place: Place) -> list[int]:
    """Return the ids of those who look after a place and can sign in."""
    held = Membership.objects.effective().filter(duty=Duty.ADMINISTRATOR, user__is_active=True, **where(place))
    return _ids(held)


def _ids(memberships: Iterable[Membership]) -> list[int]:
    return sorted({each.user_id for each in memberships})


def _tell_person(membership: Membership, kind: str, title: str, *lines: str) -> None:
    ledger.tell(
        kind,
        subject=membership.user,
        recipients=[membership.user],
        period=f"membership-{membership.pk}",
        title=title,
        body="\n".join(lines),
        url=reverse("home"),
    )


def _tell(request: AdministratorRequest, kind: str, people: list[int], title: str, body: str, url: str) -> None:
    ledger.tell(kind, subject=request, recipients=people, period=request.number, title=title, body=body, url=url)
