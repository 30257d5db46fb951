"""A bill's 公众账号ID beside the app that was paid in (spec E10, E5)."""

from __future__ import annotations

from mall.tables.accounts import bill_rows
from sqlalchemy import update

from tests.functions.reconciliation.days import Day, found
from tests.support.shop import APPID, WEB_APPID, Shop


def apps(shop: Shop) -> dict[str, str | None]:
    """Of the trades; a fund flow names no app."""
    return {row.number: row.appid for row in shop.rows(bill_rows) if row.state}


def change(shop: Shop, number: str, appid: str | None) -> None:
    shop.database.run(lambda tx: tx.write(
        update(bill_rows).where(bill_rows.c.number == number, bill_rows.c.state != "").values(appid=appid), rows=1))


def test_a_bill_names_the_app_that_was_paid_in_and_another_one_is_a_difference(shop: Shop, day: Day):
    mini = day.member
    day.member = shop.in_web(mini)
    _, in_web, refund_no = day.refunded()
    day.member = mini
    _, in_mini = day.paid()
    day.end()
    day.pull()
    assert apps(shop) == {in_web: WEB_APPID, refund_no: WEB_APPID, in_mini: APPID}
    change(shop, in_web, None)  # stored before apps were
    change(shop, in_mini, WEB_APPID)
    change(shop, refund_no, "wxOTHER")
    day.match()
    assert found(shop) == sorted([("STATE", "PAYMENT", in_mini), ("STATE", "REFUND", refund_no)])
    change(shop, in_mini, APPID)
    change(shop, refund_no, WEB_APPID)
    assert day.match()["mended"] == 2
    assert found(shop) == []
