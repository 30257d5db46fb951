"""The balances of the ledger's accounts (账户余额): what is held, owed and spent, to the fen."""

from mall.app import Ctx, Output, query
from mall.domains.ledger import store as ledger

MOST = 200


class Balance(Output):
    account: str  # as the chart of accounts names it: wechat, order_funds/<seller> ...
    amount_fen: int  # debits less credits: what is owed shows negative
    entries: int


class Balances(Output):
    items: list[Balance]


@query("ledger.list_balances", allow="staff")
def list_balances(ctx: Ctx) -> Balances:
    """Spec E9. The platform's staff see every account, which add up to zero; other sellers' see their own."""
    return Balances(items=[Balance(account=row.account, amount_fen=int(row.amount_fen), entries=row.entries)
                           for row in ledger.balances(ctx.tx, ctx.seller_id, MOST)])
