"""What happens to agreements and templates, with its words. Histories and the auditor's pages read them from here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from agreements.models import AgreementKind
from audit.events import Event, Group, fact
from chinese.dates import cn_day
from institutions.models import Role

COPIES = Group("协议文件", 20)


class OfAgreement(Event, group=Group("协议", 10)):
    """What all of them share is the heading."""


class Step(OfAgreement):
    """What every step in an agreement's life says: which revision of the text it was."""

    revision: int = fact("修订号")


class WithReason(Step):
    reason: str | None = fact("原因", default=None)

    def details(self) -> Iterator[str]:
        if self.reason:
            yield f"原因：{self.reason}"


class Drafted(OfAgreement, code="agreement.drafted", words="起草协议", sentence="建立了草稿"):
    """Begun for `institution`, after the pattern of another agreement or not, or as what follows `predecessor`."""

    institution: str | None = fact("机构", default=None)
    predecessor: str | None = fact("上一份协议", default=None)
    kind: AgreementKind | None = fact("类别", default=None)
    pattern: str | None = fact("照哪一份", default=None)

    def details(self) -> Iterator[str]:
        if self.kind:
            yield f"{self.kind.label}，原协议 {self.predecessor}"
        elif self.institution:
            yield f"代表 {self.institution}"
        if self.pattern:
            yield f"条款照抄 {self.pattern}"


class StepSaved(Step, code="agreement.step_saved", words="填写协议", sentence="填写了协议"):
    step: str = fact("步骤")


class Sent(Step, code="agreement.sent", words="送对方确认", sentence="把协议送对方确认"):
    pass


class OfApproval(Step):
    """What passes within one side before it agrees: its own history tells it, the other side's does not."""

    role: Role = fact("机构类别")
    said: str | None = fact("说明", default=None)

    def details(self) -> Iterator[str]:
        if self.said:
            yield self.said


class ApprovalAsked(OfApproval, code="approval.asked", words="申请负责人审批", sentence="申请负责人审批文本"):
    digest: str = fact("内容摘要")


class Approved(OfApproval, code="approval.approved", words="负责人审批同意", sentence="审批同意了文本"):
    digest: str = fact("内容摘要")


class Declined(OfApproval, code="approval.declined", words="负责人审批未同意", sentence="审批未同意，退回经办人"):
    pass


class ApprovalTakenBack(OfApproval, code="approval.taken_back", words="撤回审批申请", sentence="撤回了审批申请"):
    pass


class ApprovalLapsed(OfApproval, code="approval.lapsed", words="审批申请失效", sentence="使审批申请失效"):
    """Nobody answered it: what was asked about is not to be agreed to any more, or needs no approval."""


class Returned(WithReason, code="agreement.returned", words="退回修改"):
    pass


class Agreed(Step, code="agreement.agreed", words="双方确认，文本定稿", sentence="确认了协议，文本定稿"):
    digest: str = fact("内容摘要")


class Withdrawn(WithReason, code="agreement.withdrawn", words="撤回修改", sentence="撤回了文本，协议退回起草"):
    """Back to draft under the same number; `digest` is that of the text that was voided, if one was frozen."""

    digest: str | None = fact("作废文本的摘要", default=None)


class Discarded(Step, code="agreement.discarded", words="作废草稿"):
    pass


class GivenUp(WithReason, code="agreement.given_up", words="随原协议作废", sentence="原协议已经结束，补充协议随之作废"):
    """A supplement that was never in force, when its main agreement ended; `digest` is that of a voided text."""

    with_main: str = fact("原协议")
    digest: str | None = fact("作废文本的摘要", default=None)


class Reminded(OfAgreement, code="agreement.reminded", words="催办", sentence="提醒对方办理"):
    role: Role = fact("机构类别")
    on: date = fact("日期")

    def details(self) -> Iterator[str]:
        yield f"提醒{self.role.label}"


class PartnerLetterPrinted(
    OfAgreement, code="agreement.letter_printed", words="打印给对方的函", sentence="打印了给对方的函"
):
    """A letter on paper to the side whose turn it is."""

    role: Role = fact("机构类别")
    on: date = fact("日期")
    code_until: date | None = fact("申请码有效期至", default=None)

    def details(self) -> Iterator[str]:
        yield f"给{self.role.label}"
        if self.code_until:
            yield f"函上有申请码，有效期至{cn_day(self.code_until)}"


class RegisteringLetterPrinted(
    OfAgreement, code="agreement.registering_letter_printed", words="打印请登记的函", sentence="打印了请对方登记的函"
):
    """A letter on paper to a partner that stands in no register yet."""

    on: date = fact("日期")


