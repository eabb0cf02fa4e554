"""The way of each role's work, drawn in a few steps: for whoever comes for the first time, and again whenever asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.requests import PersonRequest
from institutions.models import Duty
from institutions.posts import Posts, posts_of


@dataclass(frozen=True)
class Step:
    """One step: its picture, what it is called, what is done there, and where (name of an address, or "")."""

    icon: str
    word: str
    sentence: str
    address: str = ""


@dataclass(frozen=True)
class Way:
    title: str
    steps: tuple[Step, ...]


CLERK = Way(
    "经办人：从起草到备案",
    (
        Step("document", "起草", "选合作机构，选范本，一页一页填空；随时可以停下，草稿都在。", "agreement-start"),
        Step("right", "送对方确认", "对方可以退回修改，也可以确认定稿；定稿以后文字不再变动。", "agreement-list"),
        Step("pencil", "签章", "打印出来盖章签字，或者由授权签约人在线签署。"),
        Step("print", "上传扫描件", "纸质签章的，扫描上传，由另一位同事逐页核对；核对无误，协议生效。"),
        Step("stamp", "报送备案", "生效以后分别报送两个部门，备案号和回执在备案页面。", "filing-list"),
    ),
)
SIGNATORY = Way(
    "授权签约人：在线签署",
    (
        Step("person", "申请证书", "上传授权书，由另一位同事确认。", "signing"),
        Step("lock", "设签名密码", "六位数字，只有本人知道；忘了就重新申请证书。", "signing"),
        Step("document", "逐页阅读", "每一页都看过，才能签。", "home"),
        Step("pencil", "签署", "输入签名密码，一次签好全部正本。", "home"),
    ),
)
APPROVER = Way(
    "审批人：定稿以前把关",
    (
        Step("tray", "看待办", "等您审批的协议在首页。", "home"),
        Step("document", "看文本", "填了什么、对方改了什么，都标出来。", "agreement-list"),
        Step("tick", "同意或退回", "退回时写明原因，经办人改好再送。", "home"),
    ),
)
REVIEWER = Way(
    "审核员：从登记机构到受理备案",
    (
        Step("building", "登记机构", "逐家登记，或者导入本部门的表格；哪一格有错会标出来。", "institution-list"),
        Step("person", "核实管理员", "机构的第一位管理员凭证照申请，由您核实。", "administrator-requests"),
        Step("stamp", "接收备案", "机构报送来的备案在首页，先接收再审核。", "filing-list"),
        Step("tick", "受理或退回", "对照文本和扫描件，受理就给备案号，退回要写明原因。", "filing-list"),
        Step("bars", "看覆盖", "哪些机构还没有签约，按日期都能查。", "coverage-home"),
    ),
)
SUPERVISOR = Way(
    "督查员：看整个辖区",
    (
        Step("bars", "看覆盖", "每个县区覆盖多少、缺哪些，可以选日期。", "coverage-home"),
        Step("document", "看协议", "从数字点到县区，再点到每一份协议。", "agreement-list"),
        Step("download", "导出台账", "列表右上角导出表格，县区的业务只看不改。", "filing-list"),
    ),
)
PEOPLE = Way(
    "管理员：管好人员",
    (
        Step("plus", "邀请同事", "填姓名和职责，打印密封信或发邮件，交给本人。", "people-list"),
        Step("person", "当面确认", "对方登录后，由另一位管理员或上级部门当面确认，职责才生效。", "people-list"),
        Step("cross", "离岗解除", "离岗的及时解除职责；至少留两位管理员，谁都不会被卡住。", "people-list"),
    ),
)
BUREAU = Way(
    "主管部门管理员：开张三件事",
    (
        Step("bell", "登记咨询电话", "机构办不下去的时候，页面上会告诉他们这个号码。", "people-list"),
        Step("stamp", "设定备案号", "照本部门的习惯写出下一个号，纸上发过的接着编。", "filing-numbers"),
        Step("plus", "邀请审核员", "审核员导入机构、受理备案；由平台或上级确认本人。", "people-list"),
    ),
)
PLATFORM = Way(
    "平台管理员：让县区开张",
    (
        Step("person", "两位管理员", "先邀请第二位平台管理员：谁授予的职责，谁都不能自己确认。", "people-list"),
        Step("building", "登记部门", "登记各县区的卫生健康部门和民政部门。", "platform"),
        Step("plus", "邀请部门管理员", "每个部门邀请第一位管理员，由另一位平台管理员确认。", "platform"),
        Step("tray", "看后台", "排队的、失败的任务在“后台任务”里，可以重新处理。", "platform-background"),
    ),
)
TEMPLATE_EDITOR = Way(
    "范本管理员：看范本",
    (
        Step("book", "看范本", "每个地区的范本、版本和原文依据。", "template-list"),
        Step("map", "看政策", "各地区的规定写在数据里，逐条注明原文。", "region-list"),
    ),
)
AUDITOR = Way(
    "审计员：查日志",
    (
        Step("book", "查日志", "谁在什么时候做了什么，按人、按事查。", "log-search"),
        Step("tick", "核验", "整本日志核验一遍，少一条、改一字都能发现。", "log-works"),
        Step("download", "导出", "导出的日志可以离线核验。", "log-works"),
    ),
)
WAYS = {
    Duty.CLERK: CLERK,
    Duty.SIGNATORY: SIGNATORY,
    Duty.APPROVER: APPROVER,
    Duty.REVIEWER: REVIEWER,
    Duty.SUPERVISOR: SUPERVISOR,
    Duty.TEMPLATE_EDITOR: TEMPLATE_EDITOR,
    Duty.AUDITOR: AUDITOR,
}


@require_GET
def guide(request: PersonRequest) -> HttpResponse:
    """The ways of all duties that the person holds where they act."""
    return render(request, "guide.html", {"ways": list(ways_of(posts_of(request.user)))})


def ways_of(posts: Posts) -> Iterator[Way]:
    """Yield the way of each duty, in the order of the menus."""
    if posts.is_administrator:
        if posts.is_platform_administrator:
            yield PLATFORM
        elif posts.is_of_an_authority:
            yield BUREAU
        else:
            yield PEOPLE
    yield from (way for duty, way in WAYS.items() if duty in posts.duties)
