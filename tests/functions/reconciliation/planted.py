"""A day on which every kind of difference is planted, and what a match then has to find."""

from mall.tables.trade import payments, refunds
from sqlalchemy import delete, update

from tests.functions.reconciliation.days import Day
from tests.support.shop import Shop


def change(shop: Shop, table, key, number: str, **values) -> None:
    shop.database.run(lambda tx: tx.write(update(table).where(key == number).values(**values), rows=1))


def drop(shop: Shop, table, key, number: str) -> None:
    shop.database.run(lambda tx: tx.write(delete(table).where(key == number), rows=1))


def traded(day: Day) -> tuple[list[str], list[str], tuple[str, str]]:
    """Payments, refunds, and an order whose payment we never heard of."""
    paid = [day.paid()[1] for _ in range(12)]
    back = [day.refunded() for _ in range(9)]
    lost = day.started()
    day.paying.faults({"at": "notice", "do": "lose", "times": None})
    day.paying.pay(lost[1])
    return paid, [each[2] for each in back], lost


def plant(shop: Shop, day: Day, paid: list[str], refund: list[str]) -> None:
    """Of these payments and refunds some differ: what WeChat writes into its bills, and what was altered here."""
    trade_row, fund_row = {"at": "bill.trade_row", "times": None}, {"at": "bill.fund_row", "times": None}
    day.paying.faults(
        {"at": "notice", "do": "lose", "times": None},
        {**trade_row, "do": "missing_row", "order": paid[0]},
        {**fund_row, "do": "missing_row", "order": paid[1]},
        {**trade_row, "do": "missing_row", "order": paid[2]},
        {**fund_row, "do": "missing_row", "order": paid[2]},
        {**trade_row, "do": "changed_amount", "order": paid[3], "by_fen": -1},
        {"at": "bill.fund_row", "do": "changed_amount", "order": paid[4], "by_fen": 5_000},
        {**trade_row, "do": "changed_fee", "order": paid[5], "by_fen": 1},
        {**trade_row, "do": "changed_fee", "order": paid[6], "by_fen": -1},
        {**trade_row, "do": "changed_state", "order": paid[7], "state": "REVOKED"},
        {"at": "bill.trade_extra", "do": "extra_row", "order": day.date.isoformat(), "n": 2, "total_fen": 4_200},
        {**trade_row, "do": "changed_state", "order": refund[0], "state": "FAIL"},
        {**trade_row, "do": "missing_row", "order": refund[1]},
        {**fund_row, "do": "missing_row", "order": refund[2]},
        {**trade_row, "do": "changed_amount", "order": refund[3], "by_fen": -1_000},
        {**trade_row, "do": "changed_fee", "order": refund[4], "by_fen": 2},
    )
    change(shop, payments, payments.c.payment_no, paid[8], amount_fen=9_999)
    change(shop, payments, payments.c.payment_no, paid[9], transaction_id="4200000000000000000000000000")
    drop(shop, payments, payments.c.payment_no, paid[10])
    change(shop, refunds, refunds.c.refund_no, refund[5], amount_fen=1)
    change(shop, refunds, refunds.c.refund_no, refund[6], state="SENT")
    drop(shop, refunds, refunds.c.refund_no, refund[7])


def planted(paid: list[str], refund: list[str], lost: str, strangers: list[str]) -> list[tuple[str, str, str]]:
    """The differences that a match then finds."""
    return sorted([
        *(("MISSING_THERE", "PAYMENT", number) for number in paid[:3]),
        *(("AMOUNT", "PAYMENT", number) for number in (paid[3], paid[4], paid[8])),
        *(("FEE", "PAYMENT", number) for number in paid[5:7]),
        *(("STATE", "PAYMENT", number) for number in (paid[7], paid[9])),
        *(("MISSING_HERE", "PAYMENT", number) for number in (*strangers, paid[10], lost)),
        *(("STATE", "REFUND", number) for number in (refund[0], refund[6])),
        *(("MISSING_THERE", "REFUND", number) for number in refund[1:3]),
        *(("AMOUNT", "REFUND", number) for number in (refund[3], refund[5])),
        ("FEE", "REFUND", refund[4]), ("MISSING_HERE", "REFUND", refund[7]),
    ])
