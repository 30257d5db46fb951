"""messaging.list_own_templates (spec I1)."""

from __future__ import annotations

from mall.domains.messaging.tells import TOLD, Template

from tests.support.shop import Shop


def test_every_kind_of_message_is_there_with_what_it_can_tell(shop: Shop):
    items = shop.staff("messaging.*").call("messaging.list_own_templates")["items"]
    assert [each["template"] for each in items] == [template.value for template in Template]
    assert [set(each["offers"]) for each in items] == [set(TOLD[template]) for template in Template]
