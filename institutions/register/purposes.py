"""Scans of licences and filings as files that are sent with a new period."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import User
from institutions import lifecycle
from institutions.models import Institution
from institutions.permissions import reads_history
from institutions.register.permissions import visible
from uploads.models import Upload
from uploads.sockets import Purpose
from verbs.errors import NotAllowed


def _institution(upload: Upload) -> Institution:
    return Institution.objects.select_related("region").get(pk=upload.subject)


def _enter(upload: Upload) -> None:
    by = upload.by
    if by is None:
        raise NotAllowed("新的有效期由本机构的人或主管部门登记。")
    lifecycle.enter_period(_institution(upload), lifecycle.Period.from_facts(upload.facts), by=by, upload=upload)


def _sees(user: User, upload: Upload) -> bool:
    institution = visible(user).filter(pk=upload.subject, validity_periods__upload=upload).first()
    return institution is not None and reads_history(user, institution)


def _leads_to(upload: Upload) -> str:
    """The institution's page; after a refusal the form with what was entered."""
    if upload.state == Upload.State.REFUSED:
        return reverse("institution-validity", args=[upload.subject]) + f"?again={upload.pk}"
    return reverse("institution-detail", args=[upload.subject])


PERIODS = Purpose(lifecycle.PERIOD, concerns=_institution, keep=_enter, sees=_sees, leads_to=_leads_to)
