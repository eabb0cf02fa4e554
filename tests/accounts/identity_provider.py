"""A real OpenID Connect provider for the tests: django-oauth-toolkit in a process of its own, with an SQLite file.

`python -m tests.accounts.identity_provider FOLDER RETURN_ADDRESS` prints its port and serves until it is ended. Its two
clients are `yiyang` and `other`, both with the secret `secret`. Who the browser is there, the header X-Person says.
"""

import sys
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import include, path

APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "oauth2_provider"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tests.accounts.identity_provider.PersonByHeader",
]
urlpatterns: list[Any] = []


class PersonByHeader:
    """The browser's person is signed in at the provider already."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        if name := request.headers.get("X-Person"):
            request.user = get_user_model().objects.get_or_create(username=name)[0]
        return self.get_response(request)


class Silent(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def configure(folder: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    settings.configure(
        SECRET_KEY="only-for-this-run",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="tests.accounts.identity_provider",
        INSTALLED_APPS=APPS,
        MIDDLEWARE=MIDDLEWARE,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "provider.sqlite"}},
        MIGRATION_MODULES={app.rpartition(".")[2]: None for app in APPS},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": pem.decode("ascii"),
            "PKCE_REQUIRED": True,
            "SCOPES": {"openid": "who"},
        },
    )
    django.setup()


def serve(return_address: str) -> None:
    from oauth2_provider.models import get_application_model

    call_command("migrate", run_syncdb=True, verbosity=0)
    for name in ("yiyang", "other"):
        get_application_model().objects.create(
            name=name,
            client_id=name,
            client_secret="secret",
            client_type="confidential",
            authorization_grant_type="authorization-code",
            redirect_uris=return_address,
            skip_authorization=True,
            algorithm="RS256",
        )
    urlpatterns.append(path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")))
    with make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Silent) as server:
        print(server.server_port, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    # Django imports this module again by its name, as URLconf and for the middleware.
    from tests.accounts import identity_provider

    identity_provider.configure(Path(sys.argv[1]))
    identity_provider.serve(sys.argv[2])
