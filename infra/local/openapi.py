"""OpenAPI 3.1 from the actions' declarations: one truth for the API page, the clients and a reader."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mall.app.actions import Action
from mall.app.two_people import WaitsForSecondPerson
from mall.kit import errors

REFERENCE = "#/components/schemas/{model}"
KINDS = ("query", "command", "remote")
STATUSES = {
    "400": errors.BadInput, "401": errors.NotSignedIn, "403": errors.NotAllowed, "404": errors.NotFound,
    "409": errors.Conflict, "422": errors.RuleBroken, "429": errors.TooMany, "503": errors.Unavailable,
}
SIGNING = """Every action is `POST /api/<domain>/<action>` with its input as JSON.

**Sign in** with `members.sign_in`; locally `{"code": "sim:xiaohong"}` is the person xiaohong, and any ASCII name is a
person. It answers `token` and `session_key`. From then on each request carries four headers:

| header | value |
|---|---|
| Authorization | `Bearer <token>` |
| X-Mall-Timestamp | Unix seconds, at most five minutes off |
| X-Mall-Nonce | 16 to 64 of `0-9A-Za-z_-`, new for each request |
| X-Mall-Signature | HMAC-SHA256 in hex under the session key |

What is signed, joined by line feeds: action, timestamp, nonce, idempotency key (may be empty), and the body's SHA-256
in hex. `Idempotency-Key` makes a repetition answer as before. A cloud call (`wx.cloud.callFunction`) needs none of
these headers: the identity is in its context, the key is the field `idempotency_key`.
"""


def describe(actions: Iterable[Action], server_url: str) -> dict[str, Any]:
    """The whole document; actions that no client can call (timers, listeners, webhooks) are left out."""
    shown = [action for action in actions if action.kind in KINDS]
    schemas: dict[str, Any] = {"Error": _error_schema()}
    paths = {f"/api/{action.name.replace('.', '/')}": {"post": _operation(action, schemas)} for action in shown}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Mall", "version": "0.1.0", "description": SIGNING},
        "servers": [{"url": server_url}],
        "tags": [{"name": domain} for domain in sorted({action.domain for action in shown})],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": _security_schemes(), "parameters": _parameters()},
    }


def _operation(action: Action, schemas: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": action.name, "tags": [action.domain], "summary": action.summary,
        "description": (action.body.__doc__ or "").strip(),
        "x-kind": action.kind, "x-allow": action.allow, "x-key-required": action.key_required,
        "requestBody": {"required": True, "content": {"application/json": {"schema": _input(action, schemas)}}},
        "responses": {"200": _answer("The answer.", _success(action, schemas)), **_refusals()},
        "parameters": [{"$ref": "#/components/parameters/IdempotencyKey"}] if action.kind != "query" else [],
    }
    if action.allow == "staff":
        operation["x-permission"] = action.name
    signed = [{"session": [], "timestamp": [], "nonce": [], "signature": []}]
    operation["security"] = [{}, *signed] if action.allow == "anyone" else signed
    return operation


def _input(action: Action, schemas: dict[str, Any]) -> dict[str, Any]:
    if action.input is None:
        return {"type": "object"}
    return _register(action, action.input.model_json_schema(ref_template=REFERENCE), schemas)


def _success(action: Action, schemas: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {"type": "object"}
    if action.output is not None:
        shape = action.output.model_json_schema(ref_template=REFERENCE, mode="serialization")
        data = _register(action, shape, schemas)
    if action.two_people is not None:
        data = {"anyOf": [data, _waits(schemas)]}
    return {"type": "object", "required": ["ok", "data", "request_id"],
            "properties": {"ok": {"const": True}, "data": data, "request_id": {"type": "string"}}}


def _waits(schemas: dict[str, Any]) -> dict[str, Any]:
    schemas[WaitsForSecondPerson.__name__] = WaitsForSecondPerson.model_json_schema(mode="serialization")
    return {"$ref": REFERENCE.format(model=WaitsForSecondPerson.__name__)}


def _register(action: Action, schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """Put the model and its parts under names of this action: two actions may both have a `Line`."""
    parts = schema.pop("$defs", {})
    prefix = action.name.replace(".", "_")
    renamed = {name: f"{prefix}.{name}" for name in [*parts, schema["title"]]}
    for name, part in [*parts.items(), (schema["title"], schema)]:
        schemas[renamed[name]] = _rename(part, renamed)
    return {"$ref": REFERENCE.format(model=renamed[schema["title"]])}


def _rename(value: Any, renamed: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_rename(item, renamed) for item in value]
    if not isinstance(value, dict):
        return value
    reference = value.get("$ref")
    if isinstance(reference, str):
        name = reference.rpartition("/")[2]
        return {**value, "$ref": REFERENCE.format(model=renamed.get(name, name))}
    return {key: _rename(item, renamed) for key, item in value.items()}


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _refusals() -> dict[str, Any]:
    error = {"$ref": REFERENCE.format(model="Error")}
    return {status: _answer(f"{kind.code}: {kind.message}", error) for status, kind in STATUSES.items()}


def _error_schema() -> dict[str, Any]:
    return {
        "type": "object", "required": ["ok", "error", "request_id"],
        "properties": {
            "ok": {"const": False}, "request_id": {"type": "string"},
            "error": {
                "type": "object", "required": ["code", "message", "field", "data", "retryable"],
                "properties": {
                    "code": {"type": "string", "description": "Stable, in capitals; the catalogue is docs/errors.md."},
                    "message": {"type": "string", "description": "A Chinese sentence for the person."},
                    "field": {"type": ["string", "null"], "description": "Which input field it is about."},
                    "data": {"type": "object"},
                    "retryable": {"type": "boolean", "description": "Whether the same request may be sent again."},
                },
            },
        },
    }


def _security_schemes() -> dict[str, Any]:
    def header(name: str, description: str) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": name, "description": description}

    return {
        "session": {"type": "http", "scheme": "bearer", "description": "The token of members.sign_in."},
        "timestamp": header("X-Mall-Timestamp", "Unix seconds."),
        "nonce": header("X-Mall-Nonce", "New for each request."),
        "signature": header("X-Mall-Signature", "HMAC-SHA256 under the session key; see the description above."),
    }


def _parameters() -> dict[str, Any]:
    return {"IdempotencyKey": {
        "name": "Idempotency-Key", "in": "header", "required": False,
        "schema": {"type": "string", "maxLength": 64}, "description": "The same key answers as before."}}
