"""What happens to surveys, with its words: editions are logged about the institution, rounds about the authority."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from audit.events import Event, Group, fact


class OfSurveys(Event, group=Group("摸底与资格", 100)):
    """What all of them share is the heading."""


class DraftSaved(OfSurveys, code="survey.draft_saved", words="填写摸底信息"):
    revision: int = fact("修订号")


class Saved(OfSurveys, code="survey.saved", words="填报摸底信息"):
    """An edition was submitted. `answers`: by the fields of the survey that its side is asked; `profile`: the numbers
    that it wrote into the institution's profile.
    """

    edition: int = fact("版次")
    answers: Mapping[str, Any] = fact("填写内容")
    profile: Mapping[str, int] = fact("一并更新的登记信息")


class AboutRound(OfSurveys):
    """Which round of the authority, by its key and title, and how many institutions it asks."""

    round: int = fact("轮次")
    title: str = fact("标题")
    asked: int = fact("应填报的机构")


class Asked(AboutRound, code="survey.asked", words="发起摸底"):
    due_on: date = fact("截止日期")


class Closed(AboutRound, code="survey.closed", words="结束摸底"):
    answered: int = fact("已填写")
