"""A key in a token (PKCS#11, a real SoftHSM): attached by the operator, taken up by its holder with the token's PIN."""

import io
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_crl
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.log import history
from institutions.models import Institution
from sealing import ending, enrolling, tokens, watching
from sealing.authority import elsewhere, issuing
from sealing.checks import check_signing
from sealing.models import Certificate, Level, SigningIdentity, SigningKey
from sealing.pades import modules
from sealing.pades.modules import BUSY, LOCKED, NO_PIN, Place, TokenFault, WrongTokenPin, held_at, open_key, said_of
from sealing.unlocking import WrongPin, change_pin, unlock
from tests.sealing.making import PIN as PLATFORM_PIN
from tests.sealing.making import just_now, requested, set_up, signatory_of
from tests.sealing.searching import everything_in_the_database
from tests.sealing.test_enrolling import vouching
from tests.sealing.test_importing import NAME, Maker, root
from tests.sealing.test_licensed_lists import listed
from tests.softhsm import LABEL, PIN, generated, put_certificate, remade, softhsm
from verbs.errors import NotAllowed, Unacceptable, WrongState

pytestmark = pytest.mark.django_db
OURS, LICENSED, OTHER, ODD, REMADE = "01", "02", "03", "04", "05"


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with softhsm(tmp_path_factory.mktemp("softhsm")) as module:
        for key in (OURS, LICENSED, OTHER, REMADE):
            generated(module, key)
        generated(module, ODD, curve="secp384r1")
        yield module


@pytest.fixture
def module(made_once: str, settings: Any) -> str:
    settings.PKCS11_MODULES = made_once
    return made_once


@pytest.fixture
def signs(elder_care_institution: Institution) -> User:
    return signatory_of(elder_care_institution, NAME)


def confirmed(signs: User, house: Institution, by: User, level: Level = Level.AGREED) -> SigningIdentity:
    set_up()
    return enrolling.confirm(requested(signs, house, level), by=by)


@pytest.fixture
def row(signs: User, elder_care_institution: Institution, institution_administrator: User) -> SigningIdentity:
    return confirmed(signs, elder_care_institution, institution_administrator)


@pytest.fixture
def licensed(settings: Any, tmp_path: Path) -> Maker:
    made = root()
    (tmp_path / "roots.pem").write_bytes(made.certificate.public_bytes(Encoding.PEM))
    settings.LICENSED_ROOTS = str(tmp_path / "roots.pem")
    return made


@pytest.fixture
def licensed_row(
    licensed: Maker, signs: User, elder_care_institution: Institution, institution_administrator: User
) -> SigningIdentity:
    return confirmed(signs, elder_care_institution, institution_administrator, Level.LICENSED)


def place(module: str, key: str = OURS) -> Place:
    return Place(module, LABEL, key)


def public(module: str, key: str) -> ec.EllipticCurvePublicKey:
    found = held_at(place(module, key)).public
    assert isinstance(found, ec.EllipticCurvePublicKey)
    return found


def test_our_authority_certifies_the_key_and_its_holder_takes_it_up_with_the_token_s_pin(
    module: str, row: SigningIdentity, signs: User, client: Client
) -> None:
    said = io.StringIO()
    call_command("signing_token", "attach", row.pk, LABEL, OURS, stdout=said)
    call_command("signing_token", "list", stdout=said)
    assert f"{LABEL}  密钥 {OURS}" in said.getvalue()
    assert f"等待启用：{row.pk}  {NAME}" in said.getvalue()
    row.refresh_from_db()
    assert row.state == SigningIdentity.State.CONFIRMED, "attaching sets nothing in force"
    with pytest.raises(WrongState):
        unlock(row, PIN, by=signs, confirmed_at=just_now())
    client.force_login(signs)
    address = reverse("signing-activate", args=[row.pk])
    assert "密码设备的 PIN 码" in client.get(address).content.decode()
    refused = client.post(address, {"pin": "000000"})
    assert (refused.status_code, "这里还可以试 4 次" in refused.content.decode()) == (422, True)
    assert client.post(address, {"pin": PIN}).status_code == 302
    row.refresh_from_db()
    assert row.state == SigningIdentity.State.ACTIVE
    shown = "".join(client.get(reverse("signing-identity", args=[row.pk])).content.decode().split())
    assert f"密码设备（PKCS#11）：{LABEL}" in shown
    assert "修改签名密码" not in shown
    lies_there = public(module, OURS)
    with closing(unlock(row, PIN, by=signs, confirmed_at=just_now())) as unlocked:
        assert unlocked.certificate.public_key() == lies_there
        assert unlocked.hand.sign(bytes(32))
    assert PIN not in everything_in_the_database()
    events = [entry.event for entry in history(row.institution)]
    assert "signing_identity.token_attached" in events
    key = SigningKey.objects.get(certificate=row.certificate)
    assert (key.kind, bytes(key.sealed), key.wrong_pins) == ("token", b"", 0)


