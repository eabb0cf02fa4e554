"""What people are told about their duties, called by the verbs inside their transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from accounts.models import User
from duties.models import AdministratorRequest
from duties.permissions import OFFICES
from duties.places import Place, where
from institutions.models import Authority, Duty, Institution, Membership
from notifications import ledger


def granted(membership: Membership, *, by: User) -> None:
    """Tell a person of a new duty."""
    title = f"您已成为{membership.place}的{membership.get_duty_display()}"
    lines = [] if by.pk == membership.user_id else [f"授予人：{by.full_name}"]
    _tell_person(membership, "duty_granted", title, *lines, "如有疑问，请联系本单位管理员。")


def ended(membership: Membership, *, by: User, reason: str) -> None:
    """Tell a person that a duty has ended."""
    title = f"您不再担任{membership.place}的{membership.get_duty_display()}"
    _tell_person(membership, "duty_ended", title, f"解除人：{by.full_name}", f"原因：{reason}")


def helped(user: User, kind: str, title: str, *, by: User, at: datetime) -> None:
    """Tell a person that somebody reset their password or second factor."""
    body = f"办理人：{by.full_name}\n如果不是您本人要求的，请立即联系本单位管理员或主管部门。"
    ledger.tell(
        kind, subject=user, recipients=[user], period=at.isoformat(), title=title, body=body, url=reverse("home")
    )


def requested(request: AdministratorRequest) -> None:
    """Tell the authority that answers, and whoever looks after the institution already."""
    institution = request.institution
    authority = responsible_for(institution)
    title = f"有人申请成为{institution.name}的管理员"
    body = f"申请人：{request.full_name}\n受理编号：{request.number}"
    if authority is not None:
        people = Membership.objects.filter(authority=authority, duty__in=OFFICES)
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
    return _ids(Membership.objects.filter(duty=Duty.ADMINISTRATOR, user__is_active=True, **where(place)))


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
