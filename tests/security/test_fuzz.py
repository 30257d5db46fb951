"""What nobody of ours would send, at every entrance: a clear refusal each time, at once, and never a fault of ours.

A bounded number in every run of the suite, always the same ones; `make fuzz` tries FUZZ times as many, fresh ones.
A case fails when it ends in INTERNAL or in an exception, takes more than two seconds of the processor, or gives
an answer that is not UTF-8; an area fails when the process has grown by more than GROWTH_MB in it.
"""

from __future__ import annotations

import base64
import io
import json
import os
import resource
import secrets
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import (
    binary,
    booleans,
    composite,
    dictionaries,
    floats,
    integers,
    lists,
    none,
    one_of,
    recursive,
    sampled_from,
    text,
)
from mall.adapters.spreadsheets import Spreadsheets
from mall.app import identity
from mall.app.actions import Action
from mall.kit import clock
from mall.kit.errors import NotFound
from mall.kit.page import encode_cursor
from mall.kit.schema import DEFAULT_SELLER

from tests.house.samples import EVENTS, read_sample
from tests.security.shapes import BROKEN_JSON, NASTY, NASTY_TEXTS, broken
from tests.security.test_authorization_matrix import _hire
from tests.security.town import KEYS, Town, actions
from tests.support import seed, trade
from tests.support.shop import SECRETS, Caller, CloudContext, http_event

pytestmark = pytest.mark.spec("J2")

TIMES = int(os.environ.get("FUZZ", "1"))
SECONDS = 2.0
GROWTH_MB = 400  # of the whole process, hypothesis and captured output included; a leak per case would be far more
CLIENT = [action for action in actions() if action.kind in ("query", "command", "remote")]
PAGED = [action for action in CLIENT if action.input and "cursor" in action.input.model_fields]
WEBHOOKS = [action for action in actions() if action.kind == "webhook"]
COUNTED: Counter[str] = Counter()