def test_a_licensed_certificate_is_taken_from_the_token_and_checked(
    module: str, licensed: Maker, licensed_row: SigningIdentity, signs: User
) -> None:
    own = licensed.issued(NAME, public(module, LICENSED))
    with pytest.raises(Unacceptable, match="没有这把密钥的证书"):
        tokens.attach(licensed_row, place(module, LICENSED))
    put_certificate(module, LICENSED, own.public_bytes(Encoding.DER))
    kept = tokens.attach(licensed_row, place(module, LICENSED))
    assert (kept.parsed, kept.is_ours) == (own, False)
    active = tokens.take_up(licensed_row, PIN, by=signs)
    assert active.state == SigningIdentity.State.ACTIVE


@pytest.mark.parametrize("how", ["its authority has revoked it", "its authority is recognised no more"])
def test_what_was_prepared_and_is_good_no_more_takes_nobody_s_place(
    how: str,
    module: str,
    licensed: Maker,
    licensed_row: SigningIdentity,
    signs: User,
    institution_administrator: User,
    settings: Any,
    tmp_path: Path,
) -> None:
    """Else the certificate that the person signs with would end for one that signs nothing."""
    before = tokens.attach(licensed_row, place(module), certificate=licensed.issued(NAME, public(module, OURS)))
    used = tokens.take_up(licensed_row, PIN, by=signs)
    asked = enrolling.ask_again(used, by=signs, is_forgotten=False)
    row = enrolling.confirm(asked, by=institution_administrator)
    own = licensed.issued(NAME, public(module, OTHER))
    tokens.attach(row, place(module, OTHER), certificate=own)
    if how == "its authority has revoked it":
        (tmp_path / "list.crl").write_bytes(listed(licensed, own))
        settings.LICENSED_LISTS = str(tmp_path / "list.crl")
        assert elsewhere.fetch() == []
    else:
        Path(settings.LICENSED_ROOTS).write_bytes(root("另一家机构").certificate.public_bytes(Encoding.PEM))
    with pytest.raises(WrongState, match="签发机构已吊销" if "revoked" in how else "不再是本平台认可的"):
        tokens.take_up(row, PIN, by=signs)
    row.refresh_from_db()
    used.refresh_from_db()
    before.refresh_from_db()
    assert (row.state, used.state, before.revoked_at) == (
        SigningIdentity.State.CONFIRMED,
        SigningIdentity.State.ACTIVE,
        None,
    )


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("another key's", "不是一对"),
        ("a self-made authority's", "认可的持证"),
        ("another person's", "不能确认是您的"),
        ("expired", "到期"),
        ("for encryption", "不是签名证书"),
    ],
)
def test_a_certificate_that_will_not_do_is_refused_and_nothing_is_kept(
    case: str, said: str, module: str, licensed: Maker, licensed_row: SigningIdentity
) -> None:
    key = public(module, OTHER)
    made = {
        "another key's": lambda: licensed.issued(NAME, public(module, OURS)),
        "a self-made authority's": lambda: root("自己建的机构").issued(NAME, key),
        "another person's": lambda: licensed.issued("别人", key),
        "expired": lambda: licensed.issued(NAME, key, until=-timedelta(days=1)),
        "for encryption": lambda: licensed.issued(NAME, key, signs=False),
    }[case]()
    with pytest.raises(Unacceptable, match=said):
        tokens.attach(licensed_row, place(module, OTHER), certificate=made)
    assert not Certificate.objects.exists()


