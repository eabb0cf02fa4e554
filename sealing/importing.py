"""Bringing in a certificate of a licensed authority, with its key. Nothing else is called `licensed`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import NameOID
from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from accounts.names import same_name
from boundary.cell import keystores
from chinese.dates import cn_day
from sealing.authority import issuing
from sealing.authority.elsewhere import told_of_all
from sealing.enrolling import in_force, keep_key, refuse_easy, refuse_prepared
from sealing.keys import licensed
from sealing.lifecycle import ACTIVATE, IDENTITY
from sealing.models import Certificate, Level, SigningIdentity
from verbs.errors import Unacceptable, WrongState

NOT_LICENSED = (
    "这张证书不是由本平台认可的持证电子认证服务机构签发的，或者文件里缺少上级证书，不能作为“持证机构证书”使用。"
    "请向签发机构索取带完整证书链的文件。"
)
NOT_FOR_SIGNING = "这张证书不是签名证书（可能是加密证书）。请导出签名证书。"
ANOTHERS = "证书里既没有您的姓名，也没有本机构的名称，不能确认是您的签约证书。"
NOT_FOR_DOCUMENTS = (
    "证书里写明的用途不包括签署文件（例如只用于网站或者时间戳），不能用来签协议。请向签发机构申请用于签名的证书。"
)
REVOKED = "签发机构的清单写明，这张证书或它的上级证书已于{}吊销，不能使用。请向签发机构换发。"
USED = "这张证书已经登记过，不能再登记一次。"
LARGEST = keystores.LARGEST  # bytes of a file
# Authorities write several facts into one name: 051@姓名@证件号码@1.
PARTS = re.compile(r"[@|,，;；/\s]+")
NAMES = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME, NameOID.GIVEN_NAME, NameOID.SURNAME)


@sensitive_variables()
def bring_in(identity: SigningIdentity, content: bytes, password: str, pin: str, *, by: User) -> SigningIdentity:
    """Open a PKCS#12 file in a cell, check whose and of whom its certificate is, and keep the key under the PIN.

    The file and its password are kept nowhere. Raises UploadRefused for the file, NotNow when no cell could be had,
    Unacceptable for a certificate that will not do or an easy PIN, WrongState and NotAllowed as `activate` does.
    """
    now = SigningIdentity.objects.with_facts().get(pk=identity.pk)
    IDENTITY.check(now, ACTIVATE)
    IDENTITY.refuse(now, ACTIVATE, by=by)
    refuse_easy(pin, now)
    found = keystores.read(content, password)
    chain = chain_of(found.certificate, found.others, now, timezone.now())
    with transaction.atomic():
        row = IDENTITY.begin(now, ACTIVATE, by=by)
        if row.level != Level.LICENSED:
            raise WrongState("这份申请不是“持证机构证书”级别，不能导入证书。")
        refuse_prepared(row)
        kept = issuing.keep(row, found.certificate, chain, is_ours=False)
        keep_key(kept, found.key, pin)
        return in_force(row, kept, by=by)


def chain_of(
    certificate: x509.Certificate, others: Sequence[x509.Certificate], row: SigningIdentity, now: datetime
) -> list[x509.Certificate]:
    """Return what stands above a licensed authority's certificate, up to its root.

    Raises Unacceptable with what speaks against it: its days, its use, its authority, whose it is.
    """
    if now > certificate.not_valid_after_utc:
        ended = cn_day(timezone.localdate(certificate.not_valid_after_utc))
        raise Unacceptable(f"这张证书已于{ended}到期。", "file")
    if now < certificate.not_valid_before_utc:
        raise Unacceptable("这张证书还没有生效。", "file")
    if not _signs(certificate):
        raise Unacceptable(NOT_FOR_SIGNING, "file")
    if not licensed.is_for_documents(certificate):
        raise Unacceptable(NOT_FOR_DOCUMENTS, "file")
    chain = licensed.chain_to_root(certificate, others, now)
    if chain is None:
        raise Unacceptable(NOT_LICENSED, "file")
    told = told_of_all([certificate, *chain], now)
    if told.since is not None:
        raise Unacceptable(REVOKED.format(cn_day(timezone.localdate(told.since))), "file")
    named = [str(each.value) for kind in NAMES for each in certificate.subject.get_attributes_for_oid(kind)]
    whole = [part for each in named for part in (each, *PARTS.split(each))]
    if not any(same_name(part, own) for part in whole for own in (row.person.full_name, row.institution.name)):
        raise Unacceptable(ANOTHERS, "file")
    same = {"issuer": certificate.issuer.rfc4514_string(), "serial": f"{certificate.serial_number:X}"}
    if Certificate.objects.filter(**same).exists():
        raise Unacceptable(USED, "file")
    return chain


def _signs(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return usage.digital_signature or usage.content_commitment
