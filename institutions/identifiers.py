"""Doubts about codes, licence numbers and phone numbers, as sentences for people.

Warnings and never errors: the standards behind them are not certain, or institutions with older numbers exist
(GB 32100-2015, GB 11714, WS 218-2002). What is certain, the check character of the code, is `institutions.uscc`.
Whether something is a phone number at all is certain too: a form in which a person can be asked again may refuse it.
"""

import re

from institutions.uscc import organisation_check_character

# First two characters of the code: registering department and category (GB 32100-2015, table 1).
CATEGORIES = {
    "11": "机关",
    "12": "事业单位",
    "13": "中央编办直接管理机构编制的群众团体",
    "19": "机构编制部门登记的其他单位",
    "51": "社会团体",
    "52": "民办非企业单位",
    "53": "基金会",
    "59": "民政部门登记的其他单位",
    "91": "企业",
    "92": "个体工商户",
    "93": "农民专业合作社",
}
DEPARTMENTS = frozenset("123456789ANY")
FITTING_CATEGORIES = {
    "public": frozenset({"11", "12", "13", "19", "91"}),
    "private_nonprofit": frozenset({"51", "52", "53", "59"}),
    "private_for_profit": frozenset({"91", "92", "93"}),
}
OWNERSHIP_NAMES = {"public": "公办", "private_nonprofit": "民办非营利", "private_for_profit": "民办营利"}

LICENCE_22 = re.compile(r"[0-9A-Z]{9}\d{6}[0-9A-Z]{2}[A-Z][0-9A-Z]{3}[0-9]")
LICENCE_12 = re.compile(r"\d{12}")
MANAGEMENT_CLASSES = "129"  # not for profit, for profit, other
PSEUDO_CODE = "PDY"  # stands for the organisation code where there is none

MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
LANDLINE = re.compile(r"0\d{2,3}\d{7,8}(转\d{1,6})?", re.ASCII)
# 400 and 800 lines, nation-wide 95…, provincial 96… and public 12… numbers.
SERVICE_LINE = re.compile(r"(400|800)\d{7}|9[56]\d{3,6}|12\d{3,6}", re.ASCII)
# An extension behind a hyphen, 88000001-801; behind an area code stand more than six digits.
EXTENSION = re.compile(r"(?<=\d{7})\s*[-－—]\s*(\d{1,6})$", re.ASCII)
COUNTRY_CODE = re.compile(r"(\+|00)86", re.ASCII)
LOCAL_NUMBER = re.compile(r"[2-8]\d{6,7}", re.ASCII)
# The full-width form of each sign of ASCII, and the wide space.
FULL_WIDTH = {sign + 0xFEE0: sign for sign in range(0x21, 0x7F)} | {0x3000: 0x20}


def uscc_warnings(code: str, ownership: str = "") -> list[str]:
    """Return doubts about a code whose check character holds; none for an empty one."""
    if len(code) != 18:
        return []
    warnings = []
    category = CATEGORIES.get(code[:2])
    if code[0] not in DEPARTMENTS or (code[0] in "159" and category is None):
        warnings.append(f"统一社会信用代码的前两位（{code[:2]}）不是常见的登记管理部门和机构类别。")
    elif category and code[:2] not in FITTING_CATEGORIES.get(ownership, {code[:2]}):
        warnings.append(f"统一社会信用代码表示{category}，与所填性质“{OWNERSHIP_NAMES[ownership]}”不一致，请核对。")
    if organisation_check_character(code[8:16]) != code[16]:
        warnings.append("统一社会信用代码中组织机构代码（第9至17位）的校验位不符，请对照证照核对。")
    return warnings


def licence_warnings(number: str, region_code: str = "", uscc: str = "") -> list[str]:
    """Return doubts about a licence number (执业许可证登记号) of 22 or, in older ones, 12 characters."""
    if not number:
        return []
    if LICENCE_12.fullmatch(number):
        return _licence_region(number[:6], region_code)
    if len(number) != 22:
        return [f"执业许可证登记号一般为 22 位（旧号为 12 位数字），现在是 {len(number)} 位。"]
    if not LICENCE_22.fullmatch(number):
        return ["执业许可证登记号的构成不符合 WS 218（组织机构代码、区划、经济类型、机构类别、经营性质），请核对。"]
    warnings = _licence_region(number[9:15], region_code)
    if number[-1] not in MANAGEMENT_CLASSES:
        warnings.append("执业许可证登记号末位应为 1（非营利）、2（营利）或 9（其他）。")
    if uscc and not number.startswith(PSEUDO_CODE) and number[:9] != uscc[8:17]:
        warnings.append("执业许可证登记号前 9 位与统一社会信用代码中的组织机构代码不一致，请核对。")
    return warnings


def _licence_region(written: str, region_code: str) -> list[str]:
    # A county's hospital may be licensed by its prefecture, so only the first four digits must agree.
    if not region_code or written[:4] == region_code[:4]:
        return []
    return [f"执业许可证登记号中的区划（{written}）与所在县区（{region_code}）不在同一市，请核对。"]


def plain_phone(phone: str) -> str:
    """Return a phone number in the signs that telephones know, though a Chinese keyboard typed wide ones."""
    return phone.translate(FULL_WIDTH).strip()


def is_phone(phone: str) -> bool:
    """Whether this has a form of the mainland's numbers (电信网编号计划, 2017): mobile, landline with its area code, 转
    before an extension, 400, 800, 95…, 96…, 12…; spaces, hyphens, brackets and +86 may stand in it.
    """
    return any(shape.fullmatch(_digits(phone)) for shape in (MOBILE, LANDLINE, SERVICE_LINE))


def phone_warnings(phone: str) -> list[str]:
    """Return what is wrong with a phone number, as a sentence with the right forms; nothing for an empty one."""
    if not phone.strip() or is_phone(phone):
        return []
    if LOCAL_NUMBER.fullmatch(_digits(phone)):
        return ["电话缺少区号，请写成“区号-号码”。"]
    return [
        "这不是电话号码的写法。请填一个 11 位手机号，带区号的座机（如 0575-88000001，分机写“转”），"
        "或 400、95 开头的号码。"
    ]


def _digits(phone: str) -> str:
    """Return the signs that are dialled, and 转 before an extension."""
    bare = re.sub(r"[\s\-－—()（）]", "", EXTENSION.sub(r"转\1", phone.strip()))
    return COUNTRY_CODE.sub("", bare, count=1) if COUNTRY_CODE.match(bare) else bare
