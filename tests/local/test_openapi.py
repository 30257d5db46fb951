"""openapi.json says what the actions say, and every reference in it leads somewhere."""

from __future__ import annotations

import json
import re

import pytest
from mall.app import registry

from infra.local.openapi import KINDS, describe

pytestmark = pytest.mark.spec("L1")

ACTIONS = registry.load()
DOCUMENT = describe(ACTIONS.values(), "http://127.0.0.1:8200")


def test_every_action_a_client_may_call_is_there_and_no_other():
    shown = {path["post"]["operationId"]: path["post"] for path in DOCUMENT["paths"].values()}
    assert set(shown) == {name for name, action in ACTIONS.items() if action.kind in KINDS}
    assert "ops.relay_outbox" not in shown
    assert DOCUMENT["paths"]["/api/members/sign_in"]["post"] is shown["members.sign_in"]
    for name, operation in shown.items():
        assert operation["summary"], name
        assert operation["tags"] == [name.split(".")[0]]
        assert set(operation["responses"]) == {"200", "400", "401", "403", "404", "409", "422", "429", "503"}


def test_every_reference_leads_to_a_schema():
    text = json.dumps(DOCUMENT)
    references = set(re.findall(r'"\$ref": "#/components/(\w+)/([^"]+)"', text))
    assert references
    for kind, name in references:
        assert name in DOCUMENT["components"][kind], name
    assert '"$ref": "#/$defs' not in text


def test_whoever_must_be_signed_in_must_sign():
    def security(name: str) -> list:
        return DOCUMENT["paths"][f"/api/{name.replace('.', '/')}"]["post"]["security"]

    signed = {"session": [], "timestamp": [], "nonce": [], "signature": []}
    assert security("members.sign_in") == [{}, signed]
    assert security("stock.adjust_stock") == [signed]
    assert DOCUMENT["paths"]["/api/stock/adjust_stock"]["post"]["x-permission"] == "stock.adjust_stock"


def test_the_bounds_of_a_field_are_told():
    models = DOCUMENT["components"]["schemas"]
    code = models["members_sign_in.SignIn"]["properties"]["code"]["anyOf"][0]
    assert (code["minLength"], code["maxLength"]) == (1, 128)
    assert models["members_sign_in.SignIn"]["additionalProperties"] is False
