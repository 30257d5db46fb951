"""members.begin_web_sign_in (spec A1)."""

from urllib.parse import parse_qs, urlsplit

from tests.support.shop import Shop, refused

BROWSER = "browser-key-0123456789"


def test_the_visitor_is_sent_to_wechat_with_a_state_that_wechat_takes(shop: Shop, wechat):
    before = shop.snapshot()
    begun = shop.call("members.begin_web_sign_in", redirect_uri="https://h5.example/back", browser_key=BROWSER)
    asked = parse_qs(urlsplit(begun["authorize_url"]).query)
    assert asked == {"redirect_uri": ["https://h5.example/back"], "state": [begun["state"]]}
    assert len(begun["state"]) == 90 and begun["state"].isalnum()  # WeChat: at most 128 letters and digits
    assert shop.snapshot() == before


def test_what_is_no_web_address_is_refused(shop: Shop, wechat):
    with refused("BAD_INPUT", status=400, field="redirect_uri"):
        shop.call("members.begin_web_sign_in", redirect_uri="javascript:alert(1)", browser_key=BROWSER)


def test_two_states_are_never_the_same(shop: Shop, wechat):
    states = {shop.call("members.begin_web_sign_in", redirect_uri="https://h5.example/back",
                        browser_key=BROWSER)["state"] for _ in range(5)}
    assert len(states) == 5
