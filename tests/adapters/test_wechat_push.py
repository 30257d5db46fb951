"""The message push, by the vector of WeChat's own document and against the simulator's sealing."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from mall.adapters.wechat_push import (
    PushRejected, PushUnreadable, WeChatPush, WeChatPushConfig, read_message, signature,
)

from infra.local.simulators.wechat_api.push import seal

pytestmark = pytest.mark.spec("I1")

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
NOW = datetime.fromtimestamp(1_714_036_504, timezone.utc)


def config(**changed: object) -> WeChatPushConfig:
    return WeChatPushConfig(**{"token": "AAAAA", "aes_key": KEY, "appids": ("wx1",), **changed})


def test_the_signature_is_that_of_wechats_document():
    assert signature("AAAAA", "1714036504", "1514711492") == "f464b24fc39322e44b38aa78f5edd27bd1441696"
    query = {"signature": "f464b24fc39322e44b38aa78f5edd27bd1441696", "timestamp": "1714036504",
             "nonce": "1514711492", "echostr": "4375120948345356249"}
    assert WeChatPush(config()).verify(query, NOW) == "4375120948345356249"


@pytest.mark.parametrize("length", [1, 10, 12, 13, 31, 32, 33, 1_000])
def test_whatever_its_length_a_sealed_message_is_read(length: int):
    content = b'{"a":"%s"}' % (b"x" * length)
    assert WeChatPush(config())._unseal(seal(KEY, content, "wx1")) == (content, "wx1")


@pytest.mark.parametrize("sealed", ["", "AAAA", "!" * 64, seal("z" * 43, b"{}", "wx1"), "QUJD" * 16],
                         ids=["nothing", "short", "no_base64", "another_key", "no_message"])
def test_what_was_not_sealed_with_our_key_is_rejected(sealed: str):
    with pytest.raises(PushRejected):
        WeChatPush(config())._unseal(sealed)


def test_xml_is_read_with_repeated_elements_as_a_list_and_never_with_a_document_type():
    assert read_message(b"<xml><A><![CDATA[1&2]]></A><B><C>x</C></B><B><C>y</C></B><D/></xml>") == {
        "A": "1&2", "B": [{"C": "x"}, {"C": "y"}], "D": ""}
    for bad in (b'<!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml><A>1</A></xml>', b"", b"null", b"<html></html>"):
        with pytest.raises(PushUnreadable):
            read_message(bad)


@pytest.mark.parametrize("encoding", ["xxx", "rot13", "hex", "gbk", "undefined", "utf-8"])
def test_a_sender_chooses_no_decoder(encoding: str):
    declared = f'<?xml version="1.0" encoding="{encoding}"?>'
    with pytest.raises(PushUnreadable):
        read_message(f"{declared}<xml/>".encode())
    assert read_message(f"{declared}<xml><A>发货</A></xml>".encode()) == {"A": "发货"}


def test_neither_the_token_nor_the_key_is_shown():
    assert "AAAAA" not in repr(config()) and KEY not in repr(config())
