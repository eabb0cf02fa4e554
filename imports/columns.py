"""The columns that an import knows: their headings, what else people call them, and what may stand in them."""

from __future__ import annotations

from imports.column import Column, Kind
from imports.profile_columns import OF_ELDER_CARE, OF_MEDICAL
from imports.words import OWNERSHIPS
from institutions.models import Role

PROFILES = {Role.MEDICAL: "medical_profile", Role.ELDER_CARE: "elder_care_profile"}

OF_BOTH = (
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
            "院名",
            "养老院名称",
            "敬老院名称",
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
        synonyms=(
            "机构地址",
            "详细地址",
            "住所",
            "经营地址",
            "执业地址",
            "服务场所地址",
            "单位地址",
            "注册地址",
            "坐落",
            "所在地址",
        ),
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
        "13800000001",
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
)
COLUMNS = (*OF_BOTH, *OF_ELDER_CARE, *OF_MEDICAL)
OF_ROLE = {role: {column.field: column for column in COLUMNS if role in column.roles} for role in Role}
# Headings that nobody needs to look at: numbering, and what an earlier marked sheet of ours added.
IGNORED = frozenset({"序号", "编号", "示例", "问题", "备注", "说明"})


def required_of(role: Role) -> list[Column]:
    return [column for column in OF_ROLE[role].values() if column.is_required]
