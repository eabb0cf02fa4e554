"""100,000 made-up institutions in the database within seconds: the crowd that a search has to find its way in."""

import io
import random

from django.db import connection

from tests import factories

_CITIES = "长沙 绍兴 吴忠 吉安 郑州 岳阳 衡阳 宁波 金华 赣州"
_WORDS = "福星 康宁 夕阳 松鹤 常青 颐乐 仁和 安康 春晖 慈善 同心 百_岁 100% 晚晴 静雅 金色 長壽 孝亲 瑞祥 和谐"
_ELDER_CARE_KINDS = "养老院 敬老院 护理院 日间照料中心 互助院"
_MEDICAL_KINDS = "社区卫生服务中心 人民医院 中医医院 乡卫生院 诊所"
PLACES = [city + side for city in _CITIES.split() for side in "东西南北中"]
WORDS = _WORDS.split()
KINDS = [(kind, "elder_care") for kind in _ELDER_CARE_KINDS.split()]
KINDS += [(kind, "medical") for kind in _MEDICAL_KINDS.split()]
CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"

Row = tuple[str, str, str]  # name, code, role


def make_rows(count: int, seed: int = 20261122) -> list[Row]:
    """Return the same rows for the same seed. One name in 20,000 has the character 堃; codes are not checked ones."""
    # Repeatable test data, not a secret.
    chance = random.Random(seed)  # noqa: S311
    rows = []
    for number in range(count):
        kind, role = chance.choice(KINDS)
        rare = "堃" if number % 20_000 == 7 else ""
        name = f"{chance.choice(PLACES)}{chance.choice(WORDS)}{rare}{number % 977}号{kind}"
        tail = "".join(chance.choices(CODE_CHARACTERS, k=9))
        rows.append((name, f"{chance.choice(('12', '52', '91'))}{330000 + number % 9999}{tail}0", role))
    return rows


def copy_in(rows: list[Row]) -> None:
    """COPY the rows into the table and refresh the planner's statistics."""
    county = factories.region("330602").pk
    lines = "".join(f"{role}\t{name}\t{code}\t{county}\n" for name, code, role in rows)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE crowd (role text, name text, uscc text, region_id bigint)")
        cursor.copy_expert("COPY crowd FROM STDIN", io.StringIO(lines))
        cursor.execute(
            "INSERT INTO institutions_institution (role, name, uscc, region_id, operator_name, operator_uscc, address,"
            " legal_representative, phone, ownership, status, is_demo, needs_approval)"
            " SELECT role, name, uscc, region_id, '', '', '', '', '', 'public', 'open', false, false FROM crowd"
        )
        cursor.execute("DROP TABLE crowd")
        cursor.execute("ANALYZE institutions_institution")
