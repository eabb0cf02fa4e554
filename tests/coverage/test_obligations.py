"""Who must be covered in a county, as its own scheme says it, and what the least is where nobody says anything."""

from pathlib import Path

import pytest

from coverage.figures import Obligation
from coverage.obligations import KINDS_TO_FILE, open_book
from regions.loading import load_scheme_files
from regions.models import Region
from regions.scheme_files import read_schemes
from tests import factories
from tests.filing.test_deadlines import SCHEME
from tests.made_up_schemes import write_scheme

TODAY = factories.today()


def obliged(region: Region) -> Obligation:
    return open_book([region], [TODAY]).obligation(region, TODAY)


def test_where_no_rule_is_loaded_one_agreement_is_the_least(county: Region) -> None:
    assert obliged(county) == Obligation(
        kinds=KINDS_TO_FILE, filed=False, civil_capacity=False, partners=1, primary_partners=0, clinic_exempts=False
    )


@pytest.mark.parametrize(
    ("filed", "civil_capacity", "exempts"), [(True, False, False), (False, True, False), (False, False, True)]
)
def test_each_rule_of_a_scheme_is_taken_as_it_stands(
    county: Region, tmp_path: Path, *, filed: bool, civil_capacity: bool, exempts: bool
) -> None:
    kinds = "kinds: [township_elderly_home, elders_canteen]"
    rules = [
        ("eligible_elder_care", f"{kinds}, filed: {str(filed).lower()}, civil_capacity: {str(civil_capacity).lower()}"),
        ("min_medical_partners", "minimum: 3"),
        ("min_primary_partners", "minimum: 2"),
        ("own_clinic_exempts", f"exempts: {str(exempts).lower()}"),
    ]
    lines = [f"  - {{rule: {rule}, with: {{{said}}}, quote: 演示, lower_may_change: true}}\n" for rule, said in rules]
    # For the province: below it 绍兴 has rules of its own, which no county may change.
    text = SCHEME.partition("deadlines:")[0].replace("330602", "330000") + "rules:\n" + "".join(lines)
    write_scheme(tmp_path, text)
    load_scheme_files(read_schemes(tmp_path))
    assert obliged(county) == Obligation(
        kinds=("elders_canteen", "township_elderly_home"),
        filed=filed,
        civil_capacity=civil_capacity,
        partners=3,
        primary_partners=2,
        clinic_exempts=exempts,
    )
