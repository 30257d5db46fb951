"""How a full reduction reads (spec D2)."""

import pytest
from mall.domains.pricing.steps.full_reduction import offer_of

pytestmark = pytest.mark.spec("F6")


def test_steps_are_told_in_their_order():
    steps = [{"threshold_fen": 30_000, "off_fen": 5_000}, {"threshold_fen": 50_000, "off_fen": 10_050}]
    assert offer_of({"steps": steps}) == "满300.00减50.00，满500.00减100.50"
    assert offer_of({"steps": steps[:1], "repeats": True}) == "每满300.00减50.00"
