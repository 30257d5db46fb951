"""Refunds, clause by clause: what docs/spec.md promises of E6, played over HTTP."""

from __future__ import annotations

import pytest

from tests.cases.town import Town


@pytest.mark.clause("E6", "never more than paid", "refunds.start_refund")
def test_never_more_than_paid(town: Town):
    buyer, sku_id = town.someone(), town.shelf()
    placed, _ = town.paid(buyer, sku_id)
    town.refund(placed["order_no"])
    town.settle_refunds()
    town.move_on()
    assert town.refusal(lambda: town.refund(placed["order_no"]))[0] == 409
