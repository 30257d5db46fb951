"""pricing.list_freight_templates (spec D3)."""

from tests.support import seed
from tests.support.shop import Shop


def test_only_the_own_templates_are_listed(shop: Shop):
    mine = seed.freight_template(shop, name="标准", is_default=True)
    seed.freight_template(shop, seller_id="sel_OTHER")
    items = shop.staff("pricing.*").call("pricing.list_freight_templates")["items"]
    assert [(each["freight_template_id"], each["name"], each["is_default"], each["document"]["by"])
            for each in items] == [(mine, "标准", True, "piece")]
