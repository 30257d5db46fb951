"""Bills as text: the documents' own example reads, and what is no bill is refused as a whole."""
# ruff: noqa: E501  a bill's lines are as long as they are

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mall.domains.reconciliation.bill_text import BillUnreadable, _fen, bill_rows, measure_bill
from mall.domains.reconciliation.rules import BillKind

pytestmark = pytest.mark.spec("E10")

TRADE = """交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注
`2026-11-20 16:33:45,`wx1,`1900000109,`0,`,`4200000001,`pay_A,`o1,`JSAPI,`SUCCESS,`CMB,`CNY,`19.99,`0.00,`0,`0,`0.00,`0.00,`,`,`杯子, 大\u2028号,`,`0.11994,`0.60%,`19.99,`0.00,`
`2026-11-20 17:00:00,`wx1,`1900000109,`0,`,`4200000001,`pay_A,`o1,`JSAPI,`REFUND,`CMB,`CNY,`0.00,`0.00,`5030000001,`rfd_A,`5.00,`0.00,`ORIGINAL,`SUCCESS,`杯子,`,`-0.03,`0.60%,`0.00,`5.00,`
总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额
`2,`19.99,`5.00,`0.00,`0.09,`19.99,`5.00
"""
FUND = """记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号
`2026-11-20 16:33:45,`4200000001,`1,`交易,`交易,`收入,`19.99,`19.99,`system,`,`pay_A
`2026-11-20 18:00:00,`,`2,`提现,`提现,`支出,`10.00,`9.99,`admin,`到 银行卡,`
资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额
`2.0,`1.0,`19.99,`1.0,`10.00
"""


def read(kind: BillKind, text: str) -> tuple[list, dict[str, int]]:
    """Its rows and its totals, as a text that is read line by line."""
    measured = measure_bill(kind, text.split("\n"))
    rows = list(bill_rows(kind, text.split("\n")))
    assert len(rows) == measured.count
    return rows, measured.totals


def test_a_trade_bill_reads_into_payments_and_refunds_with_commas_in_names():
    rows, totals = read(BillKind.TRADE, TRADE)
    assert [(row.entry, row.number, row.wechat_no, row.state, row.amount_fen, row.fee_fen) for row in rows] == [
        ("PAYMENT", "pay_A", "4200000001", "SUCCESS", 1_999, 12),
        ("REFUND", "rfd_A", "5030000001", "SUCCESS", 500, -3)]
    assert rows[0].booked_at.isoformat() == "2026-11-20T16:33:45+08:00"
    assert totals == {"payments": 1, "payments_fen": 1_999, "refunds": 1, "refunds_fen": 500, "fee_fen": 9}


def test_a_fund_flow_reads_with_signs_and_with_business_that_is_none_of_ours():
    rows, totals = read(BillKind.FUND, FUND)
    assert [(row.entry, row.number, row.amount_fen) for row in rows] == [
        ("INCOME", "pay_A", 1_999), ("OTHER", "", -1_000)]
    assert totals == {"rows": 2, "in_fen": 1_999, "out_fen": 1_000}


@pytest.mark.parametrize(("kind", "text"), [
    (BillKind.TRADE, ""), (BillKind.TRADE, "<xml></xml>"), (BillKind.TRADE, FUND), (BillKind.FUND, TRADE),
    (BillKind.TRADE, TRADE.replace("`2,`19.99", "`3,`19.99")),  # a row was lost on the way
    (BillKind.TRADE, TRADE.replace("`0.60%,`19.99", "`0.60%,`19.98")),
    (BillKind.TRADE, TRADE.replace("`JSAPI,`SUCCESS", "`SUCCESS")),
    (BillKind.TRADE, TRADE.replace("2026-11-20 17", "2026-13-20 17")),
    (BillKind.TRADE, TRADE.replace("`pay_A", "`")),
    (BillKind.TRADE, TRADE.replace("`19.99", "`NaN")),
    (BillKind.FUND, FUND.replace("`支出,`10.00", "`支出,`10.01")),
    (BillKind.FUND, FUND.replace("`支出", "`别的")),
    (BillKind.TRADE, TRADE + TRADE.splitlines()[1]),  # something follows the summary
    (BillKind.TRADE, "\n".join(TRADE.splitlines()[:-1])),  # the summary is cut off
])
def test_what_is_no_bill_or_does_not_add_up_is_refused_as_a_whole(kind: BillKind, text: str):
    with pytest.raises(BillUnreadable):
        measure_bill(kind, text.split("\n"))


@given(text=st.text(max_size=300), kind=st.sampled_from(list(BillKind)), at=st.integers(0, 900))
def test_no_text_breaks_the_reader(text: str, kind: BillKind, at: int):
    for given_text in (text, TRADE[:at] + text + TRADE[at:], FUND[:at] + text + FUND[at:]):
        try:
            read(kind, given_text)
        except BillUnreadable:
            continue


@given(st.integers(-10**12, 10**12))
def test_every_amount_of_yuan_reads_to_the_fen(fen: int):
    sign = "-" if fen < 0 else ""
    assert _fen(f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}") == fen
