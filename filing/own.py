"""Nobody decides on their own filing: who submitted it, or works for either side."""

from __future__ import annotations

from accounts.models import User
from filing.models import Filing
from institutions.models import works_for
from verbs.errors import NotAllowed


def refuse_their_own(row: Filing, by: User) -> None:
    """Raise NotAllowed to whoever submitted the copy or works for either side, whatever places they hold: nobody
    decides on their own filing. A partner may lie outside the remit, where duties are not kept apart."""
    if told := their_own(row, by):
        raise NotAllowed(f"{told.format(who='您')}请由本部门的另一位审核员办理。")


def their_own(row: Filing, person: User) -> str:
    """Say why the filing is the person's own, with {who} for them; "" where it is not."""
    if row.submitted_by_id == person.pk:
        return "这份备案是{who}本人报送的，不能再由{who}审核。"
    if works_for(person, row.agreement.medical_id, row.agreement.elder_care_id):
        return "{who}在这份协议的一方任职，不能审核它的备案。"
    return ""
