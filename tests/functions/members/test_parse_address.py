"""members.parse_address (spec A2); the many ways of writing are in tests/domains/members."""

from tests.support.shop import Shop, refused


def test_a_pasted_text_comes_back_in_parts_and_nothing_is_stored(shop: Shop):
    member = shop.member()
    before = shop.snapshot()
    assert member.call("members.parse_address", text="张三 138 0000 1111\n浙江省杭州市西湖区文三路1号") == {
        "name": "张三", "phone": "13800001111", "province": "浙江省", "city": "杭州市", "district": "西湖区",
        "detail": "文三路1号", "missing": []}
    assert shop.snapshot() == before


def test_what_was_not_found_is_named(shop: Shop):
    found = shop.member().call("members.parse_address", text="杭州西湖区龙井路1号")
    assert found["missing"] == ["name", "phone"]


def test_a_text_that_is_too_long_is_refused(shop: Shop):
    with refused("BAD_INPUT", status=400, field="text"):
        shop.member().call("members.parse_address", text="长" * 256)


def test_a_stranger_is_refused(shop: Shop):
    with refused("NOT_SIGNED_IN", status=401):
        shop.call("members.parse_address", text="张三")
