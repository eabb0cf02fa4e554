"""Tokens behind a module of PKCS#11 on this server: what lies open in them, and a key that their PIN opens.

A login counts for a whole process: while one stands, a module looks at no second PIN. So a process has one session at a
time with each module, and begins it anew, which also finds what was plugged in since and ends what a refused PIN left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import pkcs11
from asn1crypto import keys
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.views.decorators.debug import sensitive_variables
from pkcs11.util.ec import encode_ec_public_key
from pkcs11.util.rsa import encode_rsa_public_key

from sealing.pades.hands import KeyOnToken

PATIENCE = 5.0  # seconds for another session of this process to end
AWAY = "密码设备现在连不上，或者里面找不到您的密钥。请联系保管设备的人员检查，恢复以后再签。"
BUSY = "密码设备正在处理另一个人的签名，请过一会儿再试。"
LOCKED = "密码设备因为 PIN 码输错次数太多，已经把自己锁住，平台不能解开。请联系保管设备的人员用管理 PIN 码解锁。"
NO_PIN = "密码设备还没有设置 PIN 码，或者 PIN 码已过期。请联系保管设备的人员设置。"
ENCODERS = {pkcs11.KeyType.EC: encode_ec_public_key, pkcs11.KeyType.RSA: encode_rsa_public_key}

PublicKey = EllipticCurvePublicKey | RSAPublicKey
_turns: dict[str, Lock] = {}


class TokenFault(Exception):
    """A token cannot be used now. The message says why, in Chinese, for whoever signs."""


class WrongTokenPin(TokenFault):
    """The token did not take the PIN; it counts by itself as well."""


@dataclass(frozen=True)
class Place:
    """The module of PKCS#11 on this machine, the token's label, and the key's identifier in hexadecimal."""

    module: str
    label: str
    key: str


@dataclass(frozen=True)
class Held:
    """A key of a token as it can be read without a PIN. `certificates` are all that lie in the token."""

    place: Place
    public: PublicKey | None  # None for a kind that is not known here
    certificates: tuple[x509.Certificate, ...]

    @property
    def certificate(self) -> x509.Certificate | None:
        """The one in the token that is of this key."""
        return next((each for each in self.certificates if each.public_key() == self.public), None)


@dataclass
class OpenToken:
    """A key in a session that the PIN has opened. Close it: nobody else gets to the token before."""

    key: KeyOnToken
    _session: pkcs11.Session = field(repr=False)
    _turn: Lock = field(repr=False)
    _is_closed: bool = False

    def close(self) -> None:
        """End the session, and with it the login. Safe to say twice."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            with suppress(pkcs11.PKCS11Error):  # the token was taken out: there is no session any more
                self._session.close()
        finally:
            self._turn.release()


def said_of(fault: Exception) -> TokenFault:
    """Return what a module's fault is to whoever signs."""
    match fault:
        case pkcs11.PinIncorrect() | pkcs11.PinInvalid() | pkcs11.PinLenRange():
            return WrongTokenPin("密码设备的 PIN 码不对。")
        case pkcs11.PinLocked():
            return TokenFault(LOCKED)
        case pkcs11.UserPinNotInitialized() | pkcs11.PinExpired():
            return TokenFault(NO_PIN)
        case pkcs11.UserAlreadyLoggedIn() | pkcs11.AnotherUserAlreadyLoggedIn() | pkcs11.SessionCount():
            return TokenFault(BUSY)
    return TokenFault(AWAY)


@sensitive_variables()
def open_key(place: Place, pin: str) -> OpenToken:
    """Open a token by its PIN, which goes to the module and nowhere else. Raises WrongTokenPin, TokenFault."""
    turn = _turn_at(place.module)
    try:
        session = _module(place.module).get_token(token_label=place.label).open(user_pin=pin)
        try:
            key: Any = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, id=bytes.fromhex(place.key))
        except BaseException:
            session.close()
            raise
    # A module that cannot be loaded, and the library itself, raise RuntimeError.
    except (pkcs11.PKCS11Error, RuntimeError, OSError, ValueError) as fault:
        turn.release()
        raise said_of(fault) from None  # its own words may hold what was asked
    except BaseException:
        turn.release()
        raise
    return OpenToken(key, session, turn)


def held(module: str) -> list[Held]:
    """Return the keys in every token of a module, as far as they lie open. Raises TokenFault."""
    with _in_turn(module):
        try:
            tokens = [slot.get_token() for slot in _module(module).get_slots(token_present=True)]
            return [each for token in tokens if token.label for each in _of(module, token)]
        except (pkcs11.PKCS11Error, RuntimeError, OSError) as fault:
            raise said_of(fault) from fault


def held_at(place: Place) -> Held:
    """Return one key as it lies open. Raises TokenFault where it is not there."""
    found = next((each for each in held(place.module) if each.place == place), None)
    if found is None:
        raise TokenFault(AWAY)
    return found


def _of(module: str, token: pkcs11.Token) -> Iterator[Held]:
    with token.open() as session:
        named = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE}
        lying = [bytes(each[pkcs11.Attribute.VALUE]) for each in session.get_objects(named)]
        certificates = tuple(_readable(lying))
        for each in session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PUBLIC_KEY}):
            place = Place(module, token.label, bytes(each[pkcs11.Attribute.ID]).hex())
            yield Held(place, _public(each), certificates)


def _readable(lying: Iterable[bytes]) -> Iterator[x509.Certificate]:
    """Yield the certificates that can be read: what else lies in a token keeps nobody from the keys beside it."""
    for each in lying:
        with suppress(ValueError):
            yield x509.load_der_x509_certificate(each)


def _public(key: Any) -> PublicKey | None:
    encoder = ENCODERS.get(key[pkcs11.Attribute.KEY_TYPE])
    if encoder is None:
        return None
    der = encoder(key)
    if key[pkcs11.Attribute.KEY_TYPE] == pkcs11.KeyType.RSA:  # PKCS#1 there, the whole of it here
        der = keys.PublicKeyInfo.wrap(der, "rsa").dump()
    try:
        public = load_der_public_key(der)
    except ValueError:  # a curve that is not known here
        return None
    is_p256 = isinstance(public, EllipticCurvePublicKey) and isinstance(public.curve, SECP256R1)
    return public if is_p256 or isinstance(public, RSAPublicKey) else None  # type: ignore[return-value]  # as asked


def _module(path: str) -> Any:
    module = pkcs11.lib(path)
    module.reinitialize()
    return module


@contextmanager
def _in_turn(module: str) -> Iterator[None]:
    turn = _turn_at(module)
    try:
        yield
    finally:
        turn.release()


def _turn_at(module: str) -> Lock:
    """Return the lock of a module, held. Raises TokenFault."""
    turn = _turns.setdefault(module, Lock())
    if not turn.acquire(timeout=PATIENCE):
        raise TokenFault(BUSY)
    return turn
