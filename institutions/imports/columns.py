"""The columns that an import knows: their headings, what else people call them, and what may stand in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from institutions.imports.words import CARE_KINDS, LEVELS, MEDICAL_KINDS, OWNERSHIPS
from institutions.models import Role

BOTH = frozenset(Role)
MEDICAL = frozenset({Role.MEDICAL})
ELDER_CARE = frozenset({Role.ELDER_CARE})
PROFILES = {Role.MEDICAL: "medical_profile", Role.ELDER_CARE: "elder_care_profile"}


class Kind(Enum):
    TEXT = "text"
    CODE = "code"
    LICENCE = "licence"
    PHONE = "phone"
    REGION = "region"
    DAY = "day"
    COUNT = "count"
    CHOICE = "choice"
    YES_NO = "yes_no"


@dataclass(frozen=True)
class Column:
    """One fact of an institution or of its side's profile, under the model's own field name."""

    field: str
    heading: str
    kind: Kind
    example: str | int
    roles: frozenset[Role] = BOTH
    is_required: bool = False  # for an institution that is not registered yet
    most: int = 100  # characters
    synonyms: tuple[str, ...] = ()
    words: Mapping[str, str | int] = field(default_factory=dict)  # what people write → value; labels come first
    options: tuple[str, ...] = ()  # the labels, for the drop-down
    hint: str = ""

    @property
    def in_profile(self) -> bool:
        return self.field in PROFILE_FIELDS


COLUMNS = (
    Column(
        "name",
        "机构名称",
        Kind.TEXT,
        "越城区福星养老院",
        is_required=True,
        synonyms=(
            "名称",
            "单位名称",
            "机构全称",
            "养老机构名称",
            "养老服务机构名称",
            "养老服务机构",
            "医疗机构名称",
            "医疗卫生机构名称",
            "医疗卫生机构",
            "医疗机构",
            "登记名称",
        ),
        hint="与证照一致的全称",
    ),
    Column(
        "uscc",
        "统一社会信用代码",
        Kind.CODE,
        "52330602MJ3306020C",
        most=18,
        synonyms=("社会信用代码", "信用代码", "统一信用代码", "统一社会信用代码证号", "统一代码", "机构代码"),
        hint="18 位，单元格格式请保持“文本”；没有自己代码的留空，并填写举办单位",
    ),
    Column(
        "region",
        "所在县区",
        Kind.REGION,
        "越城区",
        is_required=True,
        synonyms=(
            "县区",
            "区县",
            "所属区县",
            "所属县区",
            "所在区县",
            "行政区划",
            "行政区划代码",
            "区划代码",
            "所在地区",
            "所属地区",
            "县（市、区）",
            "县市区",
            "所在县（市、区）",
        ),
        hint="填写名称或 6 位行政区划代码，见“行政区划”表",
    ),
    Column(
        "address",
        "地址",
        Kind.TEXT,
        "越城区胜利东路 1 号",
        is_required=True,
        most=200,
        synonyms=("机构地址", "详细地址", "住所", "经营地址", "执业地址", "服务场所地址", "单位地址", "注册地址"),
    ),
    Column(
        "legal_representative",
        "法定代表人（负责人）",
        Kind.TEXT,
        "赵堃",
        is_required=True,
        most=50,
        synonyms=("法定代表人", "法人代表", "法人", "负责人", "主要负责人", "院长", "法定代表人/负责人", "机构负责人"),
    ),
    Column(
        "phone",
        "联系电话",
        Kind.PHONE,
        "0575-88000001",
        most=30,
        synonyms=("电话", "联系方式", "手机", "手机号", "手机号码", "电话号码", "办公电话", "负责人电话"),
        hint="手机，或带区号的固定电话",
    ),
    Column(
        "ownership",
        "性质",
        Kind.CHOICE,
        "民办非营利",
        is_required=True,
        words=OWNERSHIPS,
        options=("公办", "民办非营利", "民办营利"),
        synonyms=("机构性质", "单位性质", "所有制", "经营性质", "举办性质", "登记性质", "所有制形式", "运营性质"),
    ),
    Column(
        "opened_on",
        "开业日期",
        Kind.DAY,
        "2019-05-01",
        synonyms=("成立日期", "成立时间", "开业时间", "运营日期", "投入运营时间", "开办时间", "设立日期"),
    ),
    Column(
        "operator_name",
        "举办单位",
        Kind.TEXT,
        "",
        synonyms=("举办单位名称", "主办单位", "举办者", "运营单位", "运营方"),
        hint="机构没有自己的代码时填写，由它签章",
    ),
    Column(
        "operator_uscc",
        "举办单位代码",
        Kind.CODE,
        "",
        most=18,
        synonyms=("举办单位统一社会信用代码", "主办单位代码", "举办单位信用代码", "运营单位代码"),
    ),
    Column(
        "kind",
        "机构类型",
        Kind.CHOICE,
        "养老机构",
        ELDER_CARE,
        is_required=True,
        words=CARE_KINDS,
        options=("养老机构", "敬老院", "居家社区养老服务机构", "日间照料中心", "互助院", "老饭桌"),
        synonyms=("类型", "类别", "机构类别", "养老机构类型", "设施类型"),
    ),
    Column(
        "beds",
        "床位数",
        Kind.COUNT,
        120,
        ELDER_CARE,
        synonyms=("床位", "核定床位", "总床位数", "床位总数", "养老床位数", "核定床位数"),
    ),
    Column(
        "residents",
        "入住人数",
        Kind.COUNT,
        80,
        ELDER_CARE,
        synonyms=("入住老人数", "在住人数", "入住老年人数", "在院人数", "收住人数", "现有人数"),
    ),
    Column(
        "residents_60",
        "其中60岁及以上",
        Kind.COUNT,
        78,
        ELDER_CARE,
        synonyms=("60岁及以上", "60岁以上", "60周岁及以上", "60岁以上人数"),
    ),
    Column(
        "residents_65",
        "其中65岁及以上",
        Kind.COUNT,
        70,
        ELDER_CARE,
        synonyms=("65岁及以上", "65岁以上", "65周岁及以上", "65岁以上人数"),
    ),
    Column(
        "residents_80",
        "其中80岁及以上",
        Kind.COUNT,
        31,
        ELDER_CARE,
        synonyms=("80岁及以上", "80岁以上", "80周岁及以上", "80岁以上人数"),
    ),
    Column(
        "has_own_clinic",
        "内设医疗机构",
        Kind.YES_NO,
        "否",
        ELDER_CARE,
        options=("是", "否"),
        synonyms=("是否内设医疗机构", "有无内设医疗机构", "内设医务室", "是否内设医务室"),
    ),
    Column(
        "own_clinic_since",
        "内设医疗机构设立日期",
        Kind.DAY,
        "",
        ELDER_CARE,
        synonyms=("内设医疗机构设立时间", "内设医疗机构成立日期", "医务室设立日期"),
    ),
    Column(
        "filing_number",
        "备案编号",
        Kind.TEXT,
        "越民养备〔2020〕12号",
        ELDER_CARE,
        most=60,
        synonyms=("备案号", "养老机构备案编号", "备案回执编号", "养老机构备案号", "设立许可证号"),
    ),
    Column(
        "filed_on",
        "备案日期",
        Kind.DAY,
        "2020-06-01",
        ELDER_CARE,
        synonyms=("备案时间", "养老机构备案日期", "养老机构备案时间"),
    ),
    Column(
        "kind",
        "机构类型",
        Kind.CHOICE,
        "乡镇卫生院",
        MEDICAL,
        is_required=True,
        words=MEDICAL_KINDS,
        options=(
            "综合医院",
            "中医医院",
            "专科医院",
            "康复医院",
            "护理院（站）",
            "社区卫生服务中心",
            "社区卫生服务站",
            "乡镇卫生院",
            "村卫生室",
            "诊所、医务室",
        ),
        synonyms=("类型", "类别", "机构类别", "医疗机构类别", "医疗机构类型"),
    ),
    Column(
        "level",
        "等级",
        Kind.CHOICE,
        "一级",
        MEDICAL,
        words=LEVELS,
        options=("未定级", "一级", "二级", "三级"),
        synonyms=("医院等级", "机构等级", "级别", "医疗机构等级", "医院级别"),
    ),
    Column(
        "licence_number",
        "执业许可证登记号",
        Kind.LICENCE,
        "",
        MEDICAL,
        most=22,
        synonyms=(
            "登记号",
            "执业许可证号",
            "医疗机构执业许可证登记号",
            "医疗机构执业许可证号",
            "许可证号",
            "执业登记号",
        ),
    ),
    Column(
        "licence_valid_from",
        "许可证有效期起",
        Kind.DAY,
        "2022-01-01",
        MEDICAL,
        synonyms=("有效期起", "有效期开始", "发证日期", "许可证有效期自", "执业许可证有效期起"),
    ),
    Column(
        "licence_valid_to",
        "许可证有效期止",
        Kind.DAY,
        "2036-12-31",
        MEDICAL,
        synonyms=(
            "有效期止",
            "有效期至",
            "有效期截止",
            "到期日期",
            "许可证有效期至",
            "执业许可证有效期止",
            "许可证到期日",
        ),
    ),
    Column(
        "is_insurance_designated",
        "医保定点",
        Kind.YES_NO,
        "是",
        MEDICAL,
        options=("是", "否"),
        synonyms=("是否医保定点", "医保定点机构", "是否定点", "医疗保险定点"),
    ),
)
PROFILE_FIELDS = frozenset(column.field for column in COLUMNS if column.roles != BOTH)
OF_ROLE = {role: {column.field: column for column in COLUMNS if role in column.roles} for role in Role}
# Headings that nobody needs to look at: numbering, and what an earlier marked sheet of ours added.
IGNORED = frozenset({"序号", "编号", "示例", "问题", "备注", "说明"})


def required_of(role: Role) -> list[Column]:
    return [column for column in OF_ROLE[role].values() if column.is_required]
