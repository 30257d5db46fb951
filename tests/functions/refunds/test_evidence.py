"""What a buyer shows of a request for a refund: private files, read by a link by him and by the shop alone (E6)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from mall.adapters.object_storage import ObjectStorage
from mall.tables.goods import uploads
from mall.tables.trade import refund_requests

from tests.functions.ops.seeds import stranger
from tests.functions.refunds.asking import ask, paid, refuse
from tests.support.shop import Caller, Shop, refused
from tests.support.uploads import FILM, picture, sent, uploaded

pytestmark = pytest.mark.spec("E6", "B2")


def shown(member: Caller, body: bytes = b"", content_type: str = "image/png", **more: Any) -> str:
    """The id of a checked file of the member's."""
    asked = {"purpose": "EVIDENCE", "content_type": content_type, **more}
    return uploaded(member, body or picture(), **asked)["upload_id"]


def test_the_shop_and_its_buyer_read_evidence_by_a_link_that_is_short(shop: Shop, storage: ObjectStorage):
    member, line = paid(shop, 1)
    picture_id, film_id = shown(member), shown(member, FILM, "video/mp4")
    ask(member, line, reason="DAMAGED", evidence_ids=[picture_id, film_id, picture_id])
    [row] = shop.staff("refunds.list_requests").call("refunds.list_requests")["items"]
    assert row["request"]["evidence_ids"] == [picture_id, film_id]
    assert [(each["upload_id"], each["content_type"]) for each in row["evidence"]] == [
        (picture_id, "image/png"), (film_id, "video/mp4")]
    mine = member.call("refunds.view_refundable", order_no=line.order_no)["evidence"]
    assert {each["upload_id"] for each in mine} == {picture_id, film_id}
    for each in (*row["evidence"], *mine):
        answer = httpx.get(each["url"])
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, max-age=600")
        assert httpx.get(each["url"].partition("?")[0]).status_code == 403
    assert "X-Amz-Expires=600" in mine[0]["url"]
    assert all(upload.used_at is not None for upload in shop.rows(uploads))


def test_nobody_else_gets_a_link(shop: Shop, storage: ObjectStorage):
    member, line = paid(shop, 1)
    ask(member, line, evidence_ids=[shown(member)])
    assert stranger(shop).call("refunds.list_requests")["items"] == []
    with refused("ORDER_NOT_FOUND", status=404):
        shop.member("别人").call("refunds.view_refundable", order_no=line.order_no)
    with refused("NOT_ALLOWED", status=403):
        shop.staff("orders.*").call("refunds.list_requests")


@pytest.mark.parametrize("wrong", ["another's", "a face", "not checked", "nothing"])
def test_what_is_not_checked_evidence_of_the_buyers_own_is_refused_at_its_place(
        shop: Shop, storage: ObjectStorage, wrong: str):
    member, line = paid(shop, 1)
    own = shown(member)
    given = {"another's": lambda: shown(shop.member("别人")), "a face": lambda: shown(member, purpose="AVATAR"),
             "not checked": lambda: sent(member, picture(), purpose="EVIDENCE", content_type="image/png"),
             "nothing": lambda: "upl_00000000000000000000000000"}[wrong]()
    before = shop.snapshot()
    with refused("UPLOAD_NOT_CHECKED", status=422, field="evidence_ids.1"):
        ask(member, line, evidence_ids=[own, given])
    assert shop.snapshot() == before


def test_asked_again_the_same_picture_may_be_shown_again_and_is_kept(shop: Shop, storage: ObjectStorage):
    member, line = paid(shop, 1)
    own = shown(member)
    ask(member, line, evidence_ids=[own])
    refuse(shop)
    ask(member, line, evidence_ids=[own])
    shop.move(days=32)
    shop.tick("catalog.drop_unused_uploads")
    assert [row.evidence for row in shop.rows(refund_requests)] == [[own], [own]]
    [each] = member.call("refunds.view_refundable", order_no=line.order_no)["evidence"]
    assert httpx.get(each["url"]).status_code == 200


def test_more_than_nine_are_refused_and_one_that_shows_nothing_needs_no_storage(shop: Shop):
    member, line = paid(shop, 1)
    with refused("BAD_INPUT", status=400, field="evidence_ids"):
        ask(member, line, evidence_ids=[f"upl_{number}" for number in range(10)])
    ask(member, line)
    [row] = shop.staff().call("refunds.list_requests")["items"]
    assert row["evidence"] == [] and row["request"]["evidence_ids"] == []
