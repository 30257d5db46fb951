"""A shop with one coupon in its claim centre: 300-50, at most two a person."""

from datetime import timedelta

import pytest
from mall.tables.marketing import coupon_templates

from tests.support.shop import Caller, Shop


@pytest.fixture
def staff(shop: Shop) -> Caller:
    return shop.staff("coupons.*")


def wanted(shop: Shop, **other) -> dict:
    return {
        "kind": "full_reduction", "title": "周年庆券", "terms": {"threshold_fen": 30000, "off_fen": 5000},
        "channel": "CENTRE", "quota": 30, "per_member": 2, "claim_from": shop.now - timedelta(days=1),
        "claim_until": shop.now + timedelta(days=7), "valid_days": 10, **other,
    }


@pytest.fixture
def save(shop: Shop, staff: Caller):
    """save(quota=3) makes a template and returns its row."""

    def save(**other):
        saved = staff.call("coupons.save_coupon", **wanted(shop, **other))
        return shop.rows(coupon_templates, template_id=saved["template_id"])[0]

    return save
