"""A real token of PKCS#11, made by SoftHSM in a folder of its own."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from pkcs11 import KeyType
from pkcs11.util.ec import encode_named_curve_parameters

LIBRARIES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
LABEL, PIN = "签章", "Token-Pin-417305"


@contextmanager
def softhsm(folder: Path) -> Iterator[str]:
    """Make a token there, and yield the module that leads to it."""
    library = next((each for each in LIBRARIES if Path(each).exists()), None)
    if library is None or shutil.which("softhsm2-util") is None:
        pytest.skip("SoftHSM is not installed: ./script/setup says how")
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder}\nobjectstore.backend = file\n", encoding="utf-8")
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    make = ["softhsm2-util", "--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", PIN]
    subprocess.run(make, check=True, capture_output=True)
    pkcs11.lib(library).reinitialize()
    yield library
    del os.environ["SOFTHSM2_CONF"]


def generated(module: str, key: str, *, curve: str = "secp256r1") -> None:
    """Generate a key in the token, by its identifier; it never leaves it."""
    with pkcs11.lib(module).get_token(token_label=LABEL).open(rw=True, user_pin=PIN) as session:
        parameters = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(curve)}
        made: Any = session.create_domain_parameters(KeyType.EC, parameters, local=True)
        made.generate_keypair(id=bytes.fromhex(key), store=True)


def put_certificate(module: str, key: str, der: bytes) -> None:
    """Lay a certificate into the token, beside its key."""
    with pkcs11.lib(module).get_token(token_label=LABEL).open(rw=True, user_pin=PIN) as session:
        session.create_object(
            {
                pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                pkcs11.Attribute.ID: bytes.fromhex(key),
                pkcs11.Attribute.SUBJECT: b"0\x00",
                pkcs11.Attribute.VALUE: der,
                pkcs11.Attribute.TOKEN: True,
            }
        )


def remade(module: str, key: str) -> None:
    """Take a key out of the token and generate another under its identifier."""
    with pkcs11.lib(module).get_token(token_label=LABEL).open(rw=True, user_pin=PIN) as session:
        for each in list(session.get_objects({pkcs11.Attribute.ID: bytes.fromhex(key)})):
            each.destroy()
    generated(module, key)
