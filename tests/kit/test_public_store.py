"""The address of a picture in the size that is shown."""

import pytest
from mall.kit.public_store import SIZES, PublicStore, sized_key

BASE = "https://img.mall.example/mall"
STORE, COS = PublicStore(BASE), PublicStore("https://mall-125.cos.ap-guangzhou.myqcloud.com", "cos")
KEY = "public/checked/goods/sel_1/upl_01.jpg"


def test_each_size_stands_beside_the_picture():
    url = STORE.url_of(KEY)
    assert url == f"{BASE}/{KEY}"
    assert [STORE.small(url), STORE.medium(url), STORE.large(url)] == [
        f"{BASE}/public/checked/goods/sel_1/upl_01_{width}.webp" for width in SIZES]
    assert STORE.key_of(STORE.medium(url)) == sized_key(KEY, 480)


def test_on_cos_the_service_draws_it_and_what_it_cannot_draw_is_shown_as_it_is():
    url = COS.url_of(KEY)
    assert COS.large(url) == f"{url}?imageMogr2/thumbnail/1080x16200%3E/format/webp/ignore-error/1"


@pytest.mark.parametrize("url", [
    None, "", "https://elsewhere.example/public/checked/goods/a.jpg", f"{BASE}/public/products/sel_1/upl_01.jpg",
    f"{BASE}/public/checked/goods/sel_1/upl_01.mp4", f"{BASE}.evil.example/public/checked/a.jpg",
    f"{BASE}/public/checked/goods/sel_1/upl_01.jpg?x"])
def test_other_addresses_are_shown_as_they_are(url: str | None):
    assert STORE.medium(url) == url and COS.medium(url) == url


def test_without_a_public_address_nothing_is_ours():
    assert PublicStore("").key_of("https://img.example/public/a.jpg") is None
    assert PublicStore("").key_of("/public/a.jpg") is None


def test_a_name_in_chinese_is_found_again():
    assert STORE.key_of(STORE.url_of("public/图 1.png")) == "public/图 1.png"
