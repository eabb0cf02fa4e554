"""A picture of somebody's own handwriting, as they signed on paper: sent once, cut out in a cell, kept for later.

It is only what a signature shows beside itself, and proves nothing. The newest one counts; what was signed keeps its
own.
"""

from __future__ import annotations

from typing import Any

from django.core.files import File
from django.db import transaction

from accounts.models import User
from audit.log import append
from institutions.models import institutions_signed_for_by
from sealing import events
from sealing.seals import LARGEST, PICTURES
from uploads.models import Upload
from uploads.receiving import account, receive
from verbs.errors import NotAllowed, Unacceptable

HANDWRITING = "handwriting"  # the purpose of such an upload; its subject is the person
NOT_SIGNATORY = "手写签名图片由机构的授权签约人自己上传。"
NOT_A_PICTURE = "手写签名只能是 PNG 或 JPG，请在白纸上签名后拍照或扫描成图片。"
TOO_LARGE = "手写签名图片超过 2 兆，请缩小后再上传。"


def send(*, by: User, file: File[Any], onward: str) -> Upload:
    """Take in the picture of the person's own handwriting; `onward` is the page of ours where they go on.

    Raises NotAllowed to all but signatories, Unacceptable for a file that is too large, UploadRefused.
    """
    refuse_others(by)
    if (file.size or 0) > LARGEST:
        raise Unacceptable(TOO_LARGE, "picture")
    return receive(HANDWRITING, by.pk, file, by=by, sender=account(by), facts={"onward": onward})


@transaction.atomic
def keep(upload: Upload, *, by: User) -> None:
    """Keep it as the person's. Raises NotAllowed to whoever is no signatory any more, Unacceptable for no picture."""
    refuse_others(by)
    if upload.subject != by.pk:
        raise NotAllowed(NOT_SIGNATORY)
    if upload.content_type not in PICTURES:
        raise Unacceptable(NOT_A_PICTURE, "picture")
    append(events.HandwritingKept(sha256=upload.sha256), by=by, subject=by)


def refuse_others(user: User) -> None:
    """Raise NotAllowed to whoever signs for no institution."""
    if not institutions_signed_for_by(user).exists():
        raise NotAllowed(NOT_SIGNATORY)


def kept_of(user: User) -> Upload | None:
    """Return the newest picture of the person's handwriting, None where there is none."""
    own = Upload.objects.of(HANDWRITING, user.pk).filter(uploaded_by=user, state=Upload.State.KEPT)
    return own.order_by("-pk").first()
