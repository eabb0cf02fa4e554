"""The figures on the command line."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from coverage.overview import overview
from tests import factories
from tests.coverage.histories import Home, Stage, write_home

ON = "2026-11-22"


def printed(*args: str) -> str:
    out = StringIO()
    call_command("coverage", *args, stdout=out)
    return out.getvalue()


def test_the_same_figures_as_the_page(stage: Stage) -> None:
    write_home(Home(), stage, "越城区福星养老院")
    said = printed("330600", "--on", ON)
    body = json.loads(said)
    figures = overview(factories.region("330600"), date.fromisoformat(ON))
    assert body["on"] == ON
    assert (body["counts"]["obliged"], body["counts"]["covered"], body["counts"]["rate"]) == (1, 0, 0.0)
    assert body["counts"]["uncovered"] == figures.counts.uncovered == len(body["uncovered"])
    assert len(body["months"]) == len(figures.months)
    assert "越城区福星养老院" in said
    assert list(body) == sorted(body)
    assert printed("330600", "--on", ON) == said


@pytest.mark.parametrize("code", ["999999", "", "x'; --", "33"])
def test_an_unknown_code_is_refused(stage: Stage, code: str) -> None:
    with pytest.raises(CommandError, match="没有代码为"):
        printed(code)


@pytest.mark.parametrize(("day", "said"), [("2026-13-01", "写法不对"), ("昨天", "写法不对"), ("1000-01-01", "应在")])
def test_an_impossible_day_is_refused(stage: Stage, day: str, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        printed("330600", "--on", day)
