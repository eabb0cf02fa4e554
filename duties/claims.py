"""What an applicant without an account keeps of their application, and opens their invitation with.

Their browser's secret makes a code that they can write down; number and code make the secret of the link. We keep the
digest of that alone, so nobody else can make the link: not whoever decides, nor whoever reads the database.
"""

from __future__ import annotations

from django.utils.crypto import salted_hmac
from django.views.decorators.debug import sensitive_variables

from accounts.second_factor import ALPHABET, CODE_LENGTH, grouped
from duties.inviting import digest_of, find, obstacle
from duties.models import AdministratorRequest


@sensitive_variables()
def code_for(browser: str) -> str:
    """Return the code of whoever's browser keeps this secret."""
    return code_made_of("duties.claim.code", browser)


@sensitive_variables()
def code_made_of(salt: str, secret: str) -> str:
    """Return what a secret makes with the key of this installation: twelve letters in groups, about 59 bits."""
    left = int.from_bytes(salted_hmac(salt, secret, algorithm="sha256").digest())
    letters = []
    for _ in range(CODE_LENGTH):
        left, place = divmod(left, len(ALPHABET))
        letters.append(ALPHABET[place])
    return grouped("".join(letters))


@sensitive_variables()
def digest_for(number: str, code: str) -> str:
    """Return what is kept of the secret that number and code make; "" without a code."""
    return digest_of(secret_for(number, code)) if code else ""


@sensitive_variables()
def secret_for(number: str, code: str) -> str:
    """Return the secret of the applicant's link, however the code was copied."""
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return salted_hmac("duties.claim", f"{number}:{letters}", algorithm="sha256").hexdigest()


@sensitive_variables()
def fits(asked: AdministratorRequest, code: str) -> bool:
    """Return whether this is the code of the application."""
    return bool(code) and asked.claim == digest_for(asked.number, code)


@sensitive_variables()
def opened_by(asked: AdministratorRequest, code: str) -> str:
    """Return the secret of the applicant's link while it leads to an invitation that can be accepted; else ""."""
    secret = secret_for(asked.number, code)
    invitation = find(secret) if fits(asked, code) else None
    return "" if invitation is None or obstacle(invitation, None) else secret
