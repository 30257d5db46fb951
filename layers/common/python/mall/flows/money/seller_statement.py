"""A seller's settlement statement (商家结算单) of a period, order by order and in sum; and as an Excel file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from mall.domains.ledger import rules as accounts
from mall.domains.ledger import seller_sums
from mall.domains.sellers import statement
from mall.domains.sellers.statement import OrderLine, Totals
from mall.flows.money.export_statement import LINK_LASTS_S, XLSX, Exported, StatementTooLarge, days
from mall.kit.clock import SHANGHAI
from mall.kit.db import Tx
from mall.kit.money import yuan

MOST_ORDERS = 10_000
COLUMNS = ("完成时间", "项目", "订单号", "销售(元)", "退款(元)", "平台补贴(元)", "佣金(元)", "应结(元)")


def statement_of(tx: Tx, seller_id: str, from_day: date, until_day: date) -> tuple[list[OrderLine], Totals]:
    """Both days are included, of Shanghai; the lines by order number. Raises BadPeriod, StatementTooLarge."""
    since, until = days(from_day, until_day)
    order_nos = seller_sums.earned_orders(tx, seller_id, since, until, MOST_ORDERS + 1)
    if len(order_nos) > MOST_ORDERS:
        raise StatementTooLarge()
    lines: list[OrderLine] = []
    for entries, rates in seller_sums.of_orders(tx, seller_id, order_nos, until):
        found = statement.by_order(entries, seller_sums.ENDED, seller_sums.NO_WORTH, seller_sums.BY_THE_PLATFORM)
        lines += filter(None, (statement.line_of(order_no, found[order_no], rates[order_no], since, until)
                               for order_no in sorted(found)))
    beside = seller_sums.beside(tx, seller_id, since, until)
    return lines, statement.totals_of(
        lines, fees_fen=beside[accounts.WECHAT_FEE], points_cost_fen=beside[accounts.POINTS_COST],
        shared_fen=beside[accounts.SHARED], paid_by_hand_fen=-beside[accounts.PAID_BY_HAND])


def export(ctx: Any, from_day: date, until_day: date) -> tuple[Exported, Totals]:
    """Raises BadPeriod, StatementTooLarge, Unavailable."""
    lines, totals = ctx.read(statement_of, ctx.seller_id, from_day, until_day)
    rows = [(each.ended_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"), "订单", each.order_no,
             *map(_yuan, (each.sales_fen, each.refunds_fen, each.given_fen, each.commission_fen, each.earned_fen)))
            for each in lines]
    content = ctx.world.spreadsheets.write("结算", list(COLUMNS), [*rows, *_sums(totals)])
    key = f"exports/{ctx.seller_id}/{ctx.new_id('exp')}.xlsx"
    ctx.world.storage.put(key, content, XLSX)
    return Exported(len(lines), ctx.world.storage.sign_get(key, LINK_LASTS_S)), totals


def _sums(totals: Totals) -> list[tuple]:
    """Below the orders: what else was booked in the period, and what is to be paid."""
    nothing = Decimal(0)
    beside = (("微信手续费", -totals.fees_fen), ("积分成本", -totals.points_cost_fen), ("已分账", -totals.shared_fen),
              ("线下退款", totals.paid_by_hand_fen))
    return [*(("", what, "", *[nothing] * 4, _yuan(fen)) for what, fen in beside),
            ("", "合计", "", *map(_yuan, (totals.sales_fen, totals.refunds_fen, totals.given_fen, totals.commission_fen,
                                        totals.to_pay_fen)))]


def _yuan(amount_fen: int) -> Decimal:
    return Decimal(yuan(amount_fen))
