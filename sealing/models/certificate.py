"""Certificates as they were issued or brought in, their keys as they lie sealed, and the lists of what was revoked."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from cryptography import x509
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from sealing.models.identity import SigningIdentity


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def ours(self) -> Self:
        """Return those that the platform's own authority issued, of which its list tells."""
        return self.filter(is_ours=True)

    def revoked(self) -> Self:
        return self.filter(revoked_at__isnull=False)


class Certificate(models.Model):
    """A row is never deleted: whoever checks a signature years later asks whose the certificate was."""

    class Reason(models.TextChoices):
        """Why one was revoked, in the words of RFC 5280, 5.3.1."""

        KEY_COMPROMISE = "keyCompromise", "密码或密钥可能已被别人知道"
        AFFILIATION_CHANGED = "affiliationChanged", "不再担任签约人"
        SUPERSEDED = "superseded", "忘记签名密码，换发新证书"
        CESSATION = "cessationOfOperation", "不再需要"

    identity = models.ForeignKey(SigningIdentity, models.PROTECT, related_name="certificates")
    serial = models.CharField("序列号", max_length=40, help_text="hexadecimal, as openssl prints it")
    issuer = models.TextField("签发机构", help_text="RFC 4514")
    subject = models.TextField("主体", help_text="RFC 4514")
    is_ours = models.BooleanField("本平台签发")
    pem = models.TextField("证书")
    chain = models.TextField("上级证书", help_text="PEM, the nearest first, the root last")
    not_before = models.DateTimeField("生效时间")
    not_after = models.DateTimeField("到期时间")
    issued_at = models.DateTimeField("登记时间", auto_now_add=True)
    revoked_at = models.DateTimeField("吊销时间", null=True, blank=True)
    # None with a time: the clock.
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="吊销人"
    )
    revocation = models.CharField("吊销原因", max_length=30, choices=Reason, blank=True)

    objects = CertificateQuerySet.as_manager()

    if TYPE_CHECKING:
        identity_id: int
        key: SigningKey

    class Meta:
        verbose_name = "签约证书"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["issuer", "serial"], name="one_certificate_of_a_serial"),
            models.CheckConstraint(condition=Q(not_after__gt=F("not_before")), name="certificate_ends_after_start"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True, revocation="")
                | Q(revoked_at__isnull=False) & ~Q(revocation=""),
                name="certificate_revoked_with_when_and_why",
            ),
        ]

    def __str__(self) -> str:
        return self.serial

    @property
    def parsed(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.pem.encode())

    @property
    def parsed_chain(self) -> list[x509.Certificate]:
        return x509.load_pem_x509_certificates(self.chain.encode()) if self.chain else []

    def why_not_valid(self, at: datetime) -> str:
        """Return in words why nothing can be signed with it at a moment, "" when it can."""
        if self.revoked_at is not None:
            return "这张证书已经吊销。"
        if at < self.not_before:
            return "这张证书还没有生效。"
        return "这张证书已经到期。" if at > self.not_after else ""


class SigningKey(models.Model):
    """The private key of a certificate, as it lies sealed, or where the token is that holds it.

    `wrong_pins` counts since the last right one; the row that lets itself be counted up is the lock (unlocking).
    """

    class Kind(models.TextChoices):
        PIN = "pin", "平台保管，签名密码加密"
        TOKEN = "token", "密码设备（PKCS#11）"

    certificate = models.OneToOneField(Certificate, models.PROTECT, related_name="key")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.PIN)
    # Of a PIN: AES-256-GCM under argon2id of the PIN, mixed with the pepper (keys/sealed.py). Emptied when revoked.
    sealed = models.BinaryField(default=bytes)
    salt = models.BinaryField(default=bytes)
    nonce = models.BinaryField(default=bytes)
    cost: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField(
        default=dict, blank=True, help_text="of argon2id: memory_cost in KiB, time_cost, parallelism"
    )
    pepper = models.CharField(max_length=16, blank=True, help_text="by which the pepper is told from another")
    wrong_pins = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True, help_text="when the last attempt was counted")
    begun_anew = models.PositiveIntegerField(default=0, help_text="how often a right PIN has begun the count anew")
    # Of a token: the module of PKCS#11, the token's label and the key's identifier. Never its PIN.
    token_module = models.CharField(max_length=200, blank=True)
    token_label = models.CharField(max_length=32, blank=True)
    token_key = models.CharField(max_length=64, blank=True, help_text="hexadecimal")

    class Meta:
        verbose_name = "签约密钥"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="pin", token_module="", token_label="", token_key="")
                | Q(kind="token", sealed=b"", salt=b"", nonce=b"") & ~Q(token_module="") & ~Q(token_label=""),
                name="signing_key_lies_here_or_in_a_token",
            ),
            models.CheckConstraint(condition=Q(wrong_pins__lte=5), name="signing_key_locks_after_five_wrong_pins"),
        ]

    def __str__(self) -> str:
        return str(self.certificate)


class RevocationList(models.Model):
    """One list as it was made; the newest counts. Numbers only grow (RFC 5280, 5.2.3)."""

    number = models.PositiveBigIntegerField(unique=True)
    made_at = models.DateTimeField()
    next_update = models.DateTimeField()
    content = models.BinaryField(help_text="DER")

    class Meta:
        verbose_name = "吊销清单"
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(next_update__gt=F("made_at")), name="revocation_list_is_replaced_after_it_was_made"
            )
        ]

    def __str__(self) -> str:
        return str(self.number)
