"""Rows to write past the verbs, which would refuse first: of each kind one that the database takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.db import models

from accounts.models import ExternalIdentity, RecoveryCode, User
from audit.models import Anchor, AnchorLeaf, Entry, Head, Work
from duties.models import AdministratorRequest, Introduction, Invitation
from eligibility.models import EligibilityAnswer, EligibilityCase, EligibilityEvidence
from imports.models import ImportRow, InstitutionImport, RememberedColumns
from institutions.models import Authority, Duty, FormerName, Institution, Membership
from institutions.models.validity import Lapse, ValidityPeriod
from surveys.models import Survey, SurveyRound
from tests import factories

NOW = datetime(2026, 3, 5, tzinfo=UTC)
FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
FILE = {"file": "a.pdf", "original_name": "扫描件.pdf", "content_type": "application/pdf", "sha256": "b" * 64}


@dataclass
class World:
    """Two parties, a bureau, a clerk, and for each kind of row the facts that the database takes."""

    medical: Institution
    home: Institution
    bureau: Authority
    clerk: User
    reviewer: User
    made: dict[type[models.Model], Any] = field(default_factory=dict)

    def add(self, model: type[models.Model], **facts: Any) -> Any:
        """Write a row that the database takes, but for `facts`."""
        return model._base_manager.create(**{**self.basis(model), **facts})

    def one(self, model: type[models.Model]) -> Any:
        """Return the one row that others hang on."""
        if model not in self.made:
            self.made[model] = self.add(model)
        return self.made[model]

    def basis(self, model: type[models.Model]) -> dict[str, Any]:
        return BASES[model](self)


def entry() -> dict[str, Any]:
    """Return the first entry of two chains that have begun, and of a strand."""
    for subject in (1, 2):
        Head.objects.get_or_create(
            subject_type="nobody", subject_id=subject, defaults={"sequence": 0, "hash": "0" * 64}
        )
    chain = {"subject_type": "nobody", "subject_id": 1}
    link = {"sequence": 1, "previous_hash": "0" * 64, "strand": 1, "place": 1, "beside": "0" * 64, "hash": "a" * 64}
    return {**chain, **link, "event": "log.anything", "at": NOW}


BASES: Mapping[type[models.Model], Callable[[World], dict[str, Any]]] = {
    RecoveryCode: lambda w: {"user": w.clerk, "digest": "c" * 64},
    Membership: lambda w: {"user": w.clerk, "institution": w.home, "duty": Duty.SIGNATORY, "state": "effective"},
    ExternalIdentity: lambda w: {"user": w.clerk, "issuer": "https://id.example", "subject": "1"},
    Entry: lambda w: entry(),
    Anchor: lambda w: {
        "number": 1,
        "made_at": NOW,
        "previous_hash": "",
        "leaf_count": 1,
        "root": "",
        "public_key": "",
        "hash": "",
        "signature": "",
    },
    AnchorLeaf: lambda w: {
        "anchor": w.one(Anchor),
        "position": 0,
        "subject_type": "nobody",
        "subject_id": 1,
        "first": 1,
        "last": 2,
        "hash": "a" * 64,
    },
    Work: lambda w: {"kind": "export", "asked_by": 1, "asked_by_name": "审计员"},
    Invitation: lambda w: {
        "digest": f"{Invitation.objects.count():064}",
        "institution": w.home,
        "duty": "clerk",
        "full_name": "李四",
        "invited_by": w.clerk,
        "expires_at": NOW,
    },
    Introduction: lambda w: {
        "institution": w.home,
        "sender": "福星养老院",
        "about": "YY2026-000001",
        "seed": "a" * 64,
        "digest": f"{Introduction.objects.count():064}",
        "issued_by": w.clerk,
        "expires_on": LAST,
    },
    AdministratorRequest: lambda w: {
        "number": str(AdministratorRequest.objects.count()),
        "institution": w.home,
        "full_name": "王昇",
        "mobile": "13800000001",
        "licence": "a.pdf",
        "original_name": "证.pdf",
        "content_type": "application/pdf",
        "sha256": "b" * 64,
        "page_count": 1,
        "size": 1000,
        "upload": factories.KeptUploadFactory.create(),
    },
    EligibilityCase: lambda w: {
        "institution": w.medical,
        "authority": w.bureau,
        "checklist": {},
        "created_by": w.clerk,
        "round": EligibilityCase.objects.count() + 1,
    },
    EligibilityAnswer: lambda w: {"case": w.one(EligibilityCase), "item": "licence"},
    EligibilityEvidence: lambda w: {
        "case": w.one(EligibilityCase),
        "item": "licence",
        "page_count": 1,
        "uploaded_by": w.clerk,
        "upload": factories.KeptUploadFactory.create(),
        **FILE,
    },
    InstitutionImport: lambda w: {
        "authority": w.bureau,
        "uploaded_by": w.reviewer,
        "file": "a.xlsx",
        "file_name": "a.xlsx",
        "size": 1,
        "sha256": "b" * 64,
    },
    ImportRow: lambda w: {
        "run": w.one(InstitutionImport),
        "sheet": 0,
        "number": 2,
        "role": "medical",
        "outcome": "new",
    },
    RememberedColumns: lambda w: {"authority": w.bureau, "headings_digest": "d" * 64},
    FormerName: lambda w: {"institution": w.home, "name": "旧名", "used_until": LAST},
    ValidityPeriod: lambda w: {"institution": w.home, "document": "filing", "entered_by": w.clerk},
    Lapse: lambda w: {"institution": w.home, "document": "filing", "last_day": LAST},
    Survey: lambda w: {"institution": w.home, "edited_by": w.clerk},
    SurveyRound: lambda w: {"authority": w.bureau, "title": "摸底", "asked_by": w.reviewer, "due_on": LAST},
}


def twice(model: type[models.Model], **facts: Any) -> Callable[[World], object]:
    def write(world: World) -> None:
        world.add(model, **facts)
        world.add(model, **facts)

    return write


def once(model: type[models.Model], **facts: Any) -> Callable[[World], object]:
    """Write one row; a fact that is a function is asked of the world."""

    def write(world: World) -> object:
        return world.add(model, **{name: fact(world) if callable(fact) else fact for name, fact in facts.items()})

    return write


def clerk(world: World) -> User:
    return world.clerk


def reviewer(world: World) -> User:
    return world.reviewer


def rewritten(what: str, **changes: Any) -> Callable[[World], object]:
    """Change what the factories made: an institution of the world, or the profile of one."""

    def write(world: World) -> int:
        row = getattr(world, what.split(".")[0])
        row = row.profile if what.endswith(".profile") else row
        return int(type(row)._base_manager.filter(pk=row.pk).update(**changes))

    return write


def same_code(world: World) -> object:
    twin = factories.OpenElderCareFactory.create()
    return Institution.objects.filter(pk=twin.pk).update(uscc=world.home.uscc)


def second_profile(what: str) -> Callable[[World], object]:
    def write(world: World) -> object:
        profile = getattr(world, what).profile
        profile.pk = None
        return profile.save(force_insert=True)

    return write
