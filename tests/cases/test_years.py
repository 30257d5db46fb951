"""What a year brings, clause by clause: A3's review, the end of A4's points. The clock moves far: it comes last."""

from __future__ import annotations

import os

import pytest

from tests.cases.clauses.test_members import membership, received
from tests.cases.town import Town

YEAR = 366 * 24 * 60
pytestmark = pytest.mark.skipif(bool(os.environ.get("MALL_LOCAL_PORT")), reason="somebody's shop stays in its year")


@pytest.mark.clause("A3", "downgrade by yearly review", "members.review_levels_yearly", "members.view_member_center")
@pytest.mark.clause("A4", "each lot expires (1 to 2 years)", "points.expire_points", "points.list_point_entries")
def test_a_year_that_brought_a_level_keeps_it_one_without_takes_it_and_the_points_are_over(town: Town):
    name = f"year-{town.run}-{len(town.spus)}"
    buyer = town.mall.sign_in(name)
    received(town, buyer, 5_005_000)
    points = buyer.call("points.list_point_entries")["points"]
    assert membership(buyer)["level"] == "black_gold" and points >= 50_000
    levels = []
    for _ in range(2):
        town.later(YEAR)
        for timer in ("members.review_levels_yearly", "points.expire_points"):
            town.mall.tick(timer)
        buyer = town.mall.sign_in(name)
        levels.append((membership(buyer)["level"], membership(buyer)["percent"]))
    assert levels == [("black_gold", 88), ("vip", 95)]  # 5,000 ever stay
    listed = buyer.call("points.list_point_entries")
    assert (listed["points"], listed["items"][0]["kind"], listed["items"][0]["points"]) == (
        0, "POINTS_EXPIRED", -points)
