"""Amazon's own published examples of Signature Version 4 for S3, every one accepted, and nothing near them."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from infra.local.object_store import Keys, forms, signatures
from infra.local.object_store.refusals import Refusal

KEYS = Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
SIGNED_AT = datetime(2013, 5, 24, tzinfo=UTC)
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
TEXT = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"  # "Welcome to Amazon S3."
HOST = "examplebucket.s3.amazonaws.com"


def _header_signed(
    method: str, path: str, query: str, extra: dict[str, str], signed: str, payload: str, signature: str
) -> signatures.Signed:
    credential = f"{KEYS.access_key}/20130524/us-east-1/s3/aws4_request"
    headers = {"host": HOST, "x-amz-content-sha256": payload, "x-amz-date": "20130524T000000Z", **extra}
    headers["authorization"] = f"AWS4-HMAC-SHA256 Credential={credential},SignedHeaders={signed},Signature={signature}"
    return signatures.Signed(method, path, query, headers)


THREE = "host;x-amz-content-sha256;x-amz-date"
GET_OBJECT = _header_signed(
    "GET", "/test.txt", "", {"range": "bytes=0-9"}, "host;range;x-amz-content-sha256;x-amz-date",
    EMPTY, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
)  # fmt: skip
PUT_OBJECT = _header_signed(
    "PUT", "/test%24file.text", "",
    {"date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"},
    "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
    TEXT, "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
)  # fmt: skip
GET_LIFECYCLE = _header_signed(
    "GET", "/", "lifecycle", {}, THREE,
    EMPTY, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
)  # fmt: skip
LIST_OBJECTS = _header_signed(
    "GET", "/", "max-keys=2&prefix=J", {}, THREE,
    EMPTY, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
)  # fmt: skip
PRESIGNED = signatures.Signed(
    "GET",
    "/test.txt",
    "X-Amz-Algorithm=AWS4-HMAC-SHA256"
    "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
    "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
    "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
    {"host": HOST},
)


@pytest.mark.parametrize(
    ("request_signed", "payload"),
    [
        (GET_OBJECT, EMPTY),
        (PUT_OBJECT, TEXT),
        (GET_LIFECYCLE, EMPTY),
        (LIST_OBJECTS, EMPTY),
        (PRESIGNED, "UNSIGNED-PAYLOAD"),
    ],
)
def test_the_published_examples_are_accepted(request_signed: signatures.Signed, payload: str) -> None:
    assert signatures.verify(request_signed, KEYS, SIGNED_AT) == payload


def _refused(request: signatures.Signed, now: datetime = SIGNED_AT, keys: Keys = KEYS) -> tuple[int, str]:
    with pytest.raises(Refusal) as caught:
        signatures.verify(request, keys, now)
    return caught.value.status, caught.value.code


@pytest.mark.parametrize(
    "altered",
    [
        replace(GET_OBJECT, method="DELETE"),
        replace(GET_OBJECT, raw_path="/other.txt"),
        replace(GET_OBJECT, raw_query="versionId=1"),
        replace(GET_OBJECT, headers={**GET_OBJECT.headers, "range": "bytes=0-99"}),
        replace(GET_OBJECT, headers={**GET_OBJECT.headers, "host": "otherbucket.s3.amazonaws.com"}),
        replace(PUT_OBJECT, headers={**PUT_OBJECT.headers, "x-amz-content-sha256": EMPTY}),
        replace(PRESIGNED, method="PUT"),
        replace(PRESIGNED, raw_query=PRESIGNED.raw_query.replace("Expires=86400", "Expires=604800")),
        replace(PRESIGNED, raw_query=PRESIGNED.raw_query + "&response-content-type=text%2Fhtml"),
    ],
)
def test_a_request_altered_after_signing_is_refused(altered: signatures.Signed) -> None:
    assert _refused(altered) == (403, "SignatureDoesNotMatch")


def test_another_secret_or_another_access_key_is_refused() -> None:
    assert _refused(GET_OBJECT, keys=Keys(KEYS.access_key, "x")) == (403, "SignatureDoesNotMatch")
    assert _refused(GET_OBJECT, keys=Keys("AKIAOTHER", KEYS.secret_key)) == (403, "InvalidAccessKeyId")


def test_a_header_signature_lives_fifteen_minutes_each_way() -> None:
    for minutes in (-15, 15):
        assert signatures.verify(GET_OBJECT, KEYS, SIGNED_AT + timedelta(minutes=minutes)) == EMPTY
    for minutes in (-16, 16):
        assert _refused(GET_OBJECT, SIGNED_AT + timedelta(minutes=minutes)) == (403, "RequestTimeTooSkewed")


def test_a_presigned_link_opens_until_its_last_second_and_not_before_it_was_signed() -> None:
    assert signatures.verify(PRESIGNED, KEYS, SIGNED_AT + timedelta(seconds=86400)) == "UNSIGNED-PAYLOAD"
    assert _refused(PRESIGNED, SIGNED_AT + timedelta(seconds=86401)) == (403, "AccessDenied")
    assert _refused(PRESIGNED, SIGNED_AT - timedelta(minutes=16)) == (403, "AccessDenied")


def test_an_amazon_header_that_was_not_signed_is_refused() -> None:
    smuggled = {**GET_OBJECT.headers, "x-amz-copy-source": "/mall/private"}
    assert _refused(replace(GET_OBJECT, headers=smuggled)) == (400, "AuthorizationHeaderMalformed")
    smuggled = {**PRESIGNED.headers, "x-amz-copy-source": "/mall/private"}
    assert _refused(replace(PRESIGNED, headers=smuggled)) == (400, "AuthorizationQueryParametersError")


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic abc",
        "AWS AKIA:sig",
        "AWS4-HMAC-SHA256 Credential=a",
        "AWS4-HMAC-SHA256 Credential=a/b/c/d/e,SignedHeaders=host,Signature=0",
    ],
)
def test_a_malformed_authorization_is_refused(authorization: str) -> None:
    request = replace(GET_OBJECT, headers={**GET_OBJECT.headers, "authorization": authorization})
    assert _refused(request) == (400, "AuthorizationHeaderMalformed")


def test_an_unsigned_request_is_refused() -> None:
    assert _refused(signatures.Signed("GET", "/test.txt", "", {"host": HOST})) == (403, "AccessDenied")


# The browser form of "Example: Browser-Based Upload using HTTP POST"; the document's lines end with CR LF.
FORM_POLICY = "\r\n".join([
    '{ "expiration": "2015-12-30T12:00:00.000Z",',
    '  "conditions": [',
    '    {"bucket": "sigv4examplebucket"},',
    '    ["starts-with", "$key", "user/user1/"],',
    '    {"acl": "public-read"},',
    '    {"success_action_redirect": "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"},',
    '    ["starts-with", "$Content-Type", "image/"],',
    '    {"x-amz-meta-uuid": "14365123651274"},',
    '    {"x-amz-server-side-encryption": "AES256"},',
    '    ["starts-with", "$x-amz-meta-tag", ""],',
    "",
    '    {"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"},',
    '    {"x-amz-algorithm": "AWS4-HMAC-SHA256"},',
    '    {"x-amz-date": "20151229T000000Z" }',
    "  ]",
    "}",
])  # fmt: skip
FORM = {
    "key": "user/user1/picture.jpg",
    "acl": "public-read",
    "success_action_redirect": "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html",
    "content-type": "image/jpeg",
    "x-amz-meta-uuid": "14365123651274",
    "x-amz-server-side-encryption": "AES256",
    "x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request",
    "x-amz-algorithm": "AWS4-HMAC-SHA256",
    "x-amz-date": "20151229T000000Z",
    "policy": base64.b64encode(FORM_POLICY.encode()).decode(),
    "x-amz-signature": "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e",
}


def test_the_published_form_is_admitted_until_its_policy_expires() -> None:
    last_moment = datetime(2015, 12, 30, 11, 59, 59, tzinfo=UTC)
    assert forms.admit(FORM, "sigv4examplebucket", 1000, KEYS, last_moment) is None
    with pytest.raises(Refusal, match="AccessDenied: Invalid according to Policy: Policy expired."):
        forms.admit(FORM, "sigv4examplebucket", 1000, KEYS, last_moment + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("name", "value"),
    [("key", "user/user2/picture.jpg"), ("content-type", "text/html"), ("acl", "private"), ("x-amz-meta-uuid", "1")],
)
def test_the_published_form_with_one_field_changed_is_refused(name: str, value: str) -> None:
    with pytest.raises(Refusal, match="AccessDenied: Invalid according to Policy: Policy Condition failed"):
        forms.admit(FORM | {name: value}, "sigv4examplebucket", 1000, KEYS, datetime(2015, 12, 29, tzinfo=UTC))
