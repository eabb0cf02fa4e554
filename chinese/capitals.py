"""Money in Chinese capitals, by cn2an (checked against the People's Bank rules in the tests)."""

from decimal import Decimal

import cn2an


def in_capitals(yuan: Decimal) -> str:
    """Return 人民币壹仟肆佰零玖元伍角 for 1409.50. `yuan` has at most two decimals and is not negative."""
    return "人民币" + str(cn2an.an2cn(f"{yuan:.2f}", "rmb"))
