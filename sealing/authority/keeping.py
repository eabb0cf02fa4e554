"""What the operator does with the authority: set it up, renew it, put it by. Each is logged."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.log import append
from sealing import events
from sealing.authority import files, issuing
from sealing.authority.files import AuthorityClosed
from sealing.keys import pepper
from sealing.models import Certificate

DEMO, NAME = "（演示）", "签约证书根"
GONE = "数据库里已有签发的证书，而{}不在了。请先从备份恢复，不能另建：另建后已签的协议和密钥都对不上"


def name() -> str:
    """Return what the authority is called: on a demo that it is one."""
    return f"{settings.OPERATOR_NAME or '颐养签约'}{NAME}{DEMO if settings.DEMO else ''}"


def set_up() -> list[str]:
    """Make what is missing, and a first list; return in words what was made. Safe to run again.

    Raises AuthorityClosed where something is gone on which certificates rest.
    """
    made = []
    if Certificate.objects.ours().exists():
        for path, what in ((files.folder() / files.KEY, "签约证书机构"), (pepper.path(), "签名密码的服务器密钥")):
            if not path.exists():
                raise AuthorityClosed(GONE.format(what))
    if pepper.make():
        made.append("签名密码的服务器密钥")
    if files.make(name()):
        authority = files.opened()
        append(events.AuthorityMade(**_facts(authority.certificate)), by=None, subject=None)
        made.append("签约证书机构")
    issuing.publish_due()
    return made


@transaction.atomic
def renew() -> x509.Certificate:
    """Give the authority a new certificate for the same key, and make a list under it."""
    made = files.renew(name())
    append(events.AuthorityRenewed(**_facts(made)), by=None, subject=None)
    issuing.publish()
    return made


def put_by(folder: Path) -> list[Path]:
    """Copy key, certificates and pepper into an empty folder, readable by us alone; return the copies.

    Raises AuthorityClosed where one cannot be read: a backup of half is none. FileExistsError for a folder with
    something in it.
    """
    files.opened()
    pepper.read()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(folder)
    sources = [*sorted(path for path in files.folder().glob("*.pem")), pepper.path()]
    copies = []
    for source in sources:
        copy = folder / source.name
        copy.touch(mode=0o600)
        shutil.copyfile(source, copy)
        copies.append(copy)
    return copies


def fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(SHA256()).hex().upper()


def _facts(certificate: x509.Certificate) -> dict[str, Any]:
    return {
        "fingerprint": fingerprint(certificate),
        "until": timezone.localdate(certificate.not_valid_after_utc),
    }
