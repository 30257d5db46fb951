"""What WeChat Pay signs with, as the merchant has configured it: a public key, certificates, or both for a while."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from mall.adapters.wechat_pay import NoticeRejected, PayMisconfigured, WeChatPay
from mall.adapters.wechat_pay.keys import read_keys
from mall.kit import clock

from tests.adapters.pay_words import CONFIG, KEY_ID, OPENED, notice_body, pem, signed_headers

pytestmark = pytest.mark.spec("E5", "E14")

OLD = rsa.generate_private_key(65537, 2048)
SERIAL = f"{0x4 << 156 | 0xABC:040X}"
UTC = dt.timezone.utc
NO_CERTIFICATE = "-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n"
ENDS = dt.datetime(2030, 1, 1, tzinfo=UTC)


def certificate(serial=SERIAL, key=OLD):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Tenpay.com sign")])
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(int(serial, 16)).not_valid_before(dt.datetime(2025, 1, 1, tzinfo=UTC)).not_valid_after(ENDS)
            .sign(key, SHA256()))
    return made.public_bytes(Encoding.PEM).decode()


def opened(pay, *, now=None, **signed):
    body, now = notice_body(), now or clock.wall()
    return pay.open_notice(signed_headers(body, at=now.timestamp(), **signed), body, now)


def test_while_a_merchant_is_switched_over_a_notice_by_either_key_is_believed():
    pay = WeChatPay(replace(CONFIG, public_key=f"{certificate()}\n{CONFIG.public_key}"))
    assert opened(pay) == opened(pay, key=OLD, serial=SERIAL) == OPENED
    for key, serial in ((OLD, KEY_ID), (OLD, "5157F09EFDC096DE15EBE81A47057A7232F1B8E1")):
        with pytest.raises(NoticeRejected):
            opened(pay, key=key, serial=serial)
    with pytest.raises(NoticeRejected):
        opened(pay, serial=SERIAL)  # under the certificate's number, signed by the other key


def test_a_certificate_that_has_ended_signs_nothing_more():
    pay = WeChatPay(replace(CONFIG, public_key=CONFIG.public_key + certificate()))
    assert opened(pay, key=OLD, serial=SERIAL, now=ENDS) == OPENED
    for now in (ENDS + dt.timedelta(seconds=1), dt.datetime(2024, 12, 31, tzinfo=UTC)):
        with pytest.raises(NoticeRejected):
            opened(pay, key=OLD, serial=SERIAL, now=now)


def test_a_merchant_that_has_certificates_alone_names_one_and_believes_it():
    pay = WeChatPay(replace(CONFIG, public_key_id=SERIAL.lower(), public_key=certificate()))
    assert opened(pay, key=OLD, serial=SERIAL) == OPENED
    with pytest.raises(NoticeRejected):
        opened(pay)
    assert pay._wire._keys.key_id == SERIAL


def test_a_certificate_that_is_named_and_has_ended_signs_nothing_more():
    pay = WeChatPay(replace(CONFIG, public_key_id=SERIAL, public_key=certificate()))
    assert opened(pay, key=OLD, serial=SERIAL, now=ENDS) == OPENED
    for now in (ENDS + dt.timedelta(seconds=1), dt.datetime(2024, 12, 31, tzinfo=UTC)):
        with pytest.raises(NoticeRejected):
            opened(pay, key=OLD, serial=SERIAL, now=now)


def test_a_public_key_alone_is_what_it_was():
    keys = read_keys(KEY_ID, CONFIG.public_key.replace("\n", "\r\n"))
    assert (keys.key_id, keys.public_key, keys.certificates) == (KEY_ID, CONFIG.public_key, {})


@pytest.mark.parametrize(("key_id", "text"), [
    (KEY_ID, certificate()),  # the certificate, under the public key's name
    (KEY_ID, CONFIG.public_key * 2 + certificate()),
    (KEY_ID, pem(OLD.public_key()) + NO_CERTIFICATE),
    (SERIAL, NO_CERTIFICATE),
])
def test_keys_that_do_not_fit_are_a_misconfiguration_that_shows_none_of_them(key_id, text):
    with pytest.raises(PayMisconfigured) as caught:
        WeChatPay(replace(CONFIG, public_key_id=key_id, public_key=text))
    assert caught.value.data == {"setting": "private_key, public_key or public_key_id"}
    assert caught.value.__context__ is None
