"""With what the platform signs: a public key only, certificates only, or both while a merchant is switched over."""

import base64
import json
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

pytestmark = pytest.mark.spec("E14", "L1")

CERTIFICATES = "/v3/certificates"
OAEP = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)


def key_of(merchant, name):
    if name == "public_key":
        return serialization.load_pem_public_key(Path(merchant["public_key_file"]).read_bytes())
    return x509.load_pem_x509_certificate(Path(merchant["platform_certificate_file"]).read_bytes()).public_key()


def verify(key, headers, body):
    told = {name.lower(): value for name, value in headers.items()}
    message = f"{told['wechatpay-timestamp']}\n{told['wechatpay-nonce']}\n".encode() + body + b"\n"
    key.verify(base64.b64decode(told["wechatpay-signature"]), message, padding.PKCS1v15(), hashes.SHA256())
    return told["wechatpay-serial"]


def told_of_payment(running, bare, site, new_order):
    """Pay one more order, asked for without a Wechatpay-Serial; the serial of its notice, which verifies."""
    order, seen = new_order(mchid=running.merchant["mchid"]), len(site.received)
    url = "/v3/pay/transactions/jsapi"
    status, headers, body = bare("POST", url, order, headers={"Wechatpay-Serial": None})
    assert status == 200, body
    running.pay(order["out_trade_no"])
    notice, sent = site.wait_for(seen + 1)[seen]
    told = {name.lower(): value for name, value in notice.items()}
    name = "public_key" if told["wechatpay-serial"].startswith("PUB_KEY_ID_") else "certificate"
    return headers["wechatpay-serial"], verify(key_of(running.merchant, name), notice, sent)


def test_with_a_public_key_only_it_signs_everything_and_there_are_no_certificates(
        start, data_dir, bare_for, site, new_order):
    running = start(data_dir, keys="public-key")
    bare, merchant = bare_for(running), running.merchant
    status, headers, body = bare("GET", CERTIFICATES)
    assert (status, json.loads(body)) == (404, {
        "code": "RESOURCE_NOT_EXISTS", "message": "无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥。"
        "可查看指引https://pay.weixin.qq.com/doc/v3/merchant/4012153196"})
    assert "wechatpay-signature" not in headers
    assert told_of_payment(running, bare, site, new_order) == (merchant["public_key_id"],) * 2
    status, _, body = bare("GET", CERTIFICATES, headers={"Wechatpay-Serial": merchant["platform_certificate_serial"]})
    assert (status, json.loads(body)["code"]) == (400, "PARAM_ERROR")
    assert running.http.put("/_sim/keys", json={"notices_by_public_key": 0}).status_code == 409
    assert running.http.get("/_sim/keys").json() == {"mode": "public-key", "notices_by_public_key": None}


def test_with_certificates_only_they_sign_everything_and_a_public_key_is_unknown(
        start, data_dir, bare_for, site, new_order):
    running = start(data_dir, keys="certificate")
    bare, merchant = bare_for(running), running.merchant
    status, headers, body = bare("GET", CERTIFICATES, headers={"Wechatpay-Serial": None})
    assert status == 200
    [listed] = json.loads(body)["data"]
    assert listed["serial_no"] == verify(key_of(merchant, "certificate"), headers, body)
    assert told_of_payment(running, bare, site, new_order) == (merchant["platform_certificate_serial"],) * 2
    status, _, body = bare("GET", CERTIFICATES, headers={"Wechatpay-Serial": merchant["public_key_id"]})
    assert (status, json.loads(body)) == (
        400, {"code": "PARAM_ERROR", "message": "平台证书序列号Wechatpay-Serial错误"})


