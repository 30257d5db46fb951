"""Bills through the adapter: from the simulator, and from a server that answers wrongly."""

import gzip
import hashlib
from datetime import date, datetime, timedelta

import pytest
from mall.adapters.wechat_pay import BillDamaged, BillNotReady, NoBill, OutcomeUnknown, PayRefused, bills
from mall.adapters.wechat_pay.bills import _bill_link, _bill_text
from mall.kit import clock, outside
from mall.kit.db import Database

from tests.support.pay import Paying
from tests.support.shop import Shop

pytestmark = pytest.mark.spec("E10")


@pytest.fixture
def yesterday(paying: Paying) -> date:
    """A day that is over: paid orders of it, the clock then at noon of the next one."""
    now = datetime.now(clock.SHANGHAI)
    noon = now.replace(hour=12, minute=0, second=0) + timedelta(days=paying_day(paying))
    paying.move(seconds=(noon - now).total_seconds())
    return noon.date()


def paying_day(paying: Paying) -> int:
    """A day that no other test of the shared simulator trades on."""
    days = {order["transaction_id"][6:14] for order in paying.books()["orders"] if order["transaction_id"]}
    return next(day for day in range(400, 4000, 3)
                if (datetime.now(clock.SHANGHAI) + timedelta(days=day)).strftime("%Y%m%d") not in days)


def pay(paying: Paying, number: str, total_fen: int) -> None:
    paying.adapter.prepay(channel="native", payment_no=number, amount_fen=total_fen, description="龙井茶, 250 克",
                          expires_at=clock.now() + timedelta(hours=1), notify_url="http://127.0.0.1:9/nobody")
    paying.pay(number)


def test_both_bills_of_a_day_come_verified_and_unpacked(shop: Shop, paying: Paying, yesterday: date):
    number = f"BILL{yesterday:%Y%m%d}{shop.database.kind}"
    pay(paying, number, 12_345)
    with pytest.raises(PayRefused) as refused:
        paying.adapter.trade_bill(yesterday)
    assert refused.value.data == {"wechat_code": "PARAM_ERROR"}
    paying.move(hours=20)
    with pytest.raises(BillNotReady) as early:
        paying.adapter.trade_bill(yesterday)
    assert (early.value.code, early.value.retryable) == ("BILL_NOT_READY", True)
    paying.move(hours=4)
    trades = list(paying.adapter.trade_bill(yesterday).lines())
    assert len(trades) == 4
    assert f",`{number},`" in trades[1]
    assert ",`龙井茶, 250 克,`" in trades[1]
    funds = list(paying.adapter.fund_flow_bill(yesterday).lines())  # and refunds of other tests that WeChat ended now
    assert [line.split(",`")[6] for line in funds if number in line] == ["123.45", "0.74"]
    with pytest.raises(PayRefused):
        paying.adapter.trade_bill(yesterday + timedelta(days=1))  # today
    with pytest.raises(NoBill) as none:
        paying.adapter.trade_bill(yesterday - timedelta(days=1))
    assert none.value.code == "NO_BILL"
    paying.faults({"at": "bill", "do": "bad_hash", "times": 2})
    for read in (paying.adapter.trade_bill, paying.adapter.fund_flow_bill):
        with pytest.raises(BillDamaged):
            read(yesterday)
    paying.faults({"at": "bill", "do": "bad_signature"})
    with pytest.raises(OutcomeUnknown):
        paying.adapter.trade_bill(yesterday)


def test_no_bill_is_fetched_inside_a_transaction(shop: Shop, paying: Paying):
    def work(tx):
        tx.flush()
        outside.enter_transaction()
        paying.adapter.trade_bill(date(2026, 1, 1))

    with pytest.raises(RuntimeError, match="inside a transaction"):
        Database.run(shop.database, work)


def test_a_link_that_leads_elsewhere_is_not_gone_to():
    good = {"hash_type": "SHA1", "hash_value": "ab", "download_url": "https://pay.example/v3/billdownload/file?token=1"}
    assert _bill_link("https://pay.example", good) == ("ab", good["download_url"])
    for url in ("https://pay.example.evil.example/v3/billdownload/file", "http://169.254.169.254/v3/billdownload/file",
                "https://pay.example/v3/refund/domestic/refunds"):
        with pytest.raises(ValueError, match="link"):
            _bill_link("https://pay.example", {**good, "download_url": url})
    with pytest.raises(ValueError, match="link"):
        _bill_link("https://pay.example", {**good, "hash_type": "MD5"})


def test_the_text_is_taken_only_with_its_hash_and_below_the_limit(monkeypatch: pytest.MonkeyPatch):
    text = "交易时间\r\n`1\r\n"
    sha1 = hashlib.sha1(text.encode()).hexdigest()
    for content in (gzip.compress(text.encode()), text.encode()):
        bill = _bill_text([content], [sha1.upper()])
        assert (list(bill.lines()), bill.sha1, gzip.decompress(bill.content)) == (
            ["交易时间", "`1"], sha1, text.encode())
    marked = b"\xef\xbb\xbf" + text.encode()
    bill = _bill_text([gzip.compress(marked)] * 2, [hashlib.sha1(marked).hexdigest()] * 2)
    assert list(bill.lines()) == ["交易时间", "`1"] * 2
    assert bill.sha1 == hashlib.sha1(text.encode() * 2).hexdigest()
    for content in (b"", gzip.compress(text.encode())[:-9] + b"123456789", gzip.compress(b"other"), b"\x1f\x8b broken"):
        with pytest.raises(BillDamaged):
            _bill_text([content], [sha1])
    monkeypatch.setattr(bills, "BILL_UNPACKED_BYTES", 1000)
    bomb = b"0" * 1_000_000
    with pytest.raises(BillDamaged):
        _bill_text([gzip.compress(bomb)], [hashlib.sha1(bomb).hexdigest()])


def test_a_download_is_read_no_further_than_its_limit(shop: Shop, paying: Paying, yesterday: date,
                                                      monkeypatch: pytest.MonkeyPatch):
    pay(paying, f"LONG{yesterday:%Y%m%d}{shop.database.kind}", 100)
    paying.move(hours=24)
    assert list(paying.adapter.trade_bill(yesterday).lines())
    monkeypatch.setattr(bills, "BILL_LIMIT_BYTES", 100)
    with pytest.raises(OutcomeUnknown) as unknown:
        paying.adapter.trade_bill(yesterday)
    assert unknown.value.data == {"cause": "ValueError"}
