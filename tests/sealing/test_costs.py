"""A PIN of six digits is worth what each guess costs, so that is tried as the product has it."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from sealing.keys import sealed
from tests.sealing.costs import CHEAP, REAL
from tests.sealing.making import ANOTHER, PIN

MIB = 1024  # KiB
RECOMMENDED = {"memory_cost": 64 * MIB, "time_cost": 3, "parallelism": 4}  # RFC 9106, 4: the second choice
BOUND = "one certificate"


@pytest.fixture
def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture
def kept(key: ec.EllipticCurvePrivateKey, monkeypatch: pytest.MonkeyPatch) -> sealed.Sealed:
    monkeypatch.setattr(sealed, "COST", REAL)
    return sealed.seal(key, PIN, bound_to=BOUND)


def test_the_product_takes_what_is_recommended() -> None:
    assert all(REAL[what] >= least for what, least in RECOMMENDED.items())


def test_a_key_is_sealed_at_that_cost_and_opens(key: ec.EllipticCurvePrivateKey, kept: sealed.Sealed) -> None:
    assert kept.cost == REAL
    assert sealed.opened(kept, PIN, bound_to=BOUND).public_key() == key.public_key()
    with pytest.raises(sealed.WrongSecret):
        sealed.opened(kept, ANOTHER, bound_to=BOUND)


def test_what_a_row_says_buys_no_cheaper_guess(kept: sealed.Sealed) -> None:
    with pytest.raises(sealed.WrongSecret):
        sealed.opened(replace(kept, cost=CHEAP), PIN, bound_to=BOUND)
