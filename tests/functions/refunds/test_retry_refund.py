"""refunds.retry_refund (spec E6)."""

from mall.flows import refund
from mall.tables.trade import refunds

from tests.support import seed, trade
from tests.support.shop import Shop, refused


def refunded(shop: Shop, **product) -> str:
    """A refund that is due."""
    goods = seed.product(shop, **product)
    order_no = trade.paid_order(shop, shop.member(), goods.sku_id)
    shop.database.run(refund.refund_order, order_no, seller_id=None, cause=refund.RefundCause.STAFF, reason="不要了",
                      actor="test", now=shop.now)
    return max(row.refund_no for row in shop.rows(refunds))


def test_a_failed_refund_is_due_again_under_its_number(shop: Shop):
    refund_no = refunded(shop)
    shop.database.run(refund.keep_failure, refund_no, "微信拒绝退款（NOT_ENOUGH）", shop.now)
    answer = shop.staff("refunds.*").call("refunds.retry_refund", refund_no=refund_no)
    assert answer == {"refund_no": refund_no, "state": "DUE"}
    assert [(row.refund_no, row.state, row.problem, row.send_at) for row in shop.rows(refunds)] == [
        (refund_no, "DUE", None, shop.rows(refunds)[0].send_at)]
    assert shop.rows(refunds)[0].send_at <= shop.now


def test_one_that_has_not_failed_or_is_not_ours_is_refused(shop: Shop):
    due, theirs = refunded(shop), refunded(shop, seller_id="sel_OTHER")
    shop.database.run(refund.keep_failure, theirs, "微信拒绝退款（NOT_ENOUGH）", shop.now)
    staff, clerk = shop.staff("refunds.*"), shop.staff("orders.*")
    before = shop.snapshot("audit_entries")
    with refused("ILLEGAL_MOVE", status=409):
        staff.call("refunds.retry_refund", refund_no=due)
    for wrong in (theirs, "rfd_NONE"):
        with refused("REFUND_NOT_FOUND", status=404):
            staff.call("refunds.retry_refund", refund_no=wrong)
    with refused("NOT_ALLOWED", status=403):
        clerk.call("refunds.retry_refund", refund_no=due)
    assert shop.snapshot("audit_entries") == before
