"""What happens to filings, with its words. All of it is logged about the agreement, whose history tells it too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from audit.events import Event, Group, fact


class AboutFiling(Event, group=Group("备案", 30)):
    """Which filing, by its key."""

    filing: int = fact("备案编号")


class WithAuthority(AboutFiling):
    """An agreement is filed with two: its history says with which of them each thing happened."""

    authority: str = fact("主管部门")

    def details(self) -> Iterator[str]:
        yield f"主管部门：{self.authority}"


class Opened(WithAuthority, code="filing.opened", words="建立报送任务", sentence="建立了报送任务"):
    due_on: date = fact("截止日期")


class NumbersSet(Event, group=Group("备案", 30), code="filing.numbers_set", words="设定备案号的写法"):
    """How an authority writes its numbers from now on, by the next one; logged about the authority."""

    authority: str = fact("主管部门")
    following: str = fact("下一个备案号")


class Submitted(WithAuthority, code="filing.submitted", words="报送备案", sentence="报送了备案"):
    pass


class Withdrawn(WithAuthority, code="filing.withdrawn", words="撤回报送", sentence="撤回了报送"):
    pass


class TakenUp(WithAuthority, code="filing.taken_up", words="接收备案材料", sentence="接收了备案材料"):
    pass


class HandedOver(WithAuthority, code="filing.handed_over", words="转交备案审核", sentence="转交了审核"):
    to: str = fact("改为")

    def details(self) -> Iterator[str]:
        yield from super().details()
        yield f"转交：{self.to}"


class Accepted(WithAuthority, code="filing.accepted", words="受理备案"):
    number: str = fact("编号")

    def details(self) -> Iterator[str]:
        yield from super().details()
        yield f"备案号：{self.number}"


class Returned(WithAuthority, code="filing.returned", words="退回补正"):
    reason: str = fact("原因")

    def details(self) -> Iterator[str]:
        yield from super().details()
        yield f"原因：{self.reason}"


class Resubmitted(WithAuthority, code="filing.resubmitted", words="补正后重新报送"):
    round: int = fact("轮次")

    def details(self) -> Iterator[str]:
        yield from super().details()
        yield f"第 {self.round} 次报送"


class CarriedOn(WithAuthority, code="filing.carried_on", words="协议结束，备案照办", sentence="协议已结束，备案照办"):
    """The agreement has ended and its copy is still owed, or with the authority: nothing of that ends by itself."""


class Closed(WithAuthority, code="filing.closed", words="免予报送，备案结案", sentence="免予报送，备案结案"):
    reason: str = fact("原因")

    def details(self) -> Iterator[str]:
        yield from super().details()
        yield f"原因：{self.reason}"


class AboutRescan(Event, group=Group("备案", 30)):
    """From which filing another scan was wanted, by its key; none where the agreement is filed nowhere."""

    filing: int | None = fact("备案编号", default=None)


class RescanAsked(AboutRescan, code="filing.rescan_asked", words="要求重新扫描签章的正本"):
    """A clerk of either side, or the authority that has the copy, finds that the certified scan is bad."""

    whom: str = fact("提出单位")
    reason: str = fact("原因")

    def details(self) -> Iterator[str]:
        yield f"提出单位：{self.whom}"
        yield f"原因：{self.reason}"


class RescanDropped(
    AboutRescan, code="filing.rescan_dropped", words="撤销重新扫描的要求", sentence="撤销了重新扫描的要求"
):
    pass


class RescanDone(AboutRescan, code="filing.rescan_done", words="办结重新扫描的要求", sentence="办结了重新扫描的要求"):
    pass


class AboutHandIn(WithAuthority):
    """The corrected scan of a copy that the authority has already."""

    round: int = fact("第几次补报")

    def details(self) -> Iterator[str]:
        yield from super().details()
        yield f"第 {self.round} 次补报"


class HandInOpened(AboutHandIn, code="filing.hand_in_opened", words="建立补报任务", sentence="建立了补报任务"):
    pass


class HandedIn(AboutHandIn, code="filing.handed_in", words="补报新的扫描件", sentence="补报了新的扫描件"):
    scans: str = fact("扫描件摘要")


class HandInNoted(AboutHandIn, code="filing.hand_in_noted", words="查收补报", sentence="查收了补报的扫描件"):
    pass


class HandInReturned(AboutHandIn, code="filing.hand_in_returned", words="退回补报", sentence="退回了补报的扫描件"):
    reason: str = fact("原因")

    def details(self) -> Iterator[str]:
        yield from super().details()
        yield f"原因：{self.reason}"


class HandInReplaced(AboutHandIn, code="filing.hand_in_replaced", words="补报由后来的报送代替"):
    """The newest scan goes along with a later hand-in, or with the copy that is submitted again."""


class ReceiptRendered(WithAuthority, code="filing.receipt_rendered", words="生成备案回执", sentence="生成了备案回执"):
    sha256: str = fact("文件摘要")


class ReceiptFailed(
    WithAuthority, code="filing.receipt_failed", words="备案回执生成失败", sentence="生成备案回执时出错"
):
    reason: str = fact("原因")

    def details(self) -> Iterator[str]:
        yield from super().details()
        yield f"原因：{self.reason}"


class ReceiptDownloaded(AboutFiling, code="filing.receipt_downloaded", words="下载备案回执"):
    pass
