"""Rows of agreements to write beside each other, past the verbs, each with what the database wants of it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

from accounts.models import User
from agreements.models import (
    Agreement,
    Approval,
    Counterpart,
    FrozenText,
    PageTick,
    Preview,
    Rendition,
    Round,
    Scan,
    ScanPage,
    Signature,
    TemplateVersion,
)
from institutions.models import Institution, Role
from tests import factories
from tests.agreements.making import signed_on
from tests.agreements.rows import next_ids, signature_of, text_of, write_agreements
from uploads.models import Page, Upload

NOW = datetime(2026, 3, 5, tzinfo=UTC)
SIGNED: dict[str, Any] = {"medical_signed_on": date(2026, 3, 1), "elder_care_signed_on": date(2026, 3, 4)}
ASKED = {"rescission_side": "medical", "rescission_reason": "重复签了一份"}
NOT_FROZEN = frozenset({"draft", "discarded", "negotiating"})


@dataclass
class World:
    """Two parties, a published template, people, and rows to write beside each other."""

    medical: Institution
    elder_care: Institution
    version: TemplateVersion
    clerk: User
    colleague: User

    def agreement(self, state: str, *, frozen: bool | None = None, **facts: Any) -> Agreement:
        """Insert an agreement that the database takes in this state, but for `frozen` and `facts`.

        One beyond negotiating comes with its frozen text, and dates with their signatures.
        """
        built = self._built(state, facts)
        if state in NOT_FROZEN if frozen is None else not frozen:
            built.save(force_insert=True)
            return built
        return write_agreements([built], by=self.clerk)[0]

    def unsigned(self, state: str, facts: dict[str, Any], **of_text: Any) -> Agreement:
        """Insert an agreement with its text but without the signatures that its dates stand for."""
        built = self._built(state, facts)
        built.pk = next_ids(1)[0]
        built.frozen = self.text(built, 1, **of_text)
        return Agreement.objects.bulk_create([built])[0]

    def withdrawn(self) -> Agreement:
        """Insert what was agreed on and is a draft again, its text voided."""
        agreement = self.void(self.agreement("agreed"))
        rewrite(agreement, state="draft", frozen=None)
        return Agreement.objects.get(pk=agreement.pk)

    def _built(self, state: str, facts: dict[str, Any]) -> Agreement:
        basis: dict[str, Any] = {"medical": self.medical, "elder_care": self.elder_care, "state": state}
        basis |= {"drafted_by": self.elder_care, "created_by": self.clerk, "template_version": self.version}
        if state in {"in_force", "expired", "terminated", "superseded"}:
            basis |= {**SIGNED, "certified_at": NOW, "template": self.version.template}
            basis |= {"effective_on": date(2026, 3, 4), "starts_on": date(2026, 3, 4), "expires_on": date(2028, 3, 4)}
        if state == "rescinded":
            basis |= {**SIGNED, **ASKED, "rescission_asked_by": self.clerk}
        if state in {"terminated", "superseded"}:
            basis["ended_on"] = date(2027, 1, 1)
        return factories.DraftAgreementFactory.build(**{**basis, **facts})

    def text(self, agreement: Agreement | None = None, edition: int = 2, **facts: Any) -> FrozenText:
        """Insert another text of an agreement, by default one that stands beside a draft."""
        text = text_of(agreement or self.agreement("draft"), self.clerk, edition)
        for name, value in facts.items():
            setattr(text, name, value)
        text.save()
        return text

    def voided_text(self) -> FrozenText:
        """Insert a text that was given up, of what is a draft again."""
        return self.text(voided_at=NOW, voided_by=self.clerk, void_reason="没有谈妥")

    def void(self, agreement: Agreement) -> Agreement:
        """Void an agreement's text and nothing else, once the database has asked all that it asks of the agreement."""
        connection.check_constraints()
        agreement.frozen_texts.update(voided_at=NOW, voided_by=self.clerk, void_reason="没有谈妥")
        return agreement

    def round(self, **facts: Any) -> Round:
        """Insert a round of one agreement, always the same, by default one that nobody has ended."""
        agreement = Agreement.objects.filter(state="negotiating").first() or self.agreement("negotiating")
        basis = {"number": 1, "body": {}, "sent_at": NOW, "sent_by": self.clerk}
        return Round.objects.create(agreement=agreement, **{**basis, **facts})

    def approval(self, state: str = "waiting", **facts: Any) -> Approval:
        """Insert a request to the leaders of the drafting side of one agreement, always the same."""
        agreement = Agreement.objects.first() or self.agreement("draft")
        basis: dict[str, Any] = {"agreement": agreement, "institution": self.elder_care, "asked_by": self.clerk}
        if state != "waiting":
            basis |= {"answered_at": NOW, "answered_by": self.colleague}
        if state in {"declined", "lapsed"}:
            basis["answer"] = "费用偏高"
        return Approval.objects.create(**{**basis, "state": state, "digest": "a" * 64, "revision": 1, **facts})

    def returned_round(self) -> Round:
        return self.round(returned_at=NOW, returned_by=self.colleague, reason="费用偏高")

    def frozen_again(self) -> Agreement:
        """Insert an agreement that was withdrawn, and whose text is frozen for the second time."""
        agreement = self.withdrawn()
        second = self.text(agreement, voided_at=None, voided_by=None, void_reason="")
        rewrite(agreement, state="agreed", frozen=second)
        agreement.refresh_from_db()
        return agreement

    def signature(self, agreement: Agreement | None = None, role: Role = Role.MEDICAL, **facts: Any) -> Signature:
        """Insert the signature of one side of an agreement, by default of one that nobody has signed."""
        signature = signature_of(agreement or self.agreement("signing"), role, self.colleague)
        for name, value in {"day": SIGNED["medical_signed_on"], **facts}.items():
            setattr(signature, name, value)
        signature.save()
        return signature

    def scan(self, **facts: Any) -> Scan:
        basis = {"agreement": facts.pop("agreement", None) or self.agreement("signing"), "uploaded_by": self.clerk}
        basis |= {"upload": facts.pop("upload", None) or self.upload(subject=basis["agreement"].pk)}
        basis |= {"file": "a.pdf", "original_name": "扫描件.pdf", "content_type": "application/pdf"}
        return Scan.objects.create(**{**basis, "sha256": "b" * 64, "page_count": 3, **facts})

    def upload(self, **facts: Any) -> Upload:
        """Insert a kept file of three pages."""
        waiting: dict[str, Any] = {"state": Upload.State.WAITING, "decided_at": None, "uploaded_by": self.clerk}
        waiting |= {"content_type": "", "page_count": 0}
        upload: Upload = factories.KeptUploadFactory.create(**{**waiting, **facts})
        Page.objects.bulk_create(Page(upload=upload, number=n, width=100, height=140) for n in (1, 2, 3))
        upload.state, upload.decided_at = Upload.State.KEPT, NOW
        upload.content_type, upload.page_count = "application/pdf", 3
        upload.save()
        return upload

    def sheet(self, scan: Scan | None = None, number: int = 1, **facts: Any) -> ScanPage:
        """Insert a page of a file that waits, by default one that shows a page of the first copy."""
        scan = scan or self.scan()
        picture = scan.upload.pages.get(number=number)
        basis: dict[str, Any] = {"scan": scan, "picture": picture, "finding": "found", "copy": 1, "page": number}
        return ScanPage.objects.create(**{**basis, **facts})

    def tick(self, sheet: ScanPage | None = None, **facts: Any) -> PageTick:
        """Insert that somebody compared a page, by default not its uploader."""
        return PageTick.objects.create(**{"page": sheet or self.sheet(), "by": self.colleague, **facts})

    def compared_scan(self, **facts: Any) -> Scan:
        """Insert a file of one page that the colleague compared, and certify it."""
        scan = self.scan(page_count=1)
        self.tick(self.sheet(scan))
        Scan.objects.filter(pk=scan.pk).update(
            **{"state": "certified", "checked_at": NOW, "checked_by": self.colleague, **facts}
        )
        return scan

    def rendition(self, **facts: Any) -> Rendition:
        agreement: Agreement = facts.pop("agreement", None) or self.agreement("agreed")
        return Rendition.objects.create(
            **{"agreement": agreement, "revision": 1, "frozen_id": agreement.frozen_id, **facts}
        )

    def preview(self, **facts: Any) -> Preview:
        agreement: Agreement = facts.pop("agreement", None) or self.agreement("draft")
        return Preview.objects.create(**{"agreement": agreement, "shows": "d" * 64, **facts})

    def made_copies(self) -> Rendition:
        """Insert the ready rendition of a frozen text, with one copy."""
        rendition = self.rendition()
        Counterpart.objects.create(rendition=rendition, number=1, holder="medical", holder_label="甲方存", page_count=3)
        rendition.state, rendition.page_count, rendition.print_sha256 = "ready", 3, "b" * 64
        rendition.areas = signed_on(3)
        rendition.save()
        return rendition

    def copies(self, *numbers: int) -> None:
        rendition = self.rendition()
        for number in numbers:
            Counterpart.objects.create(
                rendition=rendition, number=number, holder="medical", holder_label="甲方存", page_count=3
            )


def rewrite(agreement: Agreement, **changes: Any) -> int:
    return Agreement.objects.filter(pk=agreement.pk).update(**changes)


def supersede(*signatures: Signature, at: datetime | None = NOW) -> None:
    """Mark signatures as superseded, or again as not."""
    Signature.objects.filter(pk__in=[each.pk for each in signatures]).update(superseded_at=at)


def delete_row(agreement: Agreement) -> None:
    """Delete it in the database, past Django, which would look first for what refers to it."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM agreements_agreement WHERE id = %s", [agreement.pk])
