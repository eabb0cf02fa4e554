"""What happens to people's duties, accounts and invitations, with its words; and every look at their contacts."""

from __future__ import annotations

from collections.abc import Iterator

from audit.events import Event, Group, fact
from institutions.models import Duty


class ContactsRead(Event, code="contacts.read", words="查看联系方式", group=Group("访问控制", 61)):
    """Whose contacts were shown, at which place; `number` of the request that was looked at."""

    place: str = fact("单位")
    whose: list[str] = fact("被查看的人")
    number: str | None = fact("编号", default=None)


class OfPeople(Event, group=Group("人员与职责", 70)):
    """What all of them share is the heading."""


class DutyAt(OfPeople):
    """A duty and, in words, the place at which it is held."""

    place: str = fact("单位")
    duty: Duty = fact("职责")


class Invited(DutyAt, code="membership.invited", words="发出邀请"):
    full_name: str = fact("姓名")


class InvitationAccepted(DutyAt, code="membership.invitation_accepted", words="接受邀请"):
    pass


class InvitationCancelled(DutyAt, code="membership.invitation_cancelled", words="撤回邀请"):
    full_name: str = fact("姓名")


class Granted(DutyAt, code="membership.granted", words="授予职责"):
    invited_by: str | None = fact("邀请人", default=None)


class Ended(DutyAt, code="membership.ended", words="解除职责"):
    reason: str = fact("原因")


class LetterPrinted(DutyAt, code="membership.letter_printed", words="打印邀请的密封信"):
    """A sealed letter with a new secret; with `is_again` an earlier one is void by it."""

    full_name: str = fact("姓名")
    is_again: bool = fact("重新打印")


class HolderConfirmed(DutyAt, code="membership.holder_confirmed", words="确认任职本人"):
    """A second person has seen the holder: from now on the duty counts."""

    seen: str = fact("看过的证件")
    granted_by: str | None = fact("授予人", default=None)


class HolderDeclined(DutyAt, code="membership.holder_declined", words="不予确认任职本人"):
    reason: str = fact("原因")
    granted_by: str | None = fact("授予人", default=None)


class HolderDoubted(DutyAt, code="membership.holder_doubted", words="职责须重新确认本人"):
    """Somebody gave the holder new access: the duty counts again when another person has seen them."""


class PhoneSet(OfPeople, code="authority.phone_set", words="登记部门咨询电话"):
    phone: str = fact("电话")


class OfBureau(Event, group=Group("主管部门", 72)):
    """What a platform administrator does with a bureau; logged about the bureau."""


class BureauFounded(OfBureau, code="authority.founded", words="登记主管部门"):
    name: str = fact("名称")
    region: str = fact("辖区")


class BureauRenamed(OfBureau, code="authority.renamed", words="主管部门更名"):
    former: str = fact("原名称")
    to: str = fact("新名称")
    reason: str = fact("原因")

    def details(self) -> Iterator[str]:
        yield f"原名称：{self.former}"
        yield f"原因：{self.reason}"


class OfClosing(OfBureau):
    """Which bureau, who follows it, "" where nobody does, and why."""

    name: str = fact("名称")
    successor: str = fact("承接部门")
    reason: str = fact("原因")

    def details(self) -> Iterator[str]:
        yield f"承接部门：{self.successor or '无'}"
        yield f"原因：{self.reason}"


class BureauClosingAsked(OfClosing, code="authority.closing_asked", words="申请撤销主管部门"):
    pass


class BureauClosingDropped(OfBureau, code="authority.closing_dropped", words="撤回撤销主管部门的申请"):
    name: str = fact("名称")


class BureauClosed(OfClosing, code="authority.closed", words="撤销主管部门"):
    pass


class BureauFollows(OfBureau, code="authority.follows", words="承接主管部门的业务"):
    name: str = fact("被承接的部门")
    reason: str = fact("原因")

    def details(self) -> Iterator[str]:
        yield f"被承接的部门：{self.name}"
        yield f"原因：{self.reason}"


class AboutRequest(OfPeople):
    """Somebody's request to look after an institution, by its number; logged about the institution."""

    number: str = fact("编号")
    full_name: str = fact("姓名")


class AdministratorRequested(AboutRequest, code="administrator.requested", words="申请机构管理员"):
    """By the letter of `sender` about an agreement, or by nobody's."""

    sha256: str = fact("文件摘要")
    agreement: str | None = fact("凭哪份协议的函", default=None)
    sender: str | None = fact("来函机构", default=None)


class AdministratorConfirmed(AboutRequest, code="administrator.confirmed", words="确认机构管理员"):
    pass


class AdministratorRefused(AboutRequest, code="administrator.refused", words="不予确认机构管理员"):
    reason: str = fact("原因")


class OfAccount(Event, group=Group("账号与登录", 51)):
    """Its heading is that of accounts."""


class AccountSuspended(OfAccount, code="account.suspended", words="停用账号"):
    reason: str = fact("原因")
    sessions_ended: int = fact("结束的登录数")


class AccountRestored(OfAccount, code="account.restored", words="恢复账号"):
    reason: str = fact("原因")


class JobTriedAgain(OfPeople, code="job.tried_again", words="让后台任务重新处理"):
    what: str = fact("任务")
