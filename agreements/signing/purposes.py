"""Scans of signed paper as files that are sent: whom they concern, what becomes of a kept one, who sees its pages."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import User
from agreements import lifecycle
from agreements.documents.returned import printed_papers
from agreements.models import Agreement, ScanPage
from agreements.permissions import visible
from agreements.signing.progress import scans_shown
from agreements.signing.strangers import pages_hidden
from uploads.models import Upload
from uploads.sockets import Paper, Purpose
from verbs.errors import NotAllowed


def _agreement(upload: Upload) -> Agreement:
    return Agreement.objects.get(pk=upload.subject)


def _attach(upload: Upload) -> None:
    by = upload.by
    if by is None:
        raise NotAllowed("扫描件由协议一方的经办人上传。")
    lifecycle.attach_scan(_agreement(upload), by=by, upload=upload)


def _sees(user: User, upload: Upload) -> bool:
    agreement = visible(user).filter(pk=upload.subject).first()
    return agreement is not None and scans_shown(agreement, for_user=user).filter(upload=upload).exists()


def _hides(user: User, upload: Upload) -> frozenset[int]:
    sheets = ScanPage.objects.filter(scan__upload=upload).exclude(of_number="")
    every = list(sheets.select_related("scan", "picture"))
    hidden = pages_hidden(every, user)
    return frozenset(sheet.number for sheet in every if sheet.pk in hidden)


def _leads_to(upload: Upload) -> str:
    return reverse("agreement-signing", args=[_agreement(upload).number]) + "#scans"


def _papers(upload: Upload) -> list[Paper]:
    return printed_papers(_agreement(upload))


SCANS = Purpose(
    lifecycle.SCAN,
    concerns=_agreement,
    keep=_attach,
    sees=_sees,
    hides=_hides,
    leads_to=_leads_to,
    papers=_papers,
)
