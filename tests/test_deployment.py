"""What production relies on: compose sets only what settings read; settings refuse to start half-configured."""

import os
import re
import shutil
import subprocess
import sys
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from yiyang import environment
from yiyang import settings as real_settings

ROOT = Path(__file__).resolve().parent.parent
OURS = ("prepare", "web", "worker", "beat")
NOT_PASSED = {
    "DEBUG": "never on in production",
    "VAR_DIR": "the image's, with the volume at it",
    "FONTS_FOLDER": "the image's",
    "STATIC_ROOT": "the image's, published when it is built",
}
PRODUCTION = {
    "SECRET_KEY": "k" * 60,
    "DATABASE_URL": "postgresql://yiyang:secret@127.0.0.1:5432/yiyang",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "ALLOWED_HOSTS": "yiyang.example",
    "SITE_URL": "https://yiyang.example",
}
COMPOSE_ANSWERS = {
    "SECRET_KEY": "k" * 60,
    "POSTGRES_PASSWORD": "p",
    "POSTGRES_APP_PASSWORD": "a",
    "REDIS_PASSWORD": "r",
    "ALLOWED_HOSTS": "yiyang.example",
    "SITE_URL": "https://yiyang.example",
}


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return loaded


def bare(**more: str) -> dict[str, str]:
    """Return an environment with nothing of this project but `more`."""
    return {"PATH": os.environ.get("PATH", os.defpath), "DJANGO_SETTINGS_MODULE": "yiyang.settings", **more}


def load_settings(**variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from django.conf import settings; print(settings.SITE_URL, settings.SESSION_COOKIE_SECURE)",
        ],
        cwd=ROOT,
        env=bare(**variables),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("service", OURS)
def test_every_variable_that_compose_sets_is_read_by_settings(service: str) -> None:
    assert real_settings.SECRET_KEY  # reading the settings fills NAMES_READ
    assert set(compose()["services"][service]["environment"]) <= environment.NAMES_READ


def test_operations_guide_names_every_variable_that_settings_read() -> None:
    guide = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert real_settings.SECRET_KEY
    assert {name for name in environment.NAMES_READ if not name.endswith("_FILE") and f"`{name}`" not in guide} == set()


def documented() -> set[str]:
    """Return the variables of the guide's table of environment variables."""
    guide = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    table = guide.partition("### Environment variables\n")[2].partition("\n### ")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`([A-Z0-9_]+)`", cell)}


def test_every_documented_variable_is_passed_on_and_every_passed_one_documented() -> None:
    passed = {name for service in OURS for name in compose()["services"][service]["environment"]}
    assert documented() - set(NOT_PASSED) == passed
    assert not set(NOT_PASSED) & passed


def test_what_env_must_or_may_hold_is_documented() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    guide = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    asked = set(re.findall(r"\$\{([A-Z0-9_]+)", text))
    assert {name for name in asked if not re.search(rf"`{name}`|^{name}=", guide, re.MULTILINE)} == set()
    required = set(re.findall(r"\$\{([A-Z0-9_]+):\?", text))
    assert required == set(COMPOSE_ANSWERS)
    assert {name for name in required if not re.search(rf"^{name}=", guide, re.MULTILINE)} == set()


def test_only_what_migrates_is_told_the_owner() -> None:
    told = {name for name in OURS if "OWNER_DATABASE_URL" in compose()["services"][name]["environment"]}
    assert told == {"prepare"}
    assert "POSTGRES_PASSWORD" not in str(compose()["services"]["web"])


@pytest.mark.parametrize("service", [*OURS, "postgres", "valkey"])
def test_every_service_is_closed(service: str) -> None:
    said = compose()["services"][service]
    assert said["cap_drop"] == ["ALL"]
    assert "cap_add" not in said
    assert said["security_opt"] == ["no-new-privileges:true"]
    assert said["read_only"] is True
    assert re.fullmatch(r"\d+[mg]", said["mem_limit"])


