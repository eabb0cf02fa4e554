"""Scans of licences as files that are sent: what becomes of a kept one, and who sees its pages."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import User
from duties import requesting
from duties.permissions import requests_for
from institutions.models import Institution
from uploads.models import Upload
from uploads.sockets import Purpose


def _institution(upload: Upload) -> Institution:
    return Institution.objects.get(pk=upload.subject)


def _ask(upload: Upload) -> None:
    known = dict(upload.facts)
    claim, introduction = known.pop("claim"), known.pop("introduction", "")
    applicant = requesting.Applicant(**known)
    requesting.ask(_institution(upload), applicant, upload, claim=claim, introduction=introduction)


def _sees(user: User, upload: Upload) -> bool:
    return requests_for(user).filter(upload=upload).exists()


def _leads_to(upload: Upload) -> str:
    return reverse("administrator-asked", args=[upload.part])


LICENCES = Purpose(requesting.LICENCE, concerns=_institution, keep=_ask, sees=_sees, leads_to=_leads_to)
