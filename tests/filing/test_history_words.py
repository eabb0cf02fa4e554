"""The history of what is filed with two authorities says with which of them each thing happened."""

import pytest

from audit.events import ALL
from filing import events

NAME = "越城区卫生健康局"


@pytest.mark.parametrize(
    "event",
    [
        events.Submitted(filing=1, authority=NAME),
        events.TakenUp(filing=1, authority=NAME),
        events.HandedOver(filing=1, authority=NAME, to="陶赟"),
        events.Accepted(filing=1, authority=NAME, number="1号"),
        events.Returned(filing=1, authority=NAME, reason="缺页"),
        events.Resubmitted(filing=1, authority=NAME, round=2),
        events.Closed(filing=1, authority=NAME, reason="已终止"),
        events.ReceiptRendered(filing=1, authority=NAME, sha256="0" * 64),
        events.ReceiptFailed(filing=1, authority=NAME, reason="缺字"),
    ],
    ids=lambda event: event.code,
)
def test_each_names_the_authority(event: events.WithAuthority) -> None:
    assert event.code in ALL
    assert next(iter(event.details())) == f"主管部门：{NAME}"