def test_every_image_has_an_exact_tag() -> None:
    images = {service["image"] for service in compose()["services"].values()}
    images |= set(re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE))
    strangers = {image for image in images if not image.startswith("yiyang:")}
    assert len(strangers) == 4
    assert {image for image in strangers if not re.search(r":\d+\.\d+(\.\d+)?(-[a-z-]+)?$", image)} == set()


def test_secrets_are_kept_out_of_git_and_of_images() -> None:
    for name in (".gitignore", ".dockerignore"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        assert {".env", ".env.*"} <= {line.removeprefix("/") for line in lines}, name


@pytest.mark.parametrize("service", ["web", "worker", "beat", "postgres", "valkey"])
def test_every_lasting_service_has_a_health_check(service: str) -> None:
    assert compose()["services"][service]["healthcheck"]["test"]


def test_named_volumes_hold_what_must_last() -> None:
    loaded = compose()
    used = {volume.split(":")[0] for service in loaded["services"].values() for volume in service.get("volumes", [])}
    assert used == set(loaded["volumes"])
    assert loaded["services"]["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]


def test_compose_holds_no_secret() -> None:
    for service in compose()["services"].values():
        for name, value in service.get("environment", {}).items():
            if any(word in name for word in ("SECRET", "PASSWORD", "KEY", "URL")) and value:
                assert "${" in str(value), name


def test_compose_client_accepts_the_file() -> None:
    """Asks the client where one is installed; the YAML tests above hold everywhere."""
    clients = [["docker", "compose"], ["docker-compose"]]
    usable = [
        client
        for client in clients
        if shutil.which(client[0])
        and subprocess.run([*client, "version"], capture_output=True, check=False).returncode == 0
    ]
    for client in usable:
        checked = subprocess.run(
            [*client, "-f", "docker-compose.yml", "config", "-q"],
            cwd=ROOT,
            env={**os.environ, **COMPOSE_ANSWERS},
            capture_output=True,
            text=True,
            check=False,
        )
        assert checked.returncode == 0, checked.stderr


def test_production_settings_load() -> None:
    loaded = load_settings(**PRODUCTION)
    assert loaded.returncode == 0, loaded.stderr
    assert loaded.stdout.strip() == "https://yiyang.example True"


@pytest.mark.django_db
def test_health_is_told_without_tls_and_nothing_else(client: Client, settings: Settings) -> None:
    """Containers ask their own port, inside."""
    settings.SECURE_SSL_REDIRECT = True
    assert client.get(reverse("health")).status_code == HTTPStatus.OK
    assert client.get(reverse("sign-in")).status_code == HTTPStatus.MOVED_PERMANENTLY


@pytest.mark.parametrize("missing", sorted(PRODUCTION))
def test_settings_refuse_to_start_without(missing: str) -> None:
    loaded = load_settings(**{name: value for name, value in PRODUCTION.items() if name != missing})
    assert loaded.returncode != 0
    assert "ImproperlyConfigured" in loaded.stderr
    assert missing in loaded.stderr.splitlines()[-1]


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("k" * 60 + "\n", encoding="utf-8")
    rest = {name: value for name, value in PRODUCTION.items() if name != "SECRET_KEY"}
    assert load_settings(**rest, SECRET_KEY_FILE=str(secret)).returncode == 0


def test_s3_without_its_secret_is_refused() -> None:
    loaded = load_settings(**PRODUCTION, S3_BUCKET="agreements")
    assert "S3_SECRET_KEY" in loaded.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://:p@valkey:6379/0", "redis://:p@valkey:6379/0"),
        ("unix://:p@/run/v.sock?db=0", "redis+socket://:p@/run/v.sock?virtual_host=0"),
    ],
)
def test_the_broker_gets_its_own_spelling_of_a_socket(url: str, expected: str) -> None:
    assert environment.redis_broker(url) == expected


def test_locks_name_no_registry_and_pin_every_package_by_hash() -> None:
    for lock in ROOT.glob("requirements*.txt"):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text, lock.name
        pins = [line for line in text.splitlines() if line[:1].isalnum()]
        assert pins
        assert all("==" in line and line.endswith("\\") for line in pins), lock.name
    front = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in front
    assert '"integrity"' in front
