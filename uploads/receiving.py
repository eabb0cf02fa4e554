"""Taking a file in: it is kept as it came, waits for its verdict, and whoever sent it is answered at once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

import jobs
from accounts.models import User
from audit import origin
from boundary.refused import UploadRefused
from boundary.uploads import LARGEST_BYTES, digest_of
from uploads.background import JUDGE
from uploads.models import ORIGINAL, Upload

SHORTLY = timedelta(minutes=10)
MOST_WAITING = 60  # of one sender at once
EMPTY = "文件是空的，请重新扫描后上传。"
TOO_LARGE = f"文件超过 {LARGEST_BYTES // 1024 // 1024} 兆，请降低扫描分辨率（300 点即可）后再上传。"
TOO_MANY = f"您上传的文件里还有 {MOST_WAITING} 个没有检查完，请等它们检查完再上传。"
STILL_WAITING = "还有上传的文件没有检查完，一般几秒钟就好。请等检查结果出来以后再继续。"


def account(user: User) -> str:
    """Return whose turn an account's files take."""
    return f"account-{user.pk}"


def address(counted: str) -> str:
    """Return whose turn the files of somebody without an account take: everybody's at that address."""
    return salted_hmac("uploads.sender", counted, algorithm="sha256").hexdigest()


def receive(
    purpose: str,
    subject: int,
    file: File[Any],
    *,
    sender: str,
    by: User | None = None,
    part: str = "",
    facts: Mapping[str, Any] | None = None,
) -> Upload:
    """Keep a file that waits for its verdict, and ring for the job. The same one sent again while it waits is one.

    `part` tells apart what is sent for one subject; what differs in `facts` differs there too. Raises UploadRefused for
    what needs no opening to be refused: an empty file, one too large, one too many.
    """
    size = file.size or 0
    if not size:
        raise UploadRefused(EMPTY)
    if size > LARGEST_BYTES:
        raise UploadRefused(TOO_LARGE)
    sent = Upload.objects.filter(sender=sender)
    digest = digest_of(file)
    same = sent.of(purpose, subject, part).waiting().filter(sha256=digest)
    if waits := same.first():
        return waits
    with transaction.atomic():
        if sent.waiting().count() >= MOST_WAITING:
            raise UploadRefused(TOO_MANY)
        upload = Upload(purpose=purpose, subject=subject, part=part, facts=dict(facts or {}), uploaded_by=by)
        upload.token = secrets.token_hex(16)
        upload.sender, upload.origin = sender, origin.kept()
        upload.acting = list(by.acting) if by is not None and by.acting else None
        upload.name, upload.size, upload.sha256 = (file.name or "").rpartition("/")[2][-200:], size, digest
        upload.turn = sent.filter(sent_at__gt=timezone.now() - SHORTLY).count()
        upload.file.save(f"{upload.folder}/{ORIGINAL}", file, save=False)
        try:
            with transaction.atomic():
                upload.save()
        except IntegrityError:  # sent twice at the same moment: the other one waits
            upload.file.delete(save=False)
            return same.get()
        jobs.ring_on_commit(JUDGE, upload.pk)
    return upload
