"""Bills: the trade bill and the fund flow of one day of Shanghai, read by the real library."""

import datetime as dt
import gzip
import hashlib
import json
import time

import pytest

pytestmark = pytest.mark.spec("E14", "L1")

CHINA = dt.timezone(dt.timedelta(hours=8))


@pytest.fixture
def running(start, data_dir):
    """A simulator of one's own, its clock at noon of Shanghai two days from now."""
    simulator = start(data_dir, min_refund_gap_s=0)
    noon = dt.datetime.now(CHINA).replace(hour=12, minute=0, second=0, microsecond=0) + dt.timedelta(days=2)
    simulator.noon, simulator.day = noon.timestamp(), noon.strftime("%Y-%m-%d")
    simulator.at = lambda hours: simulator.move_clock(simulator.noon + hours * 3600 - time.time())
    simulator.at(0)
    return simulator


@pytest.fixture
def trade(running, bare_for, site, wait):
    """Pay an order on the own simulator, and refund a part of it; its number."""
    bare, numbers = bare_for(running), iter(range(1, 1000))

    def make(total_fen, refund_fen=0, description="搪瓷杯", settled=True):
        number = f"TRADE{next(numbers):05d}"
        status, _, body = bare("POST", "/v3/pay/transactions/jsapi", {
            "appid": running.merchant["appids"][0], "mchid": running.merchant["mchid"], "description": description,
            "out_trade_no": number, "notify_url": site.url, "amount": {"total": total_fen, "currency": "CNY"},
            "payer": {"openid": "oBuyer1"}})
        assert status == 200, body
        assert running.pay(number).status_code == 200
        if refund_fen:
            status, _, body = bare("POST", "/v3/refund/domestic/refunds", {
                "out_trade_no": number, "out_refund_no": f"{number}-R",
                "amount": {"refund": refund_fen, "total": total_fen, "currency": "CNY"}})
            assert status == 200, body
            if settled:
                wait(lambda: running.order(number)["refunds"][0]["status"] == "SUCCESS")
        return number

    return make


@pytest.fixture
def library(running, open_library):
    client = open_library()
    client._core._gate_way = running.url
    return client


def read(client, answer):
    """A bill by its answer: verified, unpacked, as (rows by column name, summary by name)."""
    status, told = answer
    assert status == 200, told
    told = json.loads(told)
    status, packed = client.download_bill(told["download_url"])
    assert status == 200
    plain = gzip.decompress(packed)
    assert (told["hash_type"], told["hash_value"]) == ("SHA1", hashlib.sha1(plain).hexdigest())
    header, *lines = plain.decode().strip().split("\r\n")
    *rows, summary_header, summary = lines
    assert all(line.startswith("`") for line in [*rows, summary])
    return ([dict(zip(header.split(","), line[1:].split(",`"), strict=True)) for line in rows],
            dict(zip(summary_header.split(","), summary[1:].split(",`"), strict=True)))


def refusal(answer):
    return answer[0], json.loads(answer[1])["code"]


def test_the_real_library_reads_a_days_trades_with_refunds_and_fees(running, trade, library):
    first, second = trade(10_000, 3_000, "杯子, 大号"), trade(1_999)
    running.at(24)
    rows, summary = read(library, library.trade_bill(running.day))
    names = ("商户订单号", "交易状态", "订单金额", "商户退款单号", "退款金额", "退款状态", "手续费")
    told = [tuple(row[name] for name in names) for row in rows]
    assert told == [
        (first, "SUCCESS", "100.00", "0", "0.00", "", "0.60"),
        (first, "REFUND", "0.00", f"{first}-R", "30.00", "SUCCESS", "-0.18"),
        (second, "SUCCESS", "19.99", "0", "0.00", "", "0.12"),
    ]
    assert (rows[0]["商品名称"], rows[0]["费率"], rows[0]["交易类型"]) == ("杯子, 大号", "0.60%", "JSAPI")
    assert rows[0]["交易时间"].startswith(f"{running.day} 12:0")
    assert summary == {"总交易单数": "3", "应结订单总金额": "119.99", "退款总金额": "30.00", "充值券退款总金额": "0.00",
                       "手续费总金额": "0.54", "订单总金额": "119.99", "申请退款总金额": "30.00"}


def test_the_success_and_refund_bills_have_their_own_columns(running, trade, library):
    number = trade(10_000, 3_000)
    running.at(24)
    (paid,), _ = read(library, library.trade_bill(running.day, "SUCCESS"))
    assert (paid["订单金额"], paid["手续费"], "退款金额" in paid, len(paid)) == ("100.00", "0.60", False, 20)
    (refunded,), _ = read(library, library.trade_bill(running.day, "REFUND"))
    assert (refunded["商户退款单号"], refunded["退款金额"], len(refunded)) == (f"{number}-R", "30.00", 29)
    assert refunded["退款申请时间"][:10] == refunded["退款成功时间"][:10] == running.day


def test_a_refund_that_is_not_through_says_so(running, trade, library):
    running.faults({"at": "refund_outcome", "do": "stuck", "times": None})
    trade(10_000, 3_000, settled=False)
    running.at(24)
    assert [row["退款状态"] for row in read(library, library.trade_bill(running.day))[0]] == ["", "PROCESSING"]


