"""messaging.list_templates (spec I1)."""

from __future__ import annotations

from mall.domains.messaging.tells import Template
from mall.tables.people import shop_settings
from sqlalchemy import delete

from tests.support.shop import Shop


def test_the_client_learns_what_it_can_ask_for(shop: Shop):
    assert shop.call("messaging.list_templates") == {"templates": [
        {"name": template.value, "template_id": f"wx-template-{template.value}"} for template in Template]}
    shop.database.run(lambda tx: tx.write(delete(shop_settings)))
    assert shop.call("messaging.list_templates") == {"templates": []}
