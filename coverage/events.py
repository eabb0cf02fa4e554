"""What happens to the figures themselves."""

from audit.events import Event, Group, fact


class FiguresRepaired(
    Event,
    code="coverage.repaired",
    words="覆盖数字与登记不一致，已重新计算",
    sentence="发现覆盖数字与登记不一致，已按登记重新计算",
    group=Group("机构", 92),
):
    """The steps of a region said something else than the register, agreements and filings do."""

    on: str = fact("日期")
    kept: str = fact("原来的数字")
    true: str = fact("按登记计算的数字")
