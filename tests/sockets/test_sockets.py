"""Sockets: who fills them, in which order, and that nothing starts while a mandatory one is empty."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings

from agreements.sockets import ON_FORCE
from sockets import Socket
from sockets.checks import mandatory_sockets_are_filled
from sockets.socket import ALL


@pytest.fixture
def socket() -> Iterator[Socket[str]]:
    made: Socket[str] = Socket("tests.SOCKET", is_mandatory=True)
    yield made
    del ALL[made.name]


def test_all_mandatory_sockets_of_the_product_are_filled() -> None:
    assert list(mandatory_sockets_are_filled()) == []
    assert {socket.name.partition(".")[0] for socket in ALL.values()} <= set(apps.app_configs)


def test_an_empty_mandatory_socket_is_an_error_and_a_filled_one_is_none(socket: Socket[str]) -> None:
    (found,) = mandatory_sockets_are_filled()
    assert (found.id, socket.name in found.msg) == ("sockets.E001", True)
    socket.fill("answer")
    assert list(mandatory_sockets_are_filled()) == []


def test_answers_come_in_the_order_of_filling_each_once(socket: Socket[str]) -> None:
    for answer in ("b", "a", "b"):
        socket.fill(answer)
    assert list(socket) == ["b", "a"]


def test_two_sockets_never_share_a_name(socket: Socket[str]) -> None:
    with pytest.raises(ValueError, match=socket.name):
        Socket(socket.name)


def test_nothing_starts_without_the_app_that_fills_what_is_mandatory() -> None:
    """Without filing an agreement would enter force and nobody would file it: `check` refuses, and so does a start."""
    program = (
        "import django; from django.conf import settings; from tests import settings as ours\n"
        "values = {name: getattr(ours, name) for name in dir(ours) if name.isupper()}\n"
        "left_out = ('filing', 'coverage', 'demo', 'auditing')\n"
        "values['INSTALLED_APPS'] = [app for app in ours.INSTALLED_APPS if app not in left_out]\n"
        "values['ROOT_URLCONF'] = 'accounts.urls'\n"
        "settings.configure(**values); django.setup()\n"
        "from django.core.management import call_command; call_command('check')\n"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert run.returncode != 0
    assert ON_FORCE.name in run.stderr