class Signed(Step, code="agreement.signed", words="登记签章日期", sentence="登记了签章日期"):
    role: Role = fact("机构类别")
    on: date = fact("日期")

    def details(self) -> Iterator[str]:
        yield f"{self.role.label}：{cn_day(self.on)}"


class SignedElectronically(Step, code="agreement.signed_electronically", words="电子签署", sentence="电子签署了协议"):
    """One side put its signature to every copy. `files` are the digests of the copies as signed, in their order."""

    role: Role = fact("机构类别")
    on: date = fact("日期")
    name: str = fact("签约人")
    on_behalf: str | None = fact("代签", default=None)
    level: str = fact("证书级别")
    serial: str = fact("证书序列号")
    seal: str | None = fact("印章", default=None)
    handwriting: str | None = fact("手写签名", default=None)
    files: list[str] = fact("文件摘要")

    def details(self) -> Iterator[str]:
        yield f"{self.role.label}：{self.on_behalf or self.name}，{cn_day(self.on)}"
        hand = f"，手写签名：{self.handwriting}" if self.handwriting else ""
        yield f"{self.level}，{'加盖' + self.seal if self.seal else '只签名，不用印'}{hand}"


class SigningDeclined(
    WithReason, code="agreement.signing_declined", words="拒绝签署", sentence="拒绝签署，文本退回起草"
):
    """A signatory will not sign the text: it is voided, and may be negotiated again."""

    role: Role = fact("机构类别")
    digest: str | None = fact("作废文本的摘要", default=None)


class SigningLapsed(
    WithReason, code="agreement.signing_lapsed", words="签署期满", sentence="没有在期限内签完，文本退回起草"
):
    """The clock voids a text whose window has closed; the reason says who had signed and who had not."""

    digest: str | None = fact("作废文本的摘要", default=None)


class WindowExtended(Step, code="agreement.window_extended", words="延长签署期限", sentence="延长了签署期限"):
    until: date = fact("截止日期")

    def details(self) -> Iterator[str]:
        yield f"延长至{cn_day(self.until)}"


class ScanAttached(OfAgreement, code="scan.attached", words="上传扫描件", sentence="上传了签章扫描件"):
    sha256: str = fact("文件摘要")
    pages: int = fact("页数")
    name: str = fact("名称")

    def details(self) -> Iterator[str]:
        yield f"{self.name}，{self.pages} 页"


class ScanRejected(OfAgreement, code="scan.rejected", words="扫描件核验未通过", sentence="核验扫描件，没有通过"):
    reason: str = fact("原因")
    name: str | None = fact("名称", default=None)

    def details(self) -> Iterator[str]:
        if self.name:
            yield self.name
        yield f"原因：{self.reason}"


class ScanPlaced(OfAgreement, code="scan.placed", words="标明扫描件页码", sentence="标明了扫描件是哪些页"):
    name: str = fact("名称")
    pages: str = fact("页码")
    reason: str = fact("原因")

    def details(self) -> Iterator[str]:
        yield f"{self.name}是{self.pages}"
        yield f"理由：{self.reason}"


class ScanTakenBack(OfAgreement, code="scan.taken_back", words="取回扫描件", sentence="取回了上传的扫描件"):
    name: str = fact("名称")
    sha256: str = fact("文件摘要")

    def details(self) -> Iterator[str]:
        yield self.name


class PageTicked(OfAgreement, code="scan.page_ticked", words="核对扫描件的一页", sentence="逐页核对了扫描件"):
    """`by_hand`: what its uploader said of a page that no machine could read was found true."""

    page: str = fact("页码")
    by_hand: bool = fact("由人标明", default=False)

    def details(self) -> Iterator[str]:
        yield self.page + ("（由上传的人标明，已确认）" if self.by_hand else "")


class TickTakenBack(OfAgreement, code="scan.tick_taken_back", words="撤销核对的一页", sentence="撤销了对一页的核对"):
    page: str = fact("页码")

    def details(self) -> Iterator[str]:
        yield self.page


class PagesSentBack(OfAgreement, code="scan.pages_sent_back", words="退回扫描件的页", sentence="退回了扫描件的几页"):
    pages: str = fact("页码")
    reason: str = fact("原因")

    def details(self) -> Iterator[str]:
        yield self.pages
        yield f"原因：{self.reason}"


