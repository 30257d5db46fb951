"""Money (资金): invoices."""

from __future__ import annotations

from mall.kit import clock

from tests.crash.scenarios.kept import scenario
from tests.crash.scenarios.towns import asked_invoice, give_back, issued_invoice, own_invoice, shipped
from tests.crash.scenarios.words import call, relay
from tests.crash.town import Play, Town


@scenario("invoices.request_invoice")
def _request_invoice(town: Town) -> Play:
    member, order_no = shipped(town)
    return call(town, member, "invoices.request_invoice", order_no=order_no, title_kind="PERSONAL", title="张三")


@scenario("invoices.record_invoice")
def _record_invoice(town: Town) -> Play:
    _, asked = asked_invoice(town)
    return call(town, town.shop.staff(), "invoices.record_invoice", invoice_id=asked["invoice_id"],
                number="26440000000000000001", issued_on="2025-11-21", amount_fen=asked["amount_fen"])


@scenario("invoices.correct_request")
def _correct_invoice(town: Town) -> Play:
    member, invoice_id = own_invoice(town)
    return call(town, member, "invoices.correct_request", invoice_id=invoice_id, version=1, title_kind="PERSONAL",
                title="李四")


@scenario("invoices.cancel_request")
def _cancel_invoice(town: Town) -> Play:
    member, invoice_id = own_invoice(town)
    return call(town, member, "invoices.cancel_request", invoice_id=invoice_id)


@scenario("invoices.refuse_request")
def _refuse_invoice(town: Town) -> Play:
    _, invoice_id = own_invoice(town)
    return call(town, town.shop.staff(), "invoices.refuse_request", invoice_id=invoice_id, reason="抬头不对")


@scenario("invoices.redden_refunded_invoices")
def _redden(town: Town) -> Play:
    give_back(town, issued_invoice(town)[0])
    return relay(town)


@scenario("invoices.redden_refunded_invoices", "not issued yet")
def _redden_unissued(town: Town) -> Play:
    give_back(town, asked_invoice(town)[0])
    return relay(town)


@scenario("invoices.record_red_letter")
def _red_letter(town: Town) -> Play:
    order_no, asked = issued_invoice(town)
    give_back(town, order_no)
    town.tick("ops.relay_outbox")
    return call(town, town.shop.staff(), "invoices.record_red_letter", invoice_id=asked["invoice_id"], number="R1",
                issued_on="2025-11-22", amount_fen=asked["amount_fen"])


@scenario("invoices.export_statement")
def _export_statement(town: Town) -> Play:
    issued_invoice(town)
    today = clock.now().astimezone(clock.SHANGHAI).date().isoformat()
    return call(town, town.shop.staff(), "invoices.export_statement", from_day=today, until_day=today)
