"""Requests are believed and answers are signed exactly as documented."""

import base64
import json
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from infra.local.simulators.wechat_pay.calls import CALLS
from infra.local.simulators.wechat_pay.signing import request_message, rsa_verified

pytestmark = pytest.mark.spec("E14", "L1")

# The platform's documentation signs its examples with a published test key; this is its public half.
DOCUMENTED_KEY = serialization.load_pem_public_key(b"""-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAptpm+qvIDCh/9wjU26SQ
CK26ogYkBhDrYxnAaw2JbbBsp1oDbHKk+1r381NeBUG2HEFAuU+Fr72u5ot3yKdz
oF/FajAzQNKnm569/D3upKoi8mYBaST15Uig8j8qoUW1U217LL0jEHlSnHV3lcaD
TXqDpTRR4Bfz9IqOgJgFZ8/oTfEomSrjrLYef81Eyxr7ZIMQXEKKEK7V4UXKS0+/
fDsiG/cXidhzt8UbTL9vqXqxM2+IDImyO+FAc/tkBG55LmzxPto1Nq0WbnZzRM/w
Tzrd0I/8NlevxtFbphg4evlHjFNI7+GrqR87ViEwuAJJ9Je5QQjct5YJfFRWiZ5C
MQIDAQAB
-----END PUBLIC KEY-----""")
# pay.weixin.qq.com/doc/v3/merchant/4012365336 (with a body) and /4012365334 (with a path parameter)
DOCUMENTED_BODY = (
    '{"appid":"wxd678efh567hg6787","mchid":"1900007291","description":"Image形象店-深圳腾大-QQ公仔",'
    '"out_trade_no":"1217752501201407033233368018","notify_url":"https://www.weixin.qq.com/wxpay/pay.php",'
    '"amount":{"total":100,"currency":"CNY"},"payer":{"openid":"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}}'
).encode()
DOCUMENTED = [
    (
        "POST",
        "/v3/pay/transactions/jsapi",
        DOCUMENTED_BODY,
        "jnks4dlrPw3ZX+ozVvSK39oa0t7OMBsg83BHAwd8BRdUFiVaQNTLTvci+wURgP1OQBbKYhFGvt7iqYpDSTQkp7Uq1sltaQKync"
        "CyrA1g88m5bsKERQfPyT0ahSwKTYJ1CAn9QiJuSJRq1QsQs07eehbU/k9BCS51jTyc1Jpsi2H77HF9f/BnjXAOP3/sPObg6V5E"
        "e4EzwLox684hhuMuIwHo7D8KFk3LIHOKDcNI4It1aCXydFWNpNK+SG86VUDe5kwoDpw4Ulqfu9z8OFDGbDs9TCxEv8iqQzbpxO"
        "lEVoOe2kalSYM5kApQb3nZcxdUtoE0liJGW3RGUNE0t4v01A==",
    ),
    (
        "GET",
        "/v3/refund/domestic/refunds/123123123123",
        b"",
        "Lc9VXxmeonkdV8Xk9tmigQFLhl0vRWTerdmoRu01aAnYwIrD/5nsSwE1WlmZGLRlAFTNQ3QsMa0+VRDlJp1Wp5p0nO8EK68b5s"
        "JBbjouxaFciIfq1zfDWWz+jqhcMoKXI1A6dPm1AW7D4d30WsMTNzp6g23OXakIsh9LO3lUmwvTuE0BY8ncf6tNGk4wKmvXwERd"
        "/ZpoQY3MAVKz+Nakwc+2XBmzT66KcUehU5kr4IvGa/lEU5RZb/q00zP9VLdBhC/jQSX3X1UcJLCtEc4gTmib4tnmAT+bHF/e17"
        "ZAuxDNcx6rqT8gNEXqaJGG+1OflMSTU2tpyG65G4dMKdFcoA==",
    ),
]


@pytest.mark.parametrize(("method", "url", "body", "signature"), DOCUMENTED)
def test_the_documented_examples_verify_and_no_other_byte_does(method, url, body, signature):
    message = request_message(method, url, "1554208460", "593BEC0C930BF1AFEB40B4A08C8FB242", body)
    assert rsa_verified(DOCUMENTED_KEY, message, signature)
    assert not rsa_verified(DOCUMENTED_KEY, message + b"\n", signature)
    assert not rsa_verified(DOCUMENTED_KEY, message, "not base64!")