class ScansReplaced(OfAgreement, code="scan.replaced", words="更换扫描件", sentence="核验了重新上传的扫描件"):
    """Certified in place of what was certified before, which is kept."""

    pages: str = fact("页码")

    def details(self) -> Iterator[str]:
        yield self.pages


class EnteredForce(Step, code="agreement.in_force", words="核验通过，协议生效", sentence="核验了扫描件，协议生效"):
    expires_on: date = fact("期限止")

    def details(self) -> Iterator[str]:
        yield f"期限至{cn_day(self.expires_on)}"


class CompletedOnScreen(
    EnteredForce,
    code="agreement.completed_on_screen",
    words="双方电子签署完成，协议生效",
    sentence="签署完成，协议生效",
):
    """The second of two electronic signatures brought it into force: there was no paper to certify."""


class BatchBegun(Event, code="agreement.batch_begun", words="批量签署", group=Group("协议", 10)):
    """About an institution: a PIN was given to sign the `waiting` agreements of a batch; not the first time when one
    goes on with it. What is signed is logged with each agreement."""

    batch: int = fact("批次")
    waiting: int = fact("等待签署的份数")
    level: str = fact("级别")
    seal: str | None = fact("印章", default=None)


class RescissionAsked(WithReason, code="agreement.rescission_asked", words="提出合意解除"):
    role: Role = fact("机构类别")


class RescissionDropped(WithReason, code="agreement.rescission_dropped", words="不再合意解除，继续办理"):
    """Who asked took it back, or who was asked declined; `reason` is what it was asked for."""


class Rescinded(WithReason, code="agreement.rescinded", words="双方合意解除", sentence="同意合意解除，协议不再办理"):
    pass


class Terminated(Step, code="agreement.terminated", words="提前终止", sentence="提前终止了协议"):
    """Ended before its term; with its main agreement (`with_main`) if it is a supplement, else for a reason."""

    on: date = fact("日期")
    reason: str | None = fact("原因", default=None)
    with_main: str | None = fact("随原协议终止", default=None)

    def details(self) -> Iterator[str]:
        yield f"最后一天：{cn_day(self.on)}"
        if self.with_main:
            yield f"随原协议 {self.with_main} 终止"
        if self.reason:
            yield f"原因：{self.reason}"


class Expired(Step, code="agreement.expired", words="到期", sentence="记录协议到期"):
    expires_on: date = fact("期限止")


class Superseded(Step, code="agreement.superseded", words="由新协议接替", sentence="接替的协议生效，本协议由它接替"):
    """Ended by what takes its place."""

    on: date = fact("日期")
    by_renewal: str = fact("接替的协议")

    def details(self) -> Iterator[str]:
        yield f"由 {self.by_renewal} 接替，最后一天：{cn_day(self.on)}"


class CopiesRequested(Step, code="copies.requested", words="申请生成正本", group=COPIES):
    is_final: bool = fact("正式文本")


class CopiesRendered(Step, code="copies.rendered", words="正本生成完毕", sentence="生成了正本", group=COPIES):
    digest: str = fact("内容摘要")
    copies: int = fact("份数")


class CopiesFailed(Event, code="copies.failed", words="正本生成失败", sentence="生成正本时出错", group=COPIES):
    reason: str = fact("原因")

    def details(self) -> Iterator[str]:
        yield f"原因：{self.reason}"


class FileVerified(Event, code="file.verified", words="核验协议文件", sentence="核验了一个文件", group=COPIES):
    """Somebody showed a file, signed in or not; it was not kept. `verdict` is what they were told."""

    verdict: str = fact("核验结果")
    sha256: str = fact("文件摘要")

    def details(self) -> Iterator[str]:
        yield f"结果：{self.verdict}"


class ApprovalSwitched(Event, code="institution.approval_switched", words="设置负责人审批", group=Group("机构", 90)):
    """About an institution: from now on its texts need a leader's approval, or do not; `lapsed` requests waited."""

    is_on: bool = fact("须审批")
    lapsed: int = fact("失效的申请")


class TemplatePublished(Event, code="template.published", words="发布范本版本", group=Group("范本", 40)):
    slug: str = fact("代号")
    number: int = fact("编号")
    digest: str = fact("内容摘要")


class TemplateWithdrawn(Event, code="template.withdrawn", words="撤下范本", group=Group("范本", 40)):
    """Its file is gone from the data: from that day on nobody drafts by it, and agreements on it stay."""

    slug: str = fact("代号")
    on: date = fact("自何日起")


class TemplateRestored(Event, code="template.restored", words="恢复范本", group=Group("范本", 40)):
    """Its file is back in the data."""

    slug: str = fact("代号")
