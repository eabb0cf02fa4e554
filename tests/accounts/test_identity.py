"""Signing in by a government identity provider: a real one, in a process of its own (see identity_provider.py)."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
import requests
import time_machine
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from mozilla_django_oidc.utils import generate_code_challenge
from pytest_django import Settings

from accounts.events import IdentityLinked, IdentityUnlinked, SignInFailed
from accounts.identities import STATES, UNFIT_ANSWERS, IdentityRefused, Provider
from accounts.models import ExternalIdentity, User
from accounts.second_factor import current_code
from audit.models import Entry
from tests.accounts.test_second_factor import is_in
from tests.factories import with_device

pytestmark = pytest.mark.django_db
RETURN = "http://testserver/sign-in/identity/return/"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a provider that serves during these tests."""
    folder = str(tmp_path_factory.mktemp("provider"))
    command = [sys.executable, "-m", "tests.accounts.identity_provider", folder, RETURN]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        port = process.stdout.readline().strip()
        yield f"http://127.0.0.1:{port}/o"
        process.terminate()


@pytest.fixture(autouse=True)
def configured(provider: str, settings: Settings) -> None:
    settings.OIDC_ISSUER, settings.OIDC_NAME = provider, "浙政钉"
    settings.OIDC_OP_AUTHORIZATION_ENDPOINT = f"{provider}/authorize/"
    settings.OIDC_OP_TOKEN_ENDPOINT = f"{provider}/token/"
    settings.OIDC_OP_JWKS_ENDPOINT = f"{provider}/.well-known/jwks.json"
    settings.OIDC_RP_CLIENT_ID, settings.OIDC_RP_CLIENT_SECRET = "yiyang", "secret"


def answer_for(asked: str, person: str) -> str:
    """Go to the provider as its person and return the address it sends the browser back to."""
    answer = requests.get(asked, headers={"X-Person": person}, allow_redirects=False, timeout=10)
    assert answer.headers["Location"].startswith(RETURN), answer.text
    return answer.headers["Location"].removeprefix("http://testserver")


def walk(client: Client, person: str, **more: str) -> str:
    """Walk from the button to where our own site leads; "" where it refuses."""
    asked = client.get(f"{reverse('identity-sign-in')}?{urlencode(more)}")["Location"]
    answer = client.get(answer_for(asked, person))
    return answer["Location"] if answer.status_code == 302 else ""


def link(user: User, person: str) -> Client:
    client = Client()
    client.force_login(user)
    assert "前往浙政钉" in client.post(reverse("identity-link")).content.decode()
    assert walk(client, person) == reverse("account")
    return client


