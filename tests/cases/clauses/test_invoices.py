"""Invoices, clause by clause: what docs/spec.md promises of E12, played over HTTP."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta, timezone

import pytest

from infra.local.client import Person
from tests.cases.town import Town

COMPANY = {"title_kind": "COMPANY", "title": "示例科技有限公司", "tax_no": "91350100M000100Y43"}


def asked(town: Town) -> tuple[Person, str, str, str]:
    """Somebody who has the goods and asks for an invoice of 100.00: who, the order, its payment, the invoice."""
    buyer, sku_id = town.someone(), town.shelf(10_000)
    placed, payment_no = town.paid(buyer, sku_id)
    code = buyer.call("orders.get_order", order_no=placed["order_no"])["pickup_code"]
    town.staff.call("fulfilment.check_off_pickup", code=code)
    invoice_id = buyer.call("invoices.request_invoice", order_no=placed["order_no"], **COMPANY)["invoice_id"]
    return buyer, placed["order_no"], payment_no, invoice_id


def record(town: Town, invoice_id: str, **more: object) -> dict:
    today = (datetime.now(timezone.utc) + timedelta(hours=8)).date().isoformat()
    return town.staff.call("invoices.record_invoice", invoice_id=invoice_id, number=str(secrets.randbelow(10**20)),
                           issued_on=today, amount_fen=10_000, **more)


def mine(buyer: Person) -> dict:
    return buyer.call("invoices.list_my_invoices")["items"][0]


@pytest.mark.clause("E12", "request", "invoices.request_invoice", "invoices.correct_request", "invoices.cancel_request")
def test_a_request_is_corrected_and_cancelled_by_its_buyer(town: Town):
    buyer, order_no, _, invoice_id = asked(town)
    stranger = town.someone()
    for action in ("invoices.cancel_request",):
        assert town.refusal(lambda action=action: stranger.call(action, invoice_id=invoice_id))[0] == 404
    buyer.call("invoices.correct_request", invoice_id=invoice_id, version=1, title_kind="PERSONAL", title="个人")
    assert (mine(buyer)["title"], mine(buyer)["version"]) == ("个人", 2)
    assert town.refusal(lambda: record(town, invoice_id)) == (409, "INVOICE_CORRECTED")
    buyer.call("invoices.cancel_request", invoice_id=invoice_id)
    assert town.refusal(lambda: record(town, invoice_id, version=2)) == (409, "ILLEGAL_MOVE")
    buyer.call("invoices.request_invoice", order_no=order_no, **COMPANY)


@pytest.mark.clause("E12", "issue state", "invoices.record_invoice", "invoices.list_my_invoices",
                    "invoices.refuse_request")
def test_the_buyer_sees_it_issued_or_refused_and_why(town: Town):
    buyer, order_no, _, invoice_id = asked(town)
    town.staff.call("invoices.refuse_request", invoice_id=invoice_id, reason="抬头与税号不符")
    assert (mine(buyer)["state"], mine(buyer)["refusal"]) == ("REFUSED", "抬头与税号不符")
    again = buyer.call("invoices.request_invoice", order_no=order_no, **COMPANY)["invoice_id"]
    record(town, again)
    assert mine(buyer)["state"] == "ISSUED"
    assert town.refusal(lambda: buyer.call("invoices.cancel_request", invoice_id=again)) == (409, "ILLEGAL_MOVE")


@pytest.mark.clause("E12", "red-letter on refund", "invoices.redden_refunded_invoices", "refunds.start_refund")
def test_an_amount_that_went_back_is_due_for_a_red_letter(town: Town):
    buyer, order_no, payment_no, invoice_id = asked(town)
    record(town, invoice_id)
    town.refund(order_no, by_amount={"kind": "COMPENSATION", "amount_fen": 800})

    def state() -> tuple[str, int]:
        town.settle_refunds()
        town.mall.tick("ops.relay_outbox")
        row = next(each for each in town.staff.call("invoices.list_invoices", limit=50)["items"]
                   if each["invoice_id"] == invoice_id)
        return row["state"], row["red_due_fen"]

    town.until("it is due", state, ("RED_DUE", 800))
    assert town.refunded_fen(payment_no) == 800
