"""Mandates, pictures of seals and of handwriting as files that are sent: what becomes of a kept one, and who sees its
pages."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import User
from institutions.models import Institution
from sealing import enrolling, handwriting, seals
from sealing.models import Seal
from sealing.permissions import visible_identities, visible_seals
from sealing.pictures import NO_WRITING, cut
from uploads.models import Upload
from uploads.sockets import Purpose
from verbs.errors import NotAllowed


def _institution(upload: Upload) -> Institution:
    return Institution.objects.select_related("region").get(pk=upload.subject)


def _request(upload: Upload) -> None:
    by = upload.by
    if by is None:
        raise NotAllowed(enrolling.NOT_SIGNATORY)
    enrolling.request(_institution(upload), enrolling.Mandate.from_facts(upload.facts), by=by, upload=upload)


def _sees_mandate(user: User, upload: Upload) -> bool:
    return visible_identities(user).filter(mandate=upload).exists()


def _to_identities(upload: Upload) -> str:
    return reverse("signing-identities", args=[upload.subject])


def _register(upload: Upload) -> None:
    by = upload.by
    if by is None:
        raise NotAllowed("印章由本机构的管理员登记。")
    seals.register(_institution(upload), seals.Described.from_facts(upload.facts), by=by, upload=upload)
    cut(upload)


def _sees_picture(user: User, upload: Upload) -> bool:
    return visible_seals(user).filter(picture=upload).exists()


def _to_seals(upload: Upload) -> str:
    seal = Seal.objects.filter(picture=upload).first()
    return reverse("seal", args=[seal.pk]) if seal else reverse("seals", args=[upload.subject])


def _writer(upload: Upload) -> User:
    return User.objects.get(pk=upload.subject)


def _keep_handwriting(upload: Upload) -> None:
    by = upload.by
    if by is None:
        raise NotAllowed(handwriting.NOT_SIGNATORY)
    handwriting.keep(upload, by=by)
    cut(upload, NO_WRITING)


def _sees_handwriting(user: User, upload: Upload) -> bool:
    return upload.subject == user.pk


def _onward(upload: Upload) -> str:
    """Return the person's page of it, for a refusal stands there too; it knows the way on."""
    onward = str(upload.facts.get("onward", ""))
    here = reverse("signing-handwriting")
    return f"{here}?{urlencode({'next': onward})}" if onward else here


MANDATES = Purpose(enrolling.MANDATE, concerns=_institution, keep=_request, sees=_sees_mandate, leads_to=_to_identities)
SEALS = Purpose(seals.PICTURE, concerns=_institution, keep=_register, sees=_sees_picture, leads_to=_to_seals)
HANDWRITING = Purpose(
    handwriting.HANDWRITING, concerns=_writer, keep=_keep_handwriting, sees=_sees_handwriting, leads_to=_onward
)