def test_while_a_merchant_is_switched_over_so_many_notices_of_a_hundred_come_by_the_public_key(
        start, data_dir, bare_for, site, new_order):
    running = start(data_dir, keys="both", notices_by_public_key=50)
    bare, merchant = bare_for(running), running.merchant
    told = [told_of_payment(running, bare, site, new_order)[1] for _ in range(4)]
    assert told == [merchant["platform_certificate_serial"], merchant["public_key_id"]] * 2
    for wrong in (101, -1, 0.5, True, "50"):
        assert running.http.put("/_sim/keys", json={"notices_by_public_key": wrong}).status_code == 400
    assert running.http.get("/_sim/keys").json() == {"mode": "both", "notices_by_public_key": 50}
    for percent, serial in ((100, "public_key_id"), (0, "platform_certificate_serial"),
                            (None, "platform_certificate_serial")):
        running.http.put("/_sim/keys", json={"notices_by_public_key": percent})
        assert told_of_payment(running, bare, site, new_order)[1] == merchant[serial]


def sealed(merchant, name, text="示例商户"):
    return base64.b64encode(key_of(merchant, name).encrypt(text.encode(), OAEP)).decode()


@pytest.mark.parametrize(("serial", "by", "message"), [
    (None, "public_key", "HTTP header缺少微信支付平台证书序列号(Wechatpay-Serial)"),
    ("platform_certificate_serial", "public_key", "平台私钥解密失败"),
    ("public_key_id", "certificate", "平台私钥解密失败"),
    ("public_key_id", "public_key", None),
    ("platform_certificate_serial", "certificate", None),
])
def test_what_is_encrypted_names_the_key_that_it_was_encrypted_for(simulator, bare, serial, by, message):
    merchant = simulator.merchant
    receiver = {"appid": merchant["appids"][0], "type": "MERCHANT_ID", "account": "1900000202",
                "relation_type": "STORE", "name": sealed(merchant, by)}
    headers = {"Wechatpay-Serial": merchant[serial] if serial else None}
    status, _, body = bare("POST", "/v3/profitsharing/receivers/add", receiver, headers=headers)
    answer = json.loads(body)
    assert (status, answer) == ((400, {"code": "PARAM_ERROR", "message": message}) if message else (200, {
        "type": "MERCHANT_ID", "account": "1900000202", "relation_type": "STORE"}))


def test_a_name_in_a_sharing_order_is_encrypted_too(simulator, bare):
    merchant = simulator.merchant
    receiver = {"appid": merchant["appids"][0], "type": "PERSONAL_OPENID", "account": "oStaff",
                "relation_type": "STAFF"}
    assert bare("POST", "/v3/profitsharing/receivers/add", receiver)[0] == 200
    part = {"type": "PERSONAL_OPENID", "account": "oStaff", "amount": 1, "description": "分账", "name": "张三"}
    asked = {"appid": merchant["appids"][0], "transaction_id": "4200000000", "out_order_no": "S1",
             "receivers": [part], "unfreeze_unsplit": False}
    status, _, body = bare("POST", "/v3/profitsharing/orders", asked)
    assert (status, json.loads(body)["message"]) == (400, "平台私钥解密失败")
    asked["receivers"] = [{**part, "name": sealed(merchant, "public_key", "张三")}]
    assert bare("POST", "/v3/profitsharing/orders", asked)[0] == 404  # read, and then there is no such order


def test_a_bill_is_fetched_where_the_caller_has_come_from(start, data_dir, bare_for, new_order, site):
    running = start(data_dir)
    bare, order = bare_for(running), new_order(mchid="1900000109")
    bare("POST", "/v3/pay/transactions/jsapi", order)
    paid = running.pay(order["out_trade_no"]).json()["success_time"][:10]
    running.move_clock(2 * 86400)
    by_name = running.url.replace("127.0.0.1", "localhost")
    links = {}
    for packing in ("&tar_type=GZIP", ""):
        url = f"/v3/bill/tradebill?bill_date={paid}{packing}"
        _, _, body = bare("GET", url, headers={"Host": by_name.removeprefix("http://")})
        links[packing] = json.loads(body)["download_url"]
    for packing, kind in (("&tar_type=GZIP", "application/x-gzip"), ("", "text/plain; charset=utf-8")):
        assert links[packing].startswith(f"{by_name}/v3/billdownload/file?token=")
        path = links[packing].removeprefix(by_name)
        answer = httpx.get(running.url + path, headers={
            "Authorization": bare.authorization("GET", path, b""), "Accept": "*/*"}, trust_env=False)
        assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
        assert answer.content.startswith(b"\x1f\x8b") is bool(packing)