def test_the_request_has_state_nonce_and_challenge(client: Client) -> None:
    assert "用浙政钉登录" in client.get(reverse("sign-in")).content.decode()
    asked = parse_qs(urlsplit(client.get(reverse("identity-sign-in"))["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= set(asked)
    assert (asked["scope"], asked["redirect_uri"]) == (["openid"], [RETURN])


def test_a_linked_identity_signs_its_holder_in(client: Client, elder_care_clerk: User, colleague: User) -> None:
    assert walk(client, "wu") == ""
    assert not is_in(client)
    link(elder_care_clerk, "wu")
    assert walk(client, "wu", next=reverse("inbox")) == reverse("inbox")
    assert client.get(reverse("account")).context["user"] == elder_care_clerk
    assert walk(Client(), "somebody-else") == ""
    page = client.get(reverse("account")).content.decode()
    assert "解除绑定" in page
    taken = Client()
    taken.force_login(colleague)
    taken.post(reverse("identity-link"))
    asked = taken.get(reverse("identity-sign-in"))["Location"]
    assert taken.get(answer_for(asked, "wu")).status_code == 409
    client.post(reverse("identity-unlink"))
    assert walk(Client(), "wu") == ""
    assert User.objects.count() == 2
    known = [IdentityLinked.code, IdentityUnlinked.code]
    assert list(Entry.objects.filter(event__in=known).order_by("id").values_list("event", flat=True)) == known


def test_an_unknown_identity_reads_what_to_do_and_becomes_no_account(client: Client, elder_care_clerk: User) -> None:
    asked = client.get(reverse("identity-sign-in"))["Location"]
    page = client.get(answer_for(asked, "clerk"))
    assert page.status_code == 403
    assert "还没有与本系统的账号绑定" in page.content.decode()
    assert User.objects.count() == 1
    assert Entry.objects.get(event=SignInFailed.code).data == {"reason": "unknown identity"}


def test_linking_needs_the_button_and_a_recent_confirmation(client: Client, elder_care_clerk: User) -> None:
    client.force_login(elder_care_clerk)
    assert client.get(reverse("identity-sign-in"))["Location"] == reverse("home")
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        assert client.post(reverse("identity-link"))["Location"].startswith(reverse("confirm"))
    assert not ExternalIdentity.objects.exists()


def test_the_second_factor_is_still_given(client: Client, signatory: User, settings: Settings) -> None:
    device = with_device(signatory)
    link(signatory, "shen")
    assert walk(client, "shen") == reverse("sign-in-code")
    assert not is_in(client)
    client.post(reverse("sign-in-code"), {"code": current_code(device)})
    assert is_in(client)
    settings.OIDC_IS_SECOND_FACTOR = True
    other = Client()
    assert walk(other, "shen") == reverse("home")
    assert is_in(other)


def test_an_inactive_account_stays_closed(client: Client, elder_care_clerk: User) -> None:
    link(elder_care_clerk, "wu")
    User.objects.update(is_active=False)
    assert walk(client, "wu") == ""
    assert not is_in(client)


def test_answers_to_nobodys_question_are_refused(client: Client, elder_care_clerk: User) -> None:
    link(elder_care_clerk, "wu")
    back = answer_for(client.get(reverse("identity-sign-in"))["Location"], "wu")
    code = parse_qs(urlsplit(back).query)["code"][0]
    for query in ({"code": code, "state": "x"}, {"code": code}, {"state": "x"}, {"error": "access_denied"}):
        page = client.get(f"{reverse('identity-return')}?{urlencode(query)}")
        assert page.status_code == 403
    assert Client().get(back).status_code == 403
    assert client.get(back).status_code == 302
    client.post(reverse("sign-out"))
    assert client.get(back).status_code == 403
    asked = client.get(reverse("identity-sign-in"))["Location"]
    nonce = parse_qs(urlsplit(asked).query)["nonce"][0]
    assert client.get(answer_for(asked.replace(nonce, "another"), "wu")).status_code == 403
    assert not is_in(client)


def token_for(client_id: str) -> str:
    """Walk the code flow as one of the provider's clients and return the ID token it is given."""
    verifier = "v" * 43
    asked = {"response_type": "code", "scope": "openid", "client_id": client_id, "redirect_uri": RETURN, "nonce": "n"}
    asked |= {
        "state": "s",
        "code_challenge": generate_code_challenge(verifier, "S256"),
        "code_challenge_method": "S256",
    }
    provider = Provider()
    back = answer_for(f"{provider.get_settings('OIDC_OP_AUTHORIZATION_ENDPOINT')}?{urlencode(asked)}", "wu")
    sent = {"grant_type": "authorization_code", "client_id": client_id, "client_secret": "secret"}
    sent |= {"code": parse_qs(urlsplit(back).query)["code"][0], "redirect_uri": RETURN, "code_verifier": verifier}
    token: str = provider.get_token(sent)["id_token"]
    return token


def test_only_a_token_for_us_from_our_provider_counts(settings: Settings) -> None:
    good = token_for("yiyang")
    assert Provider().subject_in(good, "n")
    with pytest.raises(IdentityRefused, match="another client"):
        Provider().subject_in(token_for("other"), "n")
    claims = jwt.decode(good, options={"verify_signature": False})
    kid = jwt.get_unverified_header(good)["kid"]
    for algorithm, key in (("HS256", "secret" * 8), ("none", "")):
        forged = jwt.encode(claims, key, algorithm=algorithm, headers={"kid": kid})
        with pytest.raises(UNFIT_ANSWERS):
            Provider().subject_in(forged, "n")
    with (
        time_machine.travel(timezone.now() + timedelta(days=2), tick=False),
        pytest.raises(UNFIT_ANSWERS),
    ):
        Provider().subject_in(good, "n")
    settings.OIDC_ISSUER = "https://another.example"
    with pytest.raises(IdentityRefused, match="somebody else"):
        Provider().subject_in(good, "n")


def test_it_is_off_by_default(client: Client, settings: Settings) -> None:
    settings.OIDC_ISSUER = ""
    assert client.get(reverse("identity-sign-in")).status_code == 404
    assert client.get(reverse("identity-return")).status_code == 404
    assert "浙政钉" not in client.get(reverse("sign-in")).content.decode()


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, ""),
        ({"aud": ["yiyang"]}, ""),
        ({"aud": ["yiyang", "other"], "azp": "yiyang"}, ""),
        ({"azp": "yiyang"}, ""),
        ({"aud": ["yiyang", "other"]}, "issued for another client"),
        ({"aud": ["yiyang", "other"], "azp": "other"}, "issued for another client"),
        ({"azp": "other"}, "issued for another client"),
        ({"aud": "other", "azp": "yiyang"}, "issued for another client"),
        ({"aud": []}, "issued for another client"),
        ({"aud": None}, "issued for another client"),
        ({"iss": "https://another.example"}, "issued by somebody else"),
        ({"iss": None}, "issued by somebody else"),
        ({"exp": None}, "without end or subject"),
        ({"sub": None}, "without end or subject"),
        ({"sub": ""}, "without end or subject"),
        ({"nonce": "another"}, "Nonce"),
    ],
)
def test_whose_token_counts(
    changes: dict[str, Any], told: str, provider: str, key: RSAPrivateKey, settings: Settings
) -> None:
    settings.OIDC_RP_SIGN_ALGO, settings.OIDC_RP_IDP_SIGN_KEY = "RS256", key.public_key()
    good = {"iss": provider, "aud": "yiyang", "sub": "wu", "nonce": "n", "exp": timezone.now() + timedelta(minutes=5)}
    claims = {name: value for name, value in {**good, **changes}.items() if value is not None}
    token = jwt.encode(claims, key, algorithm="RS256")
    if not told:
        assert Provider().subject_in(token, "n") == "wu"
        return
    with pytest.raises((IdentityRefused, *UNFIT_ANSWERS), match=told):
        Provider().subject_in(token, "n")


def test_no_answer_counts_twice_even_one_that_led_nowhere(client: Client) -> None:
    back = answer_for(client.get(reverse("identity-sign-in"))["Location"], "nobody-here")
    assert client.get(back).status_code == 403
    assert client.session[STATES] == {}
    state = parse_qs(urlsplit(client.get(reverse("identity-sign-in"))["Location"]).query)["state"][0]
    assert client.get(f"{reverse('identity-return')}?{urlencode({'state': state})}").status_code == 403
    assert client.session[STATES] == {}, "nor one without a code"


def test_whose_account_stays_closed_is_logged(client: Client, elder_care_clerk: User) -> None:
    link(elder_care_clerk, "wu")
    User.objects.update(is_active=False)
    assert walk(client, "wu") == ""
    entry = Entry.objects.get(event=SignInFailed.code)
    assert (entry.subject_id, entry.actor_id, entry.data) == (elder_care_clerk.pk, None, {"reason": "inactive"})
