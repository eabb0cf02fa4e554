"""What the database itself refuses of identities, certificates, keys and seals: a failing write for each rule."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from accounts.models import User
from institutions.models import Duty, Institution
from sealing import ending, seals
from sealing.models import Certificate, RevocationList, Seal, SealAuthorisation, SealUse, SigningIdentity, SigningKey
from tests import factories
from tests.sealing.making import active, in_use, signatory_of

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate()


class World:
    """A signatory with a certificate, and a seal that somebody else may use."""

    def __init__(self, house: Institution, administrator: User, clerk: User) -> None:
        self.house, self.administrator, self.clerk = house, administrator, clerk
        self.signs = signatory_of(house)
        self.identity = active(self.signs, house, administrator)
        found = self.identity.certificate
        assert found is not None
        self.certificate = found
        second = factories.MembershipFactory.create(institution=house, duty=Duty.ADMINISTRATOR).user
        self.seal = in_use(house, clerk, administrator, second)
        scope = seals.Scope(TODAY, TODAY)
        self.authorisation = seals.authorise(self.seal, self.signs, scope, by=clerk)

    def identity_row(self, **facts: Any) -> SigningIdentity:
        other = factories.UserFactory.create()
        row = {"institution": self.house, "person": other, "level": "demo", "is_legal_representative": True}
        return SigningIdentity.objects.create(**{**row, **facts})

    def certificate_row(self, **facts: Any) -> Certificate:
        row = {"identity": self.identity, "serial": "AB", "issuer": "CN=1", "subject": "CN=2", "is_ours": False}
        row |= {"pem": "", "chain": "", "not_before": NOW, "not_after": NOW + timedelta(days=1)}
        return Certificate.objects.create(**{**row, **facts})

    def key_row(self, **facts: Any) -> SigningKey:
        return SigningKey.objects.create(certificate=self.certificate_row(), **facts)

    def seal_row(self, **facts: Any) -> Seal:
        row = {"institution": self.house, "kind": "official", "number": "9", "picture": self.seal.picture}
        row |= {"keeper": self.clerk, "registered_by": self.administrator}
        return Seal.objects.create(**{**row, **facts})

    def authorisation_row(self, **facts: Any) -> SealAuthorisation:
        row = {"seal": self.seal, "person": self.signs, "starts_on": TODAY, "ends_on": TODAY, "given_by": self.clerk}
        return SealAuthorisation.objects.create(**{**row, **facts})

    def list_row(self, **facts: Any) -> RevocationList:
        row = {"number": 99, "made_at": NOW, "next_update": NOW + timedelta(days=1), "content": b""}
        return RevocationList.objects.create(**{**row, **facts})


@pytest.fixture
def world(elder_care_institution: Institution, institution_administrator: User, elder_care_clerk: User) -> World:
    return World(elder_care_institution, institution_administrator, elder_care_clerk)


WELCOME: list[Callable[[World], object]] = [
    lambda w: w.identity_row(),
    lambda w: w.identity_row(state="ended", ended_at=NOW, reason="撤回"),
    lambda w: w.certificate_row(revoked_at=NOW, revocation="superseded"),
    lambda w: w.key_row(),
    lambda w: w.key_row(kind="token", token_module="m.so", token_label="签约"),
    lambda w: w.seal_row(),
    lambda w: w.authorisation_row(),
    lambda w: w.list_row(),
]
RULES: list[tuple[str, Callable[[World], object]]] = [
    ("one_signing_identity_on_the_way", lambda w: [w.identity_row(person=w.signs) for _ in range(2)]),
    (
        "one_signing_identity_with_a_key",
        lambda w: w.identity_row(
            person=w.signs,
            level="agreed",
            state="active",
            confirmed_at=NOW,
            activated_at=NOW,
            consent_text="约定",
            consent_version="1",
            consented_at=NOW,
        ),
    ),
    ("signing_identity_by_law_or_by_mandate", lambda w: w.identity_row(is_legal_representative=False)),
    ("signing_identity_by_law_or_by_mandate", lambda w: w.identity_row(mandate_until=TODAY)),
    ("signing_identity_is_confirmed_by_others", lambda w: w.identity_row(person=w.signs, confirmed_by=w.signs)),
    ("signing_identity_is_confirmed_by_others", lambda w: w.identity_row(person=w.signs, vouched_by=w.signs)),
    (
        "signing_identity_is_vouched_by_a_third",
        lambda w: w.identity_row(confirmed_by=w.administrator, vouched_by=w.administrator),
    ),
    ("signing_identity_confirmed_before_it_goes_on", lambda w: w.identity_row(state="confirmed")),
    ("signing_identity_agreed_with_consent", lambda w: w.identity_row(level="agreed", confirmed_at=NOW)),
    ("signing_identity_ended_with_when_and_why", lambda w: w.identity_row(state="ended", ended_at=NOW)),
    ("signing_identity_ended_with_when_and_why", lambda w: w.identity_row(reason="撤回")),
    ("signing_identity_activated_with_when", lambda w: w.identity_row(state="active", confirmed_at=NOW)),
    ("one_certificate_of_a_serial", lambda w: [w.certificate_row() for _ in range(2)]),
    ("certificate_ends_after_start", lambda w: w.certificate_row(not_after=NOW)),
    ("certificate_revoked_with_when_and_why", lambda w: w.certificate_row(revoked_at=NOW)),
    ("certificate_revoked_with_when_and_why", lambda w: w.certificate_row(revocation="superseded")),
    ("signing_key_lies_here_or_in_a_token", lambda w: w.key_row(token_module="m.so")),
    ("signing_key_lies_here_or_in_a_token", lambda w: w.key_row(kind="token")),
    ("signing_key_locks_after_five_wrong_pins", lambda w: w.key_row(wrong_pins=6)),
    ("sealing_signingkey_certificate_id_key", lambda w: SigningKey.objects.create(certificate=w.certificate)),
    ("revocation_list_is_replaced_after_it_was_made", lambda w: w.list_row(next_update=NOW)),
    ("sealing_revocationlist_number_key", lambda w: [w.list_row() for _ in range(2)]),
    ("one_seal_of_a_number", lambda w: w.seal_row(number=w.seal.number)),
    (
        "seal_is_confirmed_by_another",
        lambda w: w.seal_row(state="in_use", confirmed_at=NOW, confirmed_by=w.administrator),
    ),
    ("seal_confirmed_exactly_when_it_is", lambda w: w.seal_row(state="in_use")),
    ("seal_confirmed_exactly_when_it_is", lambda w: w.seal_row(confirmed_at=NOW)),
    ("seal_stopped_with_a_reason", lambda w: w.seal_row(state="refused")),
    ("seal_authorisation_ends_after_start", lambda w: w.authorisation_row(ends_on=TODAY - timedelta(days=1))),
    ("seal_authorisation_is_given_by_another", lambda w: w.authorisation_row(given_by=w.signs)),
    ("seal_authorisation_ended_when_and_why", lambda w: w.authorisation_row(revoked_at=NOW)),
    ("seal_use_says_on_what", lambda w: SealUse.objects.create(seal=w.seal, person=w.clerk, about="", at=NOW)),
]


@pytest.mark.parametrize("write", WELCOME, ids=map(str, range(len(WELCOME))))
def test_the_rows_that_the_refused_ones_differ_from_are_welcome(write: Callable[[World], object], world: World) -> None:
    assert write(world)


def test_refused(world: World, subtests: pytest.Subtests) -> None:
    for name, write in RULES:
        with (
            subtests.test(name),
            pytest.raises(IntegrityError, match=f'"{name}"'),
            transaction.atomic(),
        ):
            write(world)


def test_what_was_written_once_is_not_written_over(world: World, subtests: pytest.Subtests) -> None:
    ended = ending.end(world.identity_row(confirmed_at=NOW), reason="撤回")
    changes: list[tuple[Any, dict[str, Any]]] = [
        (world.certificate, {"subject": "CN=别人"}),
        (world.certificate, {"not_after": NOW + timedelta(days=9999)}),
        (world.certificate_row(revoked_at=NOW, revocation="superseded"), {"revoked_at": None, "revocation": ""}),
        (world.identity, {"person": world.clerk}),
        (world.identity, {"level": "licensed"}),
        (world.identity, {"confirmed_by": world.clerk}),
        (world.identity, {"consent_text": "别的约定"}),
        (world.identity, {"activated_at": NOW}),
        (ended, {"state": "active", "ended_at": None, "reason": ""}),
        (world.certificate.key, {"certificate": world.certificate_row(serial="AC")}),
        (world.certificate.key, {"kind": "token", "sealed": b"", "salt": b"", "nonce": b""}),
        (SigningKey.objects.create(certificate=world.certificate_row(serial="AD")), {"sealed": b"1"}),
        (world.seal, {"number": "10"}),
        (world.seal, {"registered_by": world.clerk}),
        (world.seal, {"confirmed_by": world.clerk}),
        (world.authorisation, {"ends_on": TODAY + timedelta(days=9)}),
        (world.authorisation, {"person": world.clerk}),
    ]
    for row, change in changes:
        with (
            subtests.test(f"{type(row).__name__} {[*change]}"),
            pytest.raises(IntegrityError, match="written once"),
            transaction.atomic(),
        ):
            type(row)._base_manager.filter(pk=row.pk).update(**change)


TABLES = [model._meta.db_table for model in apps.get_app_config("sealing").get_models()]


def test_the_application_deletes_nothing(world: World, subtests: pytest.Subtests) -> None:
    for table in TABLES:
        with (
            subtests.test(table),
            pytest.raises(ProgrammingError, match="permission denied"),
            connection.cursor() as cursor,
            transaction.atomic(),
        ):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 -- names of our own tables


def test_every_rule_is_listed() -> None:
    declared = {rule.name for model in apps.get_app_config("sealing").get_models() for rule in model._meta.constraints}
    assert declared - {name for name, _ in RULES} == set()