ODD_FORMAT = "Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》"
WINDOW = "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟"
SERIAL = "商户证书序列号有误。请使用签名私钥匹配的证书序列号"
CERTIFICATES = "/v3/certificates"
ORDER = "/v3/pay/transactions/out-trade-no/NOBODY1?mchid=1900000109"


@pytest.mark.parametrize(("url", "wrongly", "message"), [
    (ORDER, {"headers": {"Authorization": None}}, "签名信息错误，验签失败"),
    (CERTIFICATES, {"headers": {"Authorization": None}}, ODD_FORMAT),
    (CERTIFICATES, {"headers": {"Authorization": "Bearer token"}}, "HTTP头Authorization认证类型不正确"),
    (CERTIFICATES, {"headers": {"Authorization": 'WECHATPAY2-SHA256-RSA2048 mchid="1"'}}, ODD_FORMAT),
    (CERTIFICATES, {"headers": {"Authorization": "WECHATPAY2-SHA256-RSA2048 mchid=1,x"}}, ODD_FORMAT),
    (CERTIFICATES, {"timestamp": int(time.time()) - 400}, WINDOW),
    (CERTIFICATES, {"timestamp": int(time.time()) + 7_200}, WINDOW),
    (CERTIFICATES, {"timestamp": "soon"}, WINDOW),
    (CERTIFICATES, {"timestamp": 1554208460, "signature": "bm8="}, WINDOW),
    (CERTIFICATES, {"serial": "408B07E79B8269FEC3D5D3E6AB8ED163A6A380DB"}, SERIAL),
    (CERTIFICATES, {"mchid": "1900000999"}, SERIAL),
    (CERTIFICATES, {"signature": "bm8="}, "签名错误"),
    (CERTIFICATES, {"signature": "****"}, "签名错误"),
])
def test_an_unbelievable_request_is_401_with_the_documented_sentence_and_unsigned(bare, url, wrongly, message):
    status, headers, body = bare("GET", url, **wrongly)
    answer = json.loads(body)
    assert (status, answer.pop("code"), answer.pop("message")) == (401, "SIGN_ERROR", message)
    assert set(answer) == ({"detail"} if message == "签名错误" else set())
    assert not [name for name in headers if name.startswith("wechatpay-")]


def test_a_bad_signature_is_told_with_the_message_that_the_platform_has_put_together(bare, new_order):
    url, body = "/v3/pay/transactions/jsapi", json.dumps(new_order()).encode()
    stamp = int(time.time())
    _, _, answer = bare("POST", url, body=body, signature="bm8=", timestamp=stamp)
    signed = f"POST\n{url}\n{stamp}\nNONCE\n"
    assert json.loads(answer)["detail"] == {
        "field": "signature", "location": "authorization", "detail": {"issue": "sign not match"},
        "sign_information": {"method": "POST", "url": url, "sign_message_length": len(signed) + len(body) + 1,
                             "truncated_sign_message": signed + '{"appid"\n'}}
    _, _, answer = bare("GET", ORDER, signature="bm8=", timestamp=stamp)
    assert json.loads(answer)["detail"]["sign_information"]["truncated_sign_message"] == (
        f"GET\n{ORDER}\n{stamp}\nNONCE\n\n")


def test_what_is_properly_signed_is_counted_by_its_interface(bare, simulator):
    def counted():
        calls = simulator.http.get("/_sim/calls").json()["calls"]
        assert set(calls) <= {f"{call.method} {call.path}" for call in CALLS}
        return calls.get("GET /v3/pay/transactions/out-trade-no/{out_trade_no}", 0)

    before = counted()
    bare("GET", ORDER)
    assert bare("GET", ORDER, signature="bm8=")[0] == 401
    assert counted() == before + 1


def test_the_window_is_five_minutes(bare):
    assert bare("GET", CERTIFICATES, timestamp=int(time.time()) - 290)[0] == 200


def test_the_window_is_real_time_whatever_the_business_clock_says(bare, simulator):
    simulator.move_clock(86400)
    assert bare("GET", CERTIFICATES)[0] == 200


