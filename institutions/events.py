"""What happens to institutions and their entry in the register, with its words; and a person's switch of place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from audit.events import Event, Group, fact
from chinese.dates import cn_day
from institutions.facts import Changes, field_label, shown
from institutions.models import Document, Role


class AboutInstitution(Event, group=Group("机构", 90)):
    """What the history of an institution tells."""


class OnADay(AboutInstitution):
    on: date = fact("日期")
    reason: str = fact("原因")

    def details(self) -> Iterator[str]:
        yield f"日期：{cn_day(self.on)}"
        if self.reason:
            yield f"原因：{self.reason}"


class Added(AboutInstitution, code="institution.added", words="登记机构"):
    """Registered by hand, or by a `row` of an import."""

    name: str = fact("名称")
    role: Role = fact("机构类别")
    uscc: str = fact("统一社会信用代码")
    region: str = fact("地区")
    import_: int | None = fact("导入编号", default=None)
    row: int | None = fact("行", default=None)


class Changed(AboutInstitution, code="institution.changed", words="更新机构信息"):
    """`changes` maps a field of the institution or its profile to [old, new]; `scan` is the digest of a new proof."""

    changes: Changes = fact("更改")
    scan: str | None = fact("扫描件", default=None)
    reason: str | None = fact("原因", default=None)
    import_: int | None = fact("导入编号", default=None)
    row: int | None = fact("行", default=None)

    def details(self) -> Iterator[str]:
        for name, (old, new) in self.changes.items():
            yield f"{field_label(name)}：{shown(name, old)} → {shown(name, new)}"
        if self.reason:
            yield f"原因：{self.reason}"


class Renamed(OnADay, code="institution.renamed", words="机构更名"):
    former: str = fact("原名")
    to: str = fact("改为")

    def details(self) -> Iterator[str]:
        yield f"{self.former} → {self.to}"
        yield from super().details()


class Suspended(OnADay, code="institution.suspended", words="机构暂停"):
    pass


class Reopened(OnADay, code="institution.reopened", words="机构恢复"):
    pass


class Closed(OnADay, code="institution.closed", words="机构关闭"):
    pass


class Lapsed(AboutInstitution, code="institution.lapsed", words="许可或备案失效"):
    document: Document = fact("证照")
    last_day: date = fact("最后有效日")

    def details(self) -> Iterator[str]:
        yield f"最后有效日：{cn_day(self.last_day)}"


class ActingSwitched(Event, code="account.acting_switched", words="切换代表单位", group=Group("账号与登录", 52)):
    """About the person: from now on, in one session, they act for `place`."""

    place: str = fact("单位")
    duties: str = fact("职责")