def test_what_is_attached_waits_for_its_holder_and_for_no_other_way(
    module: str, row: SigningIdentity, signs: User, institution_administrator: User, settings: Any
) -> None:
    with pytest.raises(Unacceptable, match="P-256"):
        tokens.attach(row, place(module, ODD))
    with pytest.raises(WrongState, match="没有登记"):
        tokens.take_up(row, PIN, by=signs)
    tokens.attach(row, place(module))
    with pytest.raises(WrongState, match="已经登记"):
        tokens.attach(row, place(module))
    with pytest.raises(WrongState, match="在密码设备里"):
        enrolling.activate(row, PLATFORM_PIN, by=signs)
    with pytest.raises(NotAllowed):
        tokens.take_up(row, PIN, by=institution_administrator)
    settings.PKCS11_MODULES = "/usr/lib/another.so"
    with pytest.raises(CommandError, match="PKCS11_MODULES"):
        call_command("signing_token", "attach", row.pk, LABEL, OURS, module=module)


def test_rubbish_in_a_token_keeps_nobody_from_their_key(
    module: str, licensed: Maker, licensed_row: SigningIdentity
) -> None:
    put_certificate(module, OTHER, b"no certificate")
    own = licensed.issued(NAME, public(module, OTHER))
    assert tokens.attach(licensed_row, place(module, OTHER), certificate=own).parsed == own


def taken_up(module: str, row: SigningIdentity, signs: User) -> SigningIdentity:
    """In the test itself: wrong PINs are counted in transactions of their own, which no fixture's allows."""
    tokens.attach(row, place(module))
    return tokens.take_up(row, PIN, by=signs)


def test_one_key_is_not_given_to_two_people(
    module: str, row: SigningIdentity, elder_care_institution: Institution, institution_administrator: User
) -> None:
    other = confirmed(signatory_of(elder_care_institution), elder_care_institution, institution_administrator)
    tokens.attach(row, place(module))
    with pytest.raises(Unacceptable, match="已经登记给另一个人"):
        tokens.attach(other, place(module))


def test_what_ends_is_revoked_because_its_key_cannot_be_forgotten(
    module: str, row: SigningIdentity, signs: User
) -> None:
    kept = tokens.attach(row, place(module))
    ending.end(tokens.take_up(row, PIN, by=signs), reason="授权委托书已到期")
    kept.refresh_from_db()
    assert kept.revocation == Certificate.Reason.CESSATION


STOPS: dict[str, Callable[[SigningIdentity, User], object]] = {
    "withdrawn": lambda row, by: enrolling.withdraw(row, by=row.person),
    "refused": lambda row, by: enrolling.refuse(row, by=by, reason="不再签约"),
    "no signatory any more": lambda row, by: row.person.memberships.all().delete(),
}


@pytest.mark.parametrize("what", STOPS)
def test_a_request_that_ends_takes_its_certificate_in_the_token_with_it(
    what: str, module: str, row: SigningIdentity, civil_affairs_officer: User
) -> None:
    """Whoever has the token signs with it elsewhere, and the list of our authority says that it is no good."""
    kept = tokens.attach(row, place(module))
    if what == "refused":
        vouching(row.institution.region)  # the scheme comes later, and the bureau says no
    STOPS[what](row, civil_affairs_officer)
    watching.watch()
    row.refresh_from_db()
    kept.refresh_from_db()
    assert row.ended_at is not None
    assert kept.revocation == Certificate.Reason.CESSATION
    newest = issuing.newest_list()
    assert newest is not None
    listed = load_der_x509_crl(bytes(newest.content))
    assert listed.get_revoked_certificate_by_serial_number(int(kept.serial, 16)) is not None


def test_a_request_without_a_certificate_ends_with_the_duty_too(
    signs: User, elder_care_institution: Institution
) -> None:
    """Else a duty that is given again years later finds it confirmed."""
    row = requested(signs, elder_care_institution)
    watching.watch()
    row.refresh_from_db()
    assert row.state == SigningIdentity.State.REQUESTED
    signs.memberships.all().delete()
    watching.watch()
    row.refresh_from_db()
    assert (row.state, row.reason) == (SigningIdentity.State.ENDED, watching.NOT_SIGNATORY)


