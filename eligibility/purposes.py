"""Evidence as files that are sent: whom they concern, what becomes of a kept one, who sees its pages."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import User
from eligibility import answering
from eligibility.models import EligibilityCase, EligibilityEvidence
from institutions.models import Institution
from uploads.models import Upload
from uploads.sockets import Purpose
from verbs.errors import NotAllowed


def _case(upload: Upload) -> EligibilityCase:
    return EligibilityCase.objects.with_places().get(pk=upload.subject)


def _institution(upload: Upload) -> Institution:
    return _case(upload).institution


def _attach(upload: Upload) -> None:
    by = upload.by
    if by is None:
        raise NotAllowed("证明材料由本机构的经办人上传。")
    answering.attach(_case(upload), upload=upload, by=by)


def _sees(user: User, upload: Upload) -> bool:
    """Whether the person is shown a case that refers to the file: a later round refers to the files of an earlier."""
    visible = EligibilityCase.objects.visible_to(user)
    return EligibilityEvidence.objects.filter(upload=upload, case__in=visible).exists()


def _leads_to(upload: Upload) -> str:
    return reverse("eligibility-answer", args=[upload.subject])


EVIDENCE = Purpose(answering.EVIDENCE, concerns=_institution, keep=_attach, sees=_sees, leads_to=_leads_to)
