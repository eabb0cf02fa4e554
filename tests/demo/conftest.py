"""The demo, loaded once for all tests of it."""

import io
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from yiyang.prepare import DEMO_DATA, REFERENCE_DATA


@pytest.fixture(scope="package")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demo, loaded once for the package as prepare does it, and rolled back after them."""
    with django_db_blocker.unblock(), override_settings(DEMO=True), transaction.atomic():
        for command in [*REFERENCE_DATA, *DEMO_DATA]:
            call_command(command, verbosity=0, stdout=io.StringIO())
        yield
        transaction.set_rollback(True)
