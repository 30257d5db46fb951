"""The balances of the ledger's accounts (账户余额): what is held, owed and spent, to the fen."""

from typing import Annotated, Literal

from mall.app import Ctx, Cursor, Input, Output, query
from mall.domains.ledger import store as ledger
from mall.kit.page import last_id, next_cursor
from mall.kit.scope import check_platform
from pydantic import Field


class ListBalances(Input):
    members: Literal["stored_value", "points", "points_debt"] | None = None  # their accounts of this kind, one by one
    cursor: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 200


class Balance(Output):
    account: str  # as the chart of accounts names it: wechat, order_funds/<seller>, stored_value/* of all members ...
    amount_fen: int  # debits less credits: what is owed shows negative
    entries: int
    accounts: int  # so many are in this row


class Balances(Output):
    items: list[Balance]
    next_cursor: str | None


@query("ledger.list_balances", allow="staff")
def list_balances(ctx: Ctx, ask: ListBalances) -> Balances:
    """Spec E9. The platform's staff see every account, which add up to zero, those of members kind by kind; other
    sellers' see their own. Raises PlatformOnly for members one by one."""
    after = last_id(ask.cursor, "")
    if ask.members:
        check_platform(ctx.seller_id)
        rows = ledger.balances_of_members(ctx.tx, ask.members, ask.limit, after)
    else:
        rows = ledger.balances(ctx.tx, ctx.seller_id, ask.limit, after)
    return Balances(items=[Balance(account=row.account, amount_fen=int(row.amount_fen), entries=row.entries,
                                   accounts=row.accounts) for row in rows],
                    next_cursor=next_cursor(rows, ask.limit, lambda last: last.account))
