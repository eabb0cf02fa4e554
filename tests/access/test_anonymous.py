"""Anonymous is opt-in: every address sends a stranger to sign-in, except those named here."""

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from boundary.paths import KeyConverter
from tests.access.addresses import ALL

OPEN_TO_ALL = {
    "sign-in",
    "health",
    "accessibility",
    "verify-page",
    "verify-file",
    "signing-authority",
    "authority-certificate",
    "revocation-list",
    "identity-sign-in",
    "identity-return",
}
OPEN_TO_ALL |= {"invitation", "administrator-find", "administrator-ask", "administrator-asked"}
OPEN_TO_ALL |= {"administrator-letter"}
# The second step of signing in: who did not take the first begins there, and comes from no page.
SECOND_STEP = {"sign-in-code", "sign-in-enrol", "sign-in-finish"}


def address(pattern: URLPattern) -> str:
    assert pattern.name, f"{pattern.pattern} has no name"
    converters = pattern.pattern.converters
    return reverse(pattern.name, kwargs={k: 1 if isinstance(c, KeyConverter) else "x" for k, c in converters.items()})


def test_the_walk_finds_the_house() -> None:
    assert {"home", "agreement-detail", "institution-list", "sign-out"} <= {pattern.name for pattern in ALL}


@pytest.mark.django_db
@pytest.mark.parametrize("pattern", ALL, ids=lambda pattern: str(pattern.name))
@pytest.mark.parametrize("method", ["get", "post"])
def test_anonymous_is_sent_to_sign_in(client: Client, pattern: URLPattern, method: str) -> None:
    url = address(pattern)
    response = getattr(client, method)(url)
    if pattern.name in OPEN_TO_ALL:
        assert not response.get("Location", "").startswith(reverse("sign-in"))
    elif pattern.name in SECOND_STEP:
        assert response.status_code == 405 or response["Location"] == f"{reverse('sign-in')}?ended=late"
    else:
        assert response.status_code == 302
        assert response["Location"] == f"{reverse('sign-in')}?next={url}"
