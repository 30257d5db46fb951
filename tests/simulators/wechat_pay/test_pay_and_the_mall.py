"""The mall's own adapter against the simulator in each key mode: it accepts what its merchant has configured."""

from datetime import timedelta
from pathlib import Path

import pytest
from mall.adapters.wechat_pay import NoticeRejected, WeChatPay, WeChatPayConfig
from mall.kit import clock

pytestmark = pytest.mark.spec("E14", "E5")

PUBLIC_KEY, CERTIFICATE = ("public_key_id", "public_key_file"), ("platform_certificate_serial",
                                                                 "platform_certificate_file")


@pytest.mark.parametrize(("mode", "named", "beside", "by"), [
    ("public-key", PUBLIC_KEY, (), 100),
    ("certificate", CERTIFICATE, (), 0),
    ("both", PUBLIC_KEY, CERTIFICATE, 0),  # what was switched over last: notices still come by the certificate
    ("both", PUBLIC_KEY, CERTIFICATE, 100),
    ("both", CERTIFICATE, PUBLIC_KEY, 0),  # the public key is not in use yet
])
def test_an_order_is_paid_and_refunded_with_the_keys_that_the_merchant_has(
        start, data_dir, site, wait, mode, named, beside, by):
    running = start(data_dir, keys=mode, min_refund_gap_s=0, notices_by_public_key=by)
    merchant = running.merchant
    files = [named[1], *(beside[1:] if named == PUBLIC_KEY else ())]
    pay = WeChatPay(WeChatPayConfig(
        mchid=merchant["mchid"], appid=merchant["appids"][0], cert_serial_no=merchant["cert_serial_no"],
        private_key=Path(merchant["private_key_file"]).read_text(), apiv3_key=merchant["apiv3_key"],
        public_key_id=merchant[named[0]], public_key="\n".join(Path(merchant[file]).read_text() for file in files),
        gateway_url=running.url, timeout=(5, 20)))
    asked = {"channel": "jsapi", "payment_no": "MALL000001", "amount_fen": 1999, "description": "搪瓷杯",
             "expires_at": clock.wall() + timedelta(minutes=30), "notify_url": site.url, "openid": "oBuyer1"}
    assert pay.prepay(**asked).prepay_id.startswith("wx")
    assert running.pay("MALL000001").status_code == 200

    def told():  # once, however often a busy machine lets it be sent
        return {notice.event_type: notice.resource for notice in (
            pay.open_notice(headers, body, clock.wall()) for headers, body in site.received)}

    wait(lambda: site.received)
    assert told()["TRANSACTION.SUCCESS"]["out_trade_no"] == "MALL000001"
    pay.add_receiver(kind="MERCHANT_ID", account="1900000202", relation="STORE", name="示例商户")
    pay.refund(refund_no="MALLR1", payment_no="MALL000001", refund_fen=500, total_fen=1999, reason="不要了",
               notify_url=site.url)
    wait(lambda: "REFUND.SUCCESS" in told())
    assert (pay.query("MALL000001").state, pay.query_refund("MALLR1").state) == ("REFUND", "SUCCESS")
    other = WeChatPay(WeChatPayConfig(**{**vars(pay.config), "public_key_id": "PUB_KEY_ID_OTHER",
                                         "public_key": Path(merchant["public_key_file"]).read_text()}))
    with pytest.raises(NoticeRejected):
        other.open_notice(*site.received[0], clock.wall())