def test_a_right_pin_costs_nothing_whatever_fails_after_it(
    module: str, row: SigningIdentity, signs: User, tmp_path: Path
) -> None:
    """The key was made anew in the token under its identifier, so that the certificate is another key's."""
    kept = tokens.attach(row, place(module, REMADE))
    remade(module, REMADE)
    for _ in range(6):
        with pytest.raises(WrongState, match="不是一对"):
            tokens.take_up(row, PIN, by=signs)
    assert SigningKey.objects.get(certificate=kept).wrong_pins == 0
    with pytest.raises(WrongPin, match="还可以试 4 次"):
        tokens.take_up(row, "000000", by=signs)


def test_five_wrong_pins_lock_here_whatever_the_token_does(module: str, row: SigningIdentity, signs: User) -> None:
    active = taken_up(module, row, signs)
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(WrongPin) as refusal:
            unlock(active, "000000", by=signs, confirmed_at=just_now())
        assert refusal.value.left == left
    active.refresh_from_db()
    assert active.state == SigningIdentity.State.LOCKED
    with pytest.raises(WrongState, match="已锁定"):
        unlock(active, PIN, by=signs, confirmed_at=just_now())


def test_a_token_that_is_away_costs_no_attempt_and_leaves_nobody_waiting(
    module: str, row: SigningIdentity, signs: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The module is there, and no token behind it."""
    active = taken_up(module, row, signs)
    empty = tmp_path / "softhsm2.conf"
    empty.write_text(f"directories.tokendir = {tmp_path}\n", encoding="utf-8")
    with monkeypatch.context() as context:
        context.setenv("SOFTHSM2_CONF", str(empty))
        for _ in range(6):
            with pytest.raises(Unacceptable, match="连不上"):
                unlock(active, PIN, by=signs, confirmed_at=just_now())
    assert SigningKey.objects.get(certificate__identity=active).wrong_pins == 0
    unlock(active, PIN, by=signs, confirmed_at=just_now()).close()


@pytest.mark.parametrize("where", [{"key": "99"}, {"label": "没有"}, {"module": "/usr/lib/gone.so"}])
def test_a_key_a_token_and_a_module_that_are_not_there(where: dict[str, str], module: str) -> None:
    with pytest.raises(TokenFault, match="找不到您的密钥"):
        open_key(replace(place(module), **where), PIN)
    open_key(place(module), PIN).close()


def test_while_a_session_stands_no_pin_is_taken_unseen(
    module: str, row: SigningIdentity, signs: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A login counts for a whole process: a second PIN would not be looked at."""
    active = taken_up(module, row, signs)
    monkeypatch.setattr(modules, "PATIENCE", 0.0)
    with closing(unlock(active, PIN, by=signs, confirmed_at=just_now())) as unlocked:
        with pytest.raises(Unacceptable, match="正在处理"):
            unlock(active, "000000", by=signs, confirmed_at=just_now())
        assert unlocked.hand.sign(bytes(32))
    with pytest.raises(WrongPin):
        unlock(active, "000000", by=signs, confirmed_at=just_now())


def test_a_module_that_is_not_there_is_told_at_the_start(settings: Any) -> None:
    settings.PKCS11_MODULES = "/usr/lib/gone.so"
    assert "sealing.W007" in {each.id for each in check_signing(None)}


def test_the_token_s_own_pin_is_not_changed_here(module: str, row: SigningIdentity, signs: User) -> None:
    active = taken_up(module, row, signs)
    with pytest.raises(WrongState, match="密码设备"):
        change_pin(active, PIN, "850273", by=signs, confirmed_at=just_now())


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (pkcs11.PinLocked(), LOCKED),
        (pkcs11.UserPinNotInitialized(), NO_PIN),
        (pkcs11.PinExpired(), NO_PIN),
        (pkcs11.UserAlreadyLoggedIn(), BUSY),
        (pkcs11.DeviceRemoved(), modules.AWAY),
        (RuntimeError("cannot open shared object file"), modules.AWAY),
    ],
)
def test_what_a_token_says_is_told_in_plain_words(fault: Exception, said: str) -> None:
    """SoftHSM never locks itself, so the words for it are tried alone."""
    assert str(said_of(fault)) == said
    assert not isinstance(said_of(fault), WrongTokenPin)