@pytest.mark.parametrize("missing", ["Accept", "User-Agent"])
def test_accept_and_user_agent_are_required(bare, missing):
    status, _, body = bare("GET", CERTIFICATES, headers={missing: None})
    assert (status, json.loads(body)) == (400, {"code": "INVALID_REQUEST", "message": "Http头缺少Accept或User-Agent"})


def test_the_signature_covers_query_and_body(bare, new_order):
    signed_elsewhere = bare.authorization("GET", ORDER.replace("109", "108"), b"")
    assert bare("GET", ORDER, headers={"Authorization": signed_elsewhere})[0] == 401
    signed_other_body = bare.authorization("POST", "/v3/pay/transactions/jsapi", b"{}")
    order = new_order()
    status, _, _ = bare("POST", "/v3/pay/transactions/jsapi", order, headers={"Authorization": signed_other_body})
    assert status == 401
    assert bare("GET", f"/v3/pay/transactions/out-trade-no/{order['out_trade_no']}?mchid=1900000109")[0] == 404


def test_a_foreign_platform_serial_is_refused(bare):
    status, _, body = bare("GET", CERTIFICATES, headers={"Wechatpay-Serial": "PUB_KEY_ID_0100000000"})
    assert (status, json.loads(body)["code"]) == (400, "PARAM_ERROR")


@pytest.mark.parametrize(("method", "url", "status"), [
    ("GET", "/v3/nowhere", 404),
    ("GET", "/v3/pay/transactions/jsapi", 405),
    ("DELETE", "/v3/certificates", 405),
])
def test_unknown_paths_and_wrong_methods_answer_nothing(bare, method, url, status):
    answered, headers, body = bare(method, url)
    assert (answered, body) == (status, b"")
    assert not [name for name in headers if name.startswith("wechatpay-")]


def _verify(key, headers, body):
    message = f"{headers['wechatpay-timestamp']}\n{headers['wechatpay-nonce']}\n".encode() + body + b"\n"
    key.verify(base64.b64decode(headers["wechatpay-signature"]), message, padding.PKCS1v15(), hashes.SHA256())


def test_answers_are_signed_in_the_mode_that_the_request_asks_for(bare, simulator):
    merchant = simulator.merchant
    public_key = serialization.load_pem_public_key(Path(merchant["public_key_file"]).read_bytes())
    certificate = x509.load_pem_x509_certificate(Path(merchant["platform_certificate_file"]).read_bytes())
    for serial, key, asked in [
        (merchant["public_key_id"], public_key, merchant["public_key_id"]),
        (merchant["platform_certificate_serial"], certificate.public_key(), None),
        (merchant["platform_certificate_serial"], certificate.public_key(), merchant["platform_certificate_serial"]),
    ]:
        status, headers, body = bare("GET", CERTIFICATES, headers={"Wechatpay-Serial": asked})
        assert (status, headers["wechatpay-serial"]) == (200, serial)
        assert headers["wechatpay-signature-type"] == "WECHATPAY2-SHA256-RSA2048"
        assert abs(int(headers["wechatpay-timestamp"]) - time.time()) < 60
        assert len(headers["request-id"]) == 32
        _verify(key, headers, body)


def test_an_empty_204_is_signed_too(bare, simulator):
    url = "/v3/pay/transactions/out-trade-no/NOBODY1/close"
    status, headers, body = bare("POST", url, {"mchid": simulator.merchant["mchid"]})
    assert (status, body) == (204, b"")
    _verify(serialization.load_pem_public_key(Path(simulator.merchant["public_key_file"]).read_bytes()), headers, body)


def test_the_merchants_certificate_carries_the_serial_and_the_key(simulator):
    merchant = simulator.merchant
    certificate = x509.load_pem_x509_certificate(Path(merchant["certificate_file"]).read_bytes())
    key = serialization.load_pem_private_key(Path(merchant["private_key_file"]).read_bytes(), None)
    assert f"{certificate.serial_number:040X}" == merchant["cert_serial_no"]
    assert len(merchant["cert_serial_no"]) == 40
    assert len(merchant["apiv3_key"]) == 32
    assert certificate.public_key() == key.public_key()
    assert b"BEGIN PRIVATE KEY" in Path(merchant["private_key_file"]).read_bytes()