def cases(number: int) -> settings:
    return settings(max_examples=number * TIMES, deadline=None, derandomize=TIMES == 1, database=None,
                    suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def town(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory,
         pytestconfig: pytest.Config) -> Iterator[Town]:
    town = Town(sqlite_template, tmp_path_factory.mktemp("fuzz"))
    shop = town.shop
    goods, town.member = seed.product(shop), shop.member("小红")
    trade.paid_order(shop, town.member, goods.sku_id)
    town.owner = _hire(town, ["*"])
    town.keep()
    yield town
    with pytestconfig.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\nfuzz cases: {sum(COUNTED.values())} {dict(COUNTED)}")


@pytest.fixture(autouse=True)
def no_growth() -> Iterator[None]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < GROWTH_MB


def knock(town: Town, area: str, action: Action, event: Any, context: Any = None) -> Any:
    """Send it; the answer, which is well-formed and no fault of ours."""
    COUNTED[area] += 1
    started = time.process_time()
    answer = town.shop.send(action.name, event, context)
    assert time.process_time() - started < SECONDS, "it took too long"
    told = json.dumps(answer, ensure_ascii=False).encode()
    assert b"INTERNAL" not in told and b"Traceback" not in told, told
    status = answer.get("statusCode") if isinstance(answer, dict) else None
    assert status is None or status < 500 or status == 503, told  # 503: nobody answers in this town
    if town.written - {KEYS}:
        town.restore()
    return answer


def signed(caller: Caller, action: Action, body: bytes, key: str | None = None) -> dict[str, Any]:
    """A true signature over whatever bytes."""
    key = secrets.token_hex(8) if key is None else key
    stamp, nonce = str(int(clock.wall().timestamp())), secrets.token_hex(12)
    mac = identity.signature(caller.session_key, action.name, stamp, nonce, key, body)
    return {**http_event(action.name, base64.b64encode(body).decode(), {
        "authorization": f"Bearer {caller.token}", "x-mall-timestamp": stamp, "x-mall-nonce": nonce,
        "x-mall-signature": mac, "idempotency-key": key}), "isBase64Encoded": True}


# the input of every action

SCHEMAS = {action.name: action.input.model_json_schema() if action.input else {"type": "object"} for action in CLIENT}


@composite
def calls(draw: Any) -> tuple[Action, bytes]:
    action = draw(sampled_from(CLIENT))
    return action, draw(broken(SCHEMAS[action.name]))


@cases(700)
@given(calls())
def test_no_input_of_any_action_is_a_fault(town: Town, call: tuple[Action, bytes]):
    action, body = call
    caller = town.owner if action.allow == "staff" else town.member
    if action.allow == "anyone":
        knock(town, "inputs", action, {**http_event(action.name, base64.b64encode(body).decode(), {}),
                                       "isBase64Encoded": True})
    else:
        knock(town, "inputs", action, signed(caller, action, body))


@pytest.mark.parametrize("action", CLIENT, ids=lambda action: action.name)
def test_broken_json_is_refused_by_every_action(town: Town, action: Action):
    caller = town.owner if action.allow == "staff" else town.member
    for body in BROKEN_JSON if TIMES > 1 else BROKEN_JSON[hash(action.name) % 2::4]:
        event = signed(caller, action, body)
        if action.allow == "anyone":
            event["headers"] = {}
        knock(town, "broken JSON", action, event)


@composite
def cursors(draw: Any) -> tuple[Action, str]:
    position = draw(lists(one_of(sampled_from(NASTY), integers(), text(max_size=9)), max_size=3))
    made = sampled_from((encode_cursor(*position)[:300], "=", "____", "e30"))
    raw = draw(one_of(made, text("AZaz09_-", max_size=40)))
    return draw(sampled_from(PAGED)), raw


@cases(250)
@given(cursors())
def test_no_cursor_is_a_fault(town: Town, asked: tuple[Action, str]):
    action, cursor = asked
    caller = town.owner if action.allow == "staff" else town.member
    knock(town, "cursors", action, signed(caller, action, json.dumps({"cursor": cursor}).encode()))


# the triggers

JSON = recursive(one_of(none(), booleans(), integers(), floats(), text(max_size=8), sampled_from(NASTY_TEXTS)),
                 lambda inner: one_of(lists(inner, max_size=3), dictionaries(text(max_size=5), inner, max_size=3)),
                 max_leaves=8)
SHAPES = [read_sample(f"_shapes/{path.stem}", trigger_secret=SECRETS["trigger_secret"])
          for path in sorted((EVENTS / "_shapes").glob("*.json"))]
NAMES = ("Type", "Message", "Secret", "EventId", "Kind", "Payload", "RequestId", "Records", "httpMethod", "headers",
         "body", "isBase64Encoded", "requestContext", "userInfo", "idempotency_key", "queryString", "path")


@composite
def events(draw: Any) -> tuple[Any, Any]:
    """(event, context): a platform's shape with a few parts replaced, or anything at all."""
    if draw(integers(0, 9)) == 0:
        return draw(JSON), draw(JSON)
    shape = draw(sampled_from(SHAPES))
    event, context = dict(shape["event"]), dict(shape.get("context") or {})
    for _ in range(draw(integers(0, 3))):
        event[draw(sampled_from((*NAMES, *event)))] = draw(one_of(JSON, sampled_from(NASTY)))
    if draw(booleans()):
        context[draw(sampled_from(("request_id", "environment", "environ", *context)))] = draw(one_of(
            JSON, sampled_from(("{", '{"a":' * 2_000, '{"TCB_SOURCE":"wx_client","WX_OPENID":"\ud800","WX_APPID":"a"}',
                                '{"TCB_SOURCE":["wx_client"]}', "TCB_SOURCE=wx_client;=;==", "[]"))))
    if draw(integers(0, 5)) == 0:
        context = dict(CloudContext(draw(sampled_from(NASTY_TEXTS))))
    return event, context


@cases(700)
@given(events(), sampled_from(actions()))
def test_no_event_of_any_platform_is_a_fault(town: Town, trigger: tuple[Any, Any], action: Action):
    event, context = trigger
    if action.kind == "timer" and isinstance(event, dict) and event.get("Message") == SECRETS["trigger_secret"]:
        return  # a true timer, played elsewhere
    knock(town, "events", action, event, context)


@cases(250)
@given(one_of(text(max_size=200), sampled_from(NASTY_TEXTS), binary(max_size=60).map(repr)), integers(0, 4),
       sampled_from(CLIENT))
def test_no_session_token_or_signature_is_a_fault(town: Town, part: str, place: int, action: Action):
    event = signed(town.member, action, b"{}")
    names = ("authorization", "x-mall-timestamp", "x-mall-nonce", "x-mall-signature", "idempotency-key")
    parts = town.member.token.split(".")
    parts[len(part) % 5] = part
    event["headers"][names[place]] = f"Bearer {'.'.join(parts)}" if place == 0 else part
    knock(town, "tokens", action, event)


@composite
def notices(draw: Any) -> tuple[Action, dict[str, Any]]:
    body = draw(one_of(JSON.map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass")), binary(max_size=200),
                       sampled_from(BROKEN_JSON)))
    names = ("Wechatpay-Serial", "Wechatpay-Signature", "Wechatpay-Timestamp", "Wechatpay-Nonce", "Content-Type")
    given = sampled_from((*NASTY_TEXTS, str(int(time.time())), "PUB_KEY_ID_0", base64.b64encode(b"x" * 256).decode()))
    headers = {name: draw(given) for name in names if draw(integers(0, 3))}
    action = draw(sampled_from(WEBHOOKS))
    return action, {**http_event(action.name, base64.b64encode(body).decode(), headers), "isBase64Encoded": True}


@cases(250)
@given(notices())
def test_no_notice_is_a_fault_or_is_believed(town: Town, notice: tuple[Action, dict[str, Any]]):
    action, event = notice
    answer = knock(town, "notices", action, event)
    assert answer["statusCode"] in (400, 401, 413)
    assert town.written - {KEYS} == set()


# files

class OneFile:
    """The object storage: whatever is asked for is this."""

    def __init__(self, content: bytes):
        self.content = content

    def exists(self, key: str) -> bool:
        return True

    def get(self, key: str, *, limit_bytes: int) -> bytes:
        if not self.content:
            raise NotFound()
        return self.content[:limit_bytes]


def workbook(*rows: list[Any]) -> bytes:
    return Spreadsheets().write("表", [str(cell) for cell in rows[0]], [[
        cell if isinstance(cell, (str, int)) else str(cell) for cell in row] for row in rows[1:]])


def bomb(megabytes: int, *, lies: bool = False) -> bytes:
    """A zip that unpacks to so much; `lies`: its directory says that it is small."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(["a"], ["b"]))) as book, zipfile.ZipFile(
            target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name in book.namelist():
            content = book.read(name)
            packed.writestr(name, content + b" " * (megabytes << 20) if name.endswith("sheet1.xml") else content)
    raw = target.getvalue()
    if lies:
        at = raw.rindex(b"xl/worksheets/sheet1.xml") - 46
        raw = raw[:at + 24] + (1000).to_bytes(4, "little") + raw[at + 28:]
    return raw


def far(place: str) -> bytes:
    """Five thousand bytes whose one cell makes a reader lay out seventeen thousand million."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(["a"], ["b"]))) as book, zipfile.ZipFile(target, "w") as packed:
        for name in book.namelist():
            content = book.read(name)
            packed.writestr(name, content.replace(b'r="A2"', f'r="{place}"'.encode()))
    return target.getvalue()


GOODS = ["货号", "标题", "类目", "SKU编码", "售价", "规格", "库存", "阶梯价", "会员价", "重量(克)", "佣金比例", "主图",
         "标签"]
PARCELS = ["订单号", "快递公司", "运单号"]
IMPORTS = [action for action in CLIENT if action.name in ("catalog.import_products", "fulfilment.import_shipments")]


@composite
def files(draw: Any) -> bytes:
    kind = draw(integers(0, 5))
    if kind == 0:
        return draw(one_of(binary(max_size=300), sampled_from((
            b"PK", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"%PDF-1.7", b"\xff" * 9, b'"' * 200_000,
            b"\x00" * 99))))
    cell = one_of(sampled_from([part for part in NASTY if not isinstance(part, (dict, list))]), text(max_size=20),
                  sampled_from(("1", "9.90", "颜色:红;尺码:L", "3:90;10:80", ":;:;", "1:1" * 200, "服装")))
    rows = [draw(sampled_from((GOODS, PARCELS)))]
    rows += [[draw(cell) for _ in range(13)] for _ in range(draw(integers(0, 3)))]
    if kind < 4:
        lines = [",".join(f'"{part}"' for part in row) for row in rows]
        return "\n".join(lines).encode(draw(sampled_from(("utf-8", "gb18030"))), "replace")
    clean = [[str(part).encode("utf-8", "replace").decode() for part in row] for row in rows]
    raw = bytearray(workbook(*clean))
    for _ in range(draw(integers(0, 4)) if kind == 5 else 0):
        raw[draw(integers(0, len(raw) - 1))] = draw(integers(0, 255))
    return bytes(raw)


def upload(town: Town, action: Action, content: bytes) -> Any:
    town.shop.house.world.put("storage", OneFile(content))
    town.shop.house.world.put("spreadsheets", Spreadsheets())
    key = f"imports/{DEFAULT_SELLER}/x.xlsx"
    given = {"object_key": key} | ({"import_id": secrets.token_hex(8)} if action.name.startswith("catalog") else {})
    return knock(town, "files", action, signed(town.owner, action, json.dumps(given).encode()))


@cases(150)
@given(files(), sampled_from(IMPORTS))
def test_no_imported_file_is_a_fault(town: Town, content: bytes, action: Action):
    upload(town, action, content)


@pytest.mark.parametrize("action", IMPORTS, ids=lambda action: action.name)
@pytest.mark.parametrize("content", [
    lambda: bomb(65), lambda: bomb(65, lies=True), lambda: b'"' + b"x" * 4_000_000 + b'"\n', lambda: b"a," * 2_000_000,
    lambda: b"\n" * 4_000_000, lambda: far("XFD1048576"), lambda: far("A1048576"), lambda: far("BM1"),
    lambda: far("&#88;FD9")], ids=[
    "a zip bomb", "a zip bomb that lies about its size", "one huge cell", "one huge row", "four million rows",
    "a cell at the far corner", "a far row", "a far column", "a cell in disguise"])
def test_a_file_that_would_fill_the_memory_is_refused(town: Town, action: Action, content: Callable[[], bytes]):
    answer = upload(town, action, content())
    assert answer["statusCode"] == 400, answer
