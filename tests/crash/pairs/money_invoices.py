"""Money (资金): invoices."""

from __future__ import annotations

from tests.crash.pairs.kept import Pair, pair
from tests.crash.pairs.words import refund
from tests.crash.scenarios.towns import asked_invoice, give_back, issued_invoice, own_invoice, shipped
from tests.crash.scenarios.words import call, relay
from tests.crash.town import Town


@pair
def correct_invoice_x_record(town: Town) -> Pair:
    member, invoice_id = own_invoice(town)
    fen = member.call("invoices.list_my_invoices")["items"][0]["amount_fen"]
    return Pair((call(town, member, "invoices.correct_request", invoice_id=invoice_id, version=1, title_kind="PERSONAL",
                      title="李四"),
                 call(town, town.shop.staff(), "invoices.record_invoice", invoice_id=invoice_id,
                      number="26440000000000000001", issued_on="2025-11-21", amount_fen=fen)))


@pair
def cancel_invoice_x_refuse(town: Town) -> Pair:
    member, invoice_id = own_invoice(town)
    return Pair((call(town, member, "invoices.cancel_request", invoice_id=invoice_id),
                 call(town, town.shop.staff(), "invoices.refuse_request", invoice_id=invoice_id, reason="抬头不对")))


@pair
def request_invoice_x_refund(town: Town) -> Pair:
    member, order_no = shipped(town)
    asking = call(town, member, "invoices.request_invoice", order_no=order_no, title_kind="PERSONAL", title="张三")
    return Pair((asking, refund(town, order_no)))


@pair
def record_invoice_x_redden(town: Town) -> Pair:
    order_no, asked = asked_invoice(town)
    give_back(town, order_no)
    recording = call(town, town.shop.staff(), "invoices.record_invoice", invoice_id=asked["invoice_id"],
                     number="26440000000000000001", issued_on="2025-11-21", amount_fen=asked["amount_fen"])
    return Pair((recording, relay(town)))


@pair
def red_letter_x_red_letter(town: Town) -> Pair:
    order_no, asked = issued_invoice(town)
    give_back(town, order_no)
    town.tick("ops.relay_outbox")
    return Pair(tuple(call(town, town.shop.staff(), "invoices.record_red_letter", invoice_id=asked["invoice_id"],
                           number="R1", issued_on="2025-11-22", amount_fen=asked["amount_fen"]) for _ in range(2)))
