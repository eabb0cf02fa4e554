"""The unified social credit code (统一社会信用代码) of GB 32100-2015.

Our own function, because the libraries at hand reject valid codes: python-stdnum 2.2 requires the
first eight to be digits, and others overflow where the remainder is 0.
"""

import unicodedata

from django.core.exceptions import ValidationError

CHARSET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I O S V Z
WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def normalise_uscc(text: str) -> str:
    """Return the code in capitals without spaces or hyphens, narrow though a Chinese keyboard typed wide signs."""
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("-", "").upper()


def check_character(first_seventeen: str) -> str:
    """Return the 18th character. Raises ValueError for a character outside the standard's set."""
    total = sum(weight * CHARSET.index(char) for weight, char in zip(WEIGHTS, first_seventeen, strict=True))
    return CHARSET[-total % 31]


def organisation_check_character(first_eight: str) -> str:
    """Return the ninth character of an organisation code (GB 11714): modulus 11, 10 is X, 11 is 0."""
    total = sum(weight * int(char, 36) for weight, char in zip(ORGANISATION_WEIGHTS, first_eight, strict=True))
    return "0123456789X"[-total % 11]


def compose_uscc(kind: str, region_code: str, organisation: str) -> str:
    """Return the whole code of authority and category (2), region (6) and organisation (8), with both checks."""
    first_sixteen = kind + region_code + organisation
    first_seventeen = first_sixteen + organisation_check_character(organisation)
    return first_seventeen + check_character(first_seventeen)


def validate_uscc(code: str) -> None:
    """Raise ValidationError, with what is wrong in Chinese, unless `code` is a valid code."""
    if len(code) != 18:
        raise ValidationError(f"统一社会信用代码应为 18 位，现在是 {len(code)} 位。", code="length")
    strangers = sorted({char for char in code if char not in CHARSET})
    if strangers:
        raise ValidationError(f"统一社会信用代码不含这些字符：{' '.join(strangers)}。", code="charset")
    if check_character(code[:17]) != code[17]:
        raise ValidationError("统一社会信用代码的校验位不对，请对照证照核对。", code="check")
