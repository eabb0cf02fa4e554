from sealing.models.certificate import Certificate, RevocationList, SigningKey
from sealing.models.identity import Level, SigningIdentity
from sealing.models.seal import Seal, SealAuthorisation, SealUse

__all__ = [
    "Certificate",
    "Level",
    "RevocationList",
    "Seal",
    "SealAuthorisation",
    "SealUse",
    "SigningIdentity",
    "SigningKey",
]
