"""Eight offices that begin fifty drafts each at the same moment, each in a process of its own, through the page.

Run with servers of its own: python -m embedded.throwaway python -m bench.numbers [--processes 8] [--drafts 50]
Prints the seconds and what was given out; exit code 1 unless every request was answered by a redirect to its draft, and
the numbers have no gap and no double.
"""

import argparse
import os
import subprocess
import sys
import time
from collections import Counter

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 -- the settings must be loaded first
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from accounts.models import User  # noqa: E402
from agreements.models import Agreement  # noqa: E402
from institutions.models import Duty  # noqa: E402
from tests import factories  # noqa: E402

START = "1"  # what the parent says when all are ready


def office(username: str, drafts: int) -> None:
    """Begin drafts one after the other through the page, and print each answer's status."""
    client = Client(raise_request_exception=False, SERVER_NAME="localhost")
    client.force_login(User.objects.get(username=username))
    address = reverse("agreement-start")
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(drafts):
        print(client.post(address).status_code, flush=True)


def all_offices(processes: int, drafts: int) -> int:
    """Run the offices at once on a fresh database and return 1 if a number is missing or a request failed."""
    call_command("migrate", verbosity=0)
    county = factories.region("330602")
    for each in range(processes):
        own = factories.OpenElderCareFactory.create(name=f"越城区第{each}养老院", region=county)
        clerk = factories.UserFactory.create(username=f"office-{each}")
        factories.MembershipFactory.create(user=clerk, institution=own, duty=Duty.CLERK)
    connection.close()
    command = [sys.executable, "-m", "bench.numbers", "--drafts", str(drafts), "--office"]
    running = [
        subprocess.Popen([*command, f"office-{each}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for each in range(processes)
    ]
    for office in running:
        assert office.stdout is not None
        assert office.stdout.readline().strip() == "ready"
    began = time.monotonic()
    for office in running:
        assert office.stdin is not None
        office.stdin.write(f"{START}\n")
        office.stdin.flush()
    answers = Counter(line for office in running for line in office.communicate()[0].split())
    took = time.monotonic() - began
    numbers = sorted(int(number.partition("-")[2]) for number in Agreement.objects.values_list("number", flat=True))
    whole = numbers == list(range(1, processes * drafts + 1))
    print(f"{processes} processes × {drafts} drafts in {took:.1f} s: answers {dict(answers)}, {len(numbers)} numbers,")
    print("no gap and no double" if whole else f"with gaps or doubles: {numbers}")
    return 0 if whole and answers == {"302": processes * drafts} else 1


def main() -> int:
    """Run as one office, or as the parent of all of them."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--processes", type=int, default=8)
    asked.add_argument("--drafts", type=int, default=50)
    asked.add_argument("--office", default="", help="the user name of one office: run by the others' parent")
    options = asked.parse_args()
    if options.office:
        office(options.office, options.drafts)
        return 0
    return all_offices(options.processes, options.drafts)


if __name__ == "__main__":
    sys.exit(main())
