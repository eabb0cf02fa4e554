"""Made-up unified social credit codes with valid check characters, for tests and benches."""

from institutions.uscc import check_character, organisation_check_character


def compose_uscc(kind: str, region_code: str, organisation: str) -> str:
    """Return the whole code from authority and category (2), region (6) and organisation (8), both checks computed."""
    first_sixteen = kind + region_code + organisation
    first_seventeen = first_sixteen + organisation_check_character(organisation)
    return first_seventeen + check_character(first_seventeen)
