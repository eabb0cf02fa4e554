"""What somebody does next with whom nothing waits: a sentence with its links, for each duty that has a work list."""

from __future__ import annotations

from dataclasses import dataclass

from institutions.models import Duty
from institutions.posts import Posts


@dataclass(frozen=True)
class Link:
    word: str
    address: str  # name of the address


@dataclass(frozen=True)
class NextStep:
    """What comes next, and where it is done."""

    words: str
    links: tuple[Link, ...]


NEXT: dict[Duty, NextStep] = {
    Duty.REVIEWER: NextStep(
        "机构报来的备案会出现在这里。辖区里还有机构没有登记的，请先登记，或者用表格批量导入；再看哪些机构还没有签约。",
        (
            Link("登记和查找机构", "institution-list"),
            Link("用表格导入", "import-list"),
            Link("看覆盖情况", "coverage-home"),
        ),
    ),
    Duty.CLERK: NextStep(
        "要和对方机构签约，请按“新建协议”，系统会一步一步地问。不知道用哪份范本、对方有没有登记的，可以先看一看。",
        (Link("看范本", "template-list"), Link("查找对方机构", "institution-list")),
    ),
    Duty.SIGNATORY: NextStep(
        "双方经办人定好文本以后，等您签署的协议会出现在这里。还没有签约证书的，请先申请，到时才能在屏幕上签署。",
        (Link("申请和查看签约证书", "signing"),),
    ),
    Duty.APPROVER: NextStep(
        "本单位规定同意文本前须负责人审批的，经办人送来的协议会出现在这里，等您审批。平时可以查看本单位的协议。",
        (Link("查看本单位的协议", "agreement-list"),),
    ),
}


def next_steps(posts: Posts) -> list[NextStep]:
    """Return the next steps of a person at the place they act for, in the order of their menu."""
    return [step for duty, step in NEXT.items() if duty in posts.duties]
