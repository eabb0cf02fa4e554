"""One institution of the demo whose leader approves before it agrees, and a text that waits for the answer."""

from __future__ import annotations

from agreements import lifecycle
from agreements.models import Agreement
from demo.loading import DemoDataError
from demo.people import clerk_of
from institutions.models import Duty, Institution, Membership

WANTED_BY = "sy-1"
WORDS = "六项条件已逐项核对，出诊人员和排班已与全科门诊商定，请审阅。"


def load_approval(institutions: dict[str, Institution]) -> None:
    """Let the administrator switch it on and the clerk ask about a text that was sent to them, once."""
    institution = institutions[WANTED_BY]
    clerk = clerk_of(institution)
    administrators = Membership.objects.effective().filter(institution=institution, duty=Duty.ADMINISTRATOR)
    administrator = administrators.select_related("user").order_by("pk").first()
    text = Agreement.objects.filter(is_demo=True).to_answer_by(clerk).order_by("pk").last()
    if administrator is None or text is None:
        raise DemoDataError(f"{institution}没有管理员，或者没有等待确认的协议。")
    if lifecycle.switch_approval(institution, by=administrator.user, is_on=True):
        lifecycle.ask_for_approval(text, by=clerk, words=WORDS)
