"""Browser forms. `_form` signs as a merchant's backend would; each test bends one thing."""

from __future__ import annotations

import base64
import json
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from tests.object_store.asked import _code, _conditions_with, _form, _keys, _post
from tests.object_store.server import Endpoint

pytestmark = pytest.mark.usefixtures("emptied")


def test_a_good_form_stores_the_file_under_the_signed_type(client: Any, store: Endpoint) -> None:
    answer = _post(store, _form(store))
    assert (answer.status_code, answer.content) == (204, b"")
    got = client.get_object(Bucket="mall", Key="u/1.png")
    assert (got["Body"].read(), got["ContentType"]) == (b"1234", "image/png")


@pytest.mark.parametrize(("status", "told"), [("200", 200), ("201", 201), ("204", 204), ("302", 204)])
def test_a_form_says_which_success_it_wants(store: Endpoint, status: str, told: int) -> None:
    form = _form(store, conditions=_conditions_with(store, {"success_action_status": status}))
    answer = _post(store, form | {"success_action_status": status})
    assert answer.status_code == told
    if told == 201:
        assert ElementTree.fromstring(answer.text).findtext("Key") == "u/1.png"


def _without(store: Endpoint, name: str) -> dict[str, str]:
    return {field: value for field, value in _form(store).items() if field != name}


def _other_access_key(store: Endpoint) -> dict[str, str]:
    form = _form(store)
    return form | {"x-amz-credential": form["x-amz-credential"].replace("LOCAL", "OTHER")}


def _tampered_policy(store: Endpoint) -> dict[str, str]:
    form = _form(store)
    policy = json.loads(base64.b64decode(form["policy"]))
    policy["conditions"][3] = ["content-length-range", 0, 10**9]
    return form | {"policy": base64.b64encode(json.dumps(policy).encode()).decode()}


@pytest.mark.parametrize(
    ("bend", "body", "refusal"),
    [
        (lambda s: _form(s, expires_in=0), b"1234", (403, "AccessDenied")),
        (lambda s: _form(s, secret="guessed"), b"1234", (403, "SignatureDoesNotMatch")),
        (_tampered_policy, b"1234", (403, "SignatureDoesNotMatch")),
        (_other_access_key, b"1234", (403, "InvalidAccessKeyId")),
        (lambda s: _form(s) | {"key": "public/1.png"}, b"1234", (403, "AccessDenied")),
        (lambda s: _form(s) | {"key": "../u/1.png"}, b"1234", (403, "AccessDenied")),
        (lambda s: _form(s) | {"Content-Type": "text/html"}, b"1234", (403, "AccessDenied")),
        (lambda s: _form(s) | {"x-amz-meta-extra": "1"}, b"1234", (403, "AccessDenied")),
        (lambda s: _without(s, "policy"), b"1234", (403, "AccessDenied")),
        (lambda s: _without(s, "x-amz-signature"), b"1234", (403, "AccessDenied")),
        (lambda s: _form(s, conditions=[{"bucket": "other"}]), b"1234", (403, "AccessDenied")),
        (lambda s: _form(s, conditions=[["starts-with", "$key", "u/"]]), b"1234", (403, "AccessDenied")),
        (lambda s: _form(s, conditions=[["ends-with", "$key", "u/"]]), b"1234", (400, "InvalidPolicyDocument")),
        (_form, b"123456", (400, "EntityTooLarge")),
        (_form, b"1", (400, "EntityTooSmall")),
    ],
    ids=["expired", "forged", "altered policy", "other access key", "other prefix", "climbing prefix", "other type",
         "extra field", "no policy", "no signature", "other bucket", "fields not covered", "unknown condition",
         "too large", "too small"],
)  # fmt: skip
def test_a_form_outside_its_policy_is_refused_and_nothing_is_stored(
    client: Any, store: Endpoint, bend: Any, body: bytes, refusal: tuple[int, str]
) -> None:
    assert _code(_post(store, bend(store), body)) == refusal
    assert _keys(client) == []
    assert list((store.data_dir / "buckets" / "mall" / "drafts").iterdir()) == []


def test_a_form_without_a_file_or_with_a_doubled_field_is_refused(client: Any, store: Endpoint) -> None:
    only_fields = {name: (None, value) for name, value in _form(store).items()}
    assert _code(httpx.post(f"{store.url}/mall", files=only_fields)) == (400, "InvalidArgument")
    doubled = [*only_fields.items(), ("KEY", (None, "u/2.png")), ("file", ("x.png", b"1234"))]
    assert _code(httpx.post(f"{store.url}/mall", files=doubled)) == (400, "InvalidArgument")
    assert _code(httpx.post(f"{store.url}/mall", data=_form(store))) == (400, "MalformedPOSTRequest")
    assert _keys(client) == []