def test_the_fund_flow_is_the_merchants_balance(running, trade, library):
    number = trade(10_000, 3_000)
    running.at(24)
    rows, summary = read(library, library.fundflow_bill(running.day))
    assert [(r["业务类型"], r["收支类型"], r["收支金额(元)"], r["账户结余(元)"], r["业务凭证号"]) for r in rows] == [
        ("交易", "收入", "100.00", "100.00", number),
        ("扣除交易手续费", "支出", "0.60", "99.40", number),
        ("退款", "支出", "30.00", "69.40", f"{number}-R"),
        ("退还交易手续费", "收入", "0.18", "69.58", f"{number}-R"),
    ]
    assert summary == {"资金流水总笔数": "4", "收入笔数": "2", "收入金额": "100.18", "支出笔数": "2",
                       "支出金额": "30.60"}


def test_a_day_begins_at_midnight_of_shanghai(running, trade, library):
    running.at(-12 - 1 / 600)  # six seconds before midnight
    before = trade(100)
    running.at(-12)
    after = trade(200)
    running.at(24)
    rows, _ = read(library, library.trade_bill(running.day))
    assert [row["商户订单号"] for row in rows] == [after]
    previous = (dt.date.fromisoformat(running.day) - dt.timedelta(days=1)).isoformat()
    rows, _ = read(library, library.trade_bill(previous))
    assert [row["商户订单号"] for row in rows] == [before]


def test_a_bill_comes_the_next_day_at_ten_and_for_three_months(running, trade, library):
    trade(100)
    assert refusal(library.trade_bill(running.day)) == (400, "PARAM_ERROR")  # not today
    running.at(21.9)
    assert refusal(library.trade_bill(running.day)) == (400, "STATEMENT_CREATING")
    running.at(22)
    assert read(library, library.trade_bill(running.day))[1]["总交易单数"] == "1"
    running.at(24 * 93)
    assert refusal(library.trade_bill(running.day)) == (400, "PARAM_ERROR")
    assert refusal(library.trade_bill("2026-02-30")) == (400, "PARAM_ERROR")
    assert refusal(library.trade_bill(running.day, "EVERY")) == (400, "PARAM_ERROR")


def test_a_day_without_trade_has_no_bill(running, library):
    running.at(24)
    assert refusal(library.trade_bill(running.day)) == (400, "NO_STATEMENT_EXIST")
    assert refusal(library.fundflow_bill(running.day)) == (400, "NO_STATEMENT_EXIST")
    assert refusal(library.fundflow_bill(running.day, "FEES")) == (400, "NO_STATEMENT_EXIST")


def test_a_link_needs_a_signature_and_lasts_five_minutes(running, trade, library, bare_for):
    trade(100)
    running.at(24)
    url = json.loads(library.trade_bill(running.day)[1])["download_url"]
    assert url.startswith(running.url + "/v3/billdownload/file?token=")
    path, bare = url[len(running.url):], bare_for(running)
    status, headers, _ = bare("GET", path)
    assert (status, [name for name in headers if name.startswith("wechatpay-")]) == (200, [])
    assert bare("GET", path, headers={"Authorization": None})[0] == 401
    assert bare("GET", path + "x")[0] == 400
    running.at(24.1)
    assert bare("GET", path)[0] == 400


def test_a_bill_without_packing_is_plain_text(running, trade, bare_for):
    number, bare = trade(100), bare_for(running)
    running.at(24)
    told = json.loads(bare("GET", f"/v3/bill/tradebill?bill_date={running.day}&bill_type=ALL")[2])
    plain = bare("GET", told["download_url"][len(running.url):])[2]
    assert hashlib.sha1(plain).hexdigest() == told["hash_value"]
    assert number in plain.decode()


def test_each_fault_of_a_bill_is_committed(running, trade, library):
    lost, changed, fee, state = trade(100_00), trade(200_00), trade(300_00), trade(400_00, 100_00)
    running.at(24)
    running.faults(
        {"at": "bill.trade_row", "do": "missing_row", "order": lost},
        {"at": "bill.trade_row", "do": "changed_amount", "order": changed, "by_fen": -5},
        {"at": "bill.trade_row", "do": "changed_fee", "order": fee, "by_fen": 7},
        {"at": "bill.trade_row", "do": "changed_state", "order": f"{state}-R", "state": "FAIL"},
        {"at": "bill.trade_extra", "do": "extra_row", "n": 2, "total_fen": 4_200},
    )
    rows, summary = read(library, library.trade_bill(running.day))
    assert [(r["商户订单号"][:8], r["订单金额"], r["手续费"], r["退款状态"]) for r in rows] == [
        (changed[:8], "199.95", "1.20", ""), (fee[:8], "300.00", "1.87", ""), (state[:8], "400.00", "2.40", ""),
        (state[:8], "0.00", "-0.60", "FAIL"), ("STRANGER", "42.00", "0.25", ""), ("STRANGER", "42.00", "0.25", "")]
    assert summary["总交易单数"] == "6"
    assert len(read(library, library.trade_bill(running.day))[0]) == 5  # each was given once
    running.faults({"at": "bill.fund_row", "do": "missing_row", "order": lost},
                   {"at": "bill.fund_row", "do": "changed_amount", "order": changed, "by_fen": 3})
    rows, _ = read(library, library.fundflow_bill(running.day))
    assert [(r["业务类型"], r["收支金额(元)"]) for r in rows][:3] == [
        ("扣除交易手续费", "0.60"), ("交易", "200.03"), ("扣除交易手续费", "1.20")]
    running.faults({"at": "bill", "do": "creating", "times": 2}, {"at": "bill.trade", "do": "bad_hash"})
    assert refusal(library.trade_bill(running.day)) == (400, "STATEMENT_CREATING")
    assert refusal(library.fundflow_bill(running.day)) == (400, "STATEMENT_CREATING")
    assert json.loads(library.trade_bill(running.day)[1])["hash_value"] == "0" * 40
