"""Operations (运营): the outbox, cases, risk, what is kept and for how long."""

from __future__ import annotations

from mall.app.routes import all_routes
from mall.kit import clock, outbox
from sqlalchemy import update

from tests.crash.scenarios.kept import scenario
from tests.crash.scenarios.money_payments import late_notice
from tests.crash.scenarios.words import basics, call, paid, relay, templates, timer
from tests.crash.town import Play, Town


@scenario("risk.block_member")
def _block(town: Town) -> Play:
    member, _ = basics(town)
    return call(town, town.shop.staff(), "risk.block_member", member_id=member.subject_id, reason="核实身份")


@scenario("risk.unblock_member")
def _unblock(town: Town) -> Play:
    member, _ = basics(town)
    staff = town.shop.staff()
    block_id = staff.call("risk.block_member", member_id=member.subject_id, reason="核实身份")["block_id"]
    return call(town, staff, "risk.unblock_member", member_id=member.subject_id, block_id=block_id, note="已核实")


@scenario("messaging.on_event_compose_messages")
@scenario("catalog.on_order_paid_count_sold")
@scenario("ops.relay_outbox")
def _relay(town: Town) -> Play:
    member, goods = basics(town)
    templates(town, member)
    paid(town, member, goods.sku_id)
    return relay(town)


@scenario("ops.relay_outbox", "deliveries of a relay that died")
def _relay_after_one_that_died(town: Town) -> Play:
    member, goods = basics(town)
    templates(town, member)
    paid(town, member, goods.sku_id)
    town.shop.database.run(outbox.take, all_routes(), clock.now())
    town.move(2)
    return relay(town)


@scenario("ops.relay_outbox", "an event that was told in part before deliveries had rows")
def _relay_rest(town: Town) -> Play:
    member, goods = basics(town)
    templates(town, member)
    paid(town, member, goods.sku_id)
    town.shop.database.run(lambda tx: tx.change(
        update(outbox.outbox_events).where(outbox.outbox_events.c.kind == "orders.order_paid")
        .values(waiting=["messaging.on_event_compose_messages"], attempts=1)))
    return relay(town)


@scenario("ops.replay_parked_event")
def _replay(town: Town) -> Play:
    member, goods = basics(town)
    paid(town, member, goods.sku_id)
    town.shop.database.run(outbox.take, all_routes(), clock.now())
    town.shop.database.run(lambda tx: tx.change(update(outbox.outbox_deliveries).values(state="PARKED", attempts=12)))
    event_id = town.shop.rows(outbox.outbox_events, kind="orders.order_paid")[0].event_id
    return call(town, town.shop.staff(), "ops.replay_parked_event", event_id=event_id)


@scenario("ops.resolve_case")
def _resolve(town: Town) -> Play:
    from mall.tables.trade import cases

    late_notice(town)()
    case_id = town.shop.rows(cases)[0].case_id
    return call(town, town.shop.staff(), "ops.resolve_case", case_id=case_id, note="已核对")


@scenario("ops.purge_old_rows")
def _purge(town: Town) -> Play:
    member, goods = basics(town)
    paid(town, member, goods.sku_id)
    town.tick("ops.relay_outbox")
    town.move(40 * 24 * 60)
    return timer(town, "ops.purge_old_rows")


@scenario("insight.sum_days")
def _sum_days(town: Town) -> Play:
    member, goods = basics(town)
    paid(town, member, goods.sku_id)
    town.move(2 * 24 * 60)
    return timer(town, "insight.sum_days")
