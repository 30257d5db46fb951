"""A whole purchase with marked personal data: nothing of it in logs, errors, events, keys, audit log or cases.

And what stands in answers, pages and files that leave the house: no trace of a program, no formula.
"""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from mall.adapters.spreadsheets import Spreadsheets
from mall.kit import formulas
from mall.app import registry
from mall.domains.uploads.rules import KINDS, MEGABYTE, TERMS, USUAL
from mall.kit import idempotency, outbox
from mall.tables.people import addresses, attempts, audit_entries, audit_seals, members
from mall.tables.trade import cases, order_events

from infra.package.plan import units
from infra.package.platforms import PLATFORMS
from tests.support import seed, trade
from tests.support.shop import SECRETS, Refused, Shop, refused

pytestmark = pytest.mark.spec("A6")

ROOT = Path(__file__).resolve().parents[2]
NAME, PHONE, DETAIL, NICKNAME = "隐名氏张三丰", "13912345678", "秘密花园88号楼909室", "昵称小暗号"
MARKS = (NAME, PHONE, DETAIL)  # a nickname is shown to others (groups), and echoed by members.update_profile
FORMULAS = ("=HYPERLINK(\"http://evil.example\")", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0",
            "＝1+1", "＋1", "－1+1", "＠SUM(A1)", " =1+1", "\u3000=1+1")
INJECTIONS = ("'; DROP TABLE orders; --", "' OR '1'='1", "%' AND 1=1 --", "\\", "\\'", '"', "`", "%s %(x)s ? :a",
              "$1 {0}", "<script>alert(1)</script>", "0x27", "/* */", "\u2028", "𠮷😀", "a\nb")


def journey(shop: Shop) -> list[str]:
    """A member of marked data buys, staff ship, export, note and refund; every refusal on the way. The tokens."""
    goods, member, staff = seed.product(shop, stock=9), shop.member(NICKNAME), shop.staff()
    address = {"name": NAME, "phone": PHONE, "province": "广东省", "city": "深圳市", "district": "南山区",
               "detail": DETAIL}
    address_id = member.call("members.save_address", key="a-1", **address)["address_id"]
    member.call("members.update_profile", version=1, nickname=NICKNAME)
    member.call("members.parse_address", text=f"{NAME} {PHONE} 广东省深圳市南山区{DETAIL}")
    order_no = trade.place(shop, member, goods.sku_id, address_id=address_id, note=f"{NAME} {PHONE}")["order_no"]
    trade.pay(shop, order_no, openid=member.openid)
    trade.ship(shop, order_no)
    trade.storage(shop)
    shop.house.world.put("spreadsheets", Spreadsheets())
    staff.call("orders.view_order", order_no=order_no)
    staff.call("orders.search_orders")
    staff.call("orders.note_order", order_no=order_no, note=f"{NAME} 来电 {PHONE}")
    day = {"placed_from": shop.now - timedelta(days=1), "placed_until": shop.now + timedelta(days=1)}
    staff.call("orders.export_orders", **day)
    for action, given in (("members.save_address", {**address, "phone": PHONE + "9"}),
                          ("members.save_address", {**address, PHONE: 1}),
                          ("members.save_address", {**address, "detail": DETAIL * 60}),
                          ("orders.get_order", {"order_no": PHONE}),
                          ("coupons.redeem_code", {"code": PHONE})):
        with pytest.raises(Refused):
            member.call(action, **given)
    with pytest.raises(Refused):
        staff.call("staff.sign_in_staff", username=NAME, password=DETAIL)
    member.call("orders.confirm_receipt", order_no=order_no)
    shop.relay()
    for action in registry.load().values():
        if action.kind == "timer" and not action.uses:
            shop.tick(action.name)
    return [member.token, member.session_key, staff.token, staff.session_key]


def test_a_purchase_leaves_no_personal_data_outside_its_own_rows(shop: Shop, capfd: pytest.CaptureFixture):
    tokens = journey(shop)
    logged = "".join(capfd.readouterr())
    assert logged.count('"action"') >= 20
    kept = json.dumps([[str(value) for value in row] for table in (
        outbox.outbox_events, idempotency.idempotency_keys, audit_entries, audit_seals, cases, order_events, attempts)
        for row in shop.rows(table)], ensure_ascii=False)
    assert len(kept) > 2_000
    assert len(shop.rows(addresses, name=NAME)) <= 1  # it is kept where it belongs
    for mark in (*MARKS, *tokens, *SECRETS.values()):
        if len(mark) > 3:
            assert mark not in logged, f"{mark} is in the log"
            assert mark not in kept, f"{mark} is kept in a table that is nobody's own"


def test_a_refusal_never_repeats_what_was_sent(shop: Shop):
    member = shop.member(NICKNAME)
    for name, value in (("phone", PHONE + "9"), ("name", NAME * 20), ("detail", DETAIL * 60), ("city", 13912345678)):
        given = {"name": "张", "phone": "13800000000", "province": "省", "city": "市", "district": "区", "detail": "路",
                 name: value}
        answer = shop.send("members.save_address", member.event("members.save_address", given))
        assert answer["statusCode"] == 400
        assert json.loads(answer["body"])["error"]["field"] == name
        assert not any(mark in answer["body"] for mark in (*MARKS, "13912345678"))


def test_a_fault_of_ours_shows_where_it_broke_and_no_value(shop: Shop, capfd: pytest.CaptureFixture,
                                                          monkeypatch: pytest.MonkeyPatch):
    member = shop.member()
    action = registry.find("members.view_profile")

    def broken(*_: Any) -> None:
        raise RuntimeError(f"{NAME} {PHONE}")

    object.__setattr__(action, "body", broken)
    try:
        answer = shop.send(action.name, member.event(action.name, {}))
    finally:
        registry.load.cache_clear()
        import sys

        sys.modules.pop("functions.members.view_profile")
    assert answer["statusCode"] == 500
    assert json.loads(answer["body"])["error"] == {
        "code": "INTERNAL", "message": "系统开小差了，请稍后再试", "field": None, "data": {}, "retryable": False}
    logged = "".join(capfd.readouterr())
    assert "RuntimeError" in logged and "test_nothing_leaks.py" in logged
    assert NAME not in logged and PHONE not in logged and "Traceback" not in answer["body"]


# SQL

@pytest.mark.parametrize("injection", INJECTIONS)
def test_text_that_looks_like_sql_comes_back_exactly(shop: Shop, injection: str):
    member, line = shop.member(), re.sub("[\n\u2028]", " ", injection)  # a name is one line
    given = {"name": f"a{line}b", "phone": "13800000000", "province": "广东省", "city": "深圳市", "district": "南山区",
             "detail": f"路{injection}号"}
    with refused("UNKNOWN_DIVISION", status=400, field="province"):  # and what is no place is nowhere looked up
        member.call("members.save_address", **given | {"province": f"p{line}"})
    before = len(shop.rows(members))
    member.call("members.save_address", **given)
    [kept] = member.call("members.list_addresses")["addresses"]
    assert {name: kept[name] for name in given if name != "phone"} == {
        name: value.strip() for name, value in given.items() if name != "phone"}
    member.call("members.update_profile", version=1, nickname=f"n{line}n")
    assert member.call("members.view_profile")["nickname"] == f"n{line}n"
    staff = shop.staff()
    searched = re.sub(r"[^0-9A-Za-z_-]", "", injection) or "x"
    assert staff.call("orders.search_orders", order_no=searched)["items"] == []
    assert len(shop.rows(members)) == before


# files that leave the house

def test_no_cell_of_an_export_is_run_as_a_formula(shop: Shop):
    storage, staff = trade.storage(shop), shop.staff()
    shop.house.world.put("spreadsheets", Spreadsheets())
    member = shop.member()
    for formula in FORMULAS:
        goods = seed.product(shop, title=f"{formula}")
        address_id = seed.address(shop, member, detail=formula.strip(), name=formula.strip())
        order_no = trade.place(shop, member, goods.sku_id, address_id=address_id, note=formula)["order_no"]
        staff.call("orders.note_order", order_no=order_no, note=formula)
    day = {"placed_from": shop.now - timedelta(days=1), "placed_until": shop.now + timedelta(days=1)}
    staff.call("orders.export_orders", **day)
    staff.call("catalog.export_products", kind="csv")
    staff.call("catalog.export_products", kind="xlsx")
    assert len(storage.objects) == 3
    seen = 0
    for key, content in storage.objects.items():
        if key.endswith(".csv"):
            cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row]
        else:
            cells = [cell for row in Spreadsheets().read(content) for cell in row]
            assert b"<f>" not in content
        seen += sum(formula.strip() in cell for cell in cells for formula in FORMULAS)
        assert [cell for cell in cells if cell.lstrip().startswith(formulas.STARTS)] == []
    assert seen >= 3 * len(FORMULAS)


# uploads and addresses that a client gives

@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "application/javascript", "", "image/png\r\n",
                                          "IMAGE/PNG", "application/x-msdownload", "image/*"])
def test_only_known_kinds_of_file_get_an_upload_form(shop: Shop, content_type: str):
    with pytest.raises(Refused) as caught:
        shop.staff().call("catalog.issue_upload_url", content_type=content_type)
    assert (caught.value.status, caught.value.field) == (400, "content_type")


def test_an_upload_form_is_for_one_key_one_type_and_a_bounded_size_in_the_sellers_own_folder(shop: Shop):
    from mall.adapters.object_storage import StorageConfig, issue_upload_form

    config = StorageConfig(endpoint_url=None, region="r", bucket="b", access_key="k", secret_key="s",
                           public_base_url="https://img.mall.example")

    class Forms:
        def issue_upload_form(self, *asked: Any) -> Any:
            return issue_upload_form(config, *asked)

        def public_url(self, key: str) -> str:
            return key

    shop.house.world.put("storage", Forms())
    for content_type, kind in KINDS.items():
        form = shop.staff().call("catalog.issue_upload_url", content_type=content_type)
        policy = json.loads(__import__("base64").b64decode(form["fields"]["policy"]))["conditions"]
        terms = TERMS[USUAL[kind.sort]]
        assert ["content-length-range", 1, terms.most[kind.sort] * MEGABYTE] in policy
        assert terms.most[kind.sort] <= 100 and {"Content-Type": content_type} in policy
        arrives = form["fields"]["key"]
        assert {"key": arrives} in policy and not arrives.startswith("public/")
        assert arrives in (form["key"], f"incoming/{form['upload_id']}.{kind.extension}")
        assert re.fullmatch(rf"{terms.folder}/sel_0+1/{form['upload_id']}\.{kind.extension}", form["key"])


def test_no_adapter_is_ever_handed_an_address_that_a_client_gave():
    """Where the server calls stands in the deployment. Input fields of the kind Url are stored and shown;
    nothing below reads one, no picture is opened, and no function, flow or domain can open a connection."""
    mall = ROOT / "layers" / "common" / "python" / "mall"
    inner = [path for folder in (mall / "domains", mall / "flows", mall / "kit", mall / "tables", ROOT / "functions")
             for path in folder.rglob("*.py")]
    assert len(inner) > 150
    opening = re.compile(r"(?m)^\s*(?:import|from) (?:urllib\.request|requests|httpx|http|aiohttp|urllib3|socket|PIL)"
                         r"\b")
    assert [str(path) for path in inner if opening.search(path.read_text("utf-8"))] == []
    adapters = "\n".join(path.read_text("utf-8") for path in (mall / "adapters").glob("*.py"))
    methods = re.findall(r"    def ([a-z]\w*)\(self(?:, ([^)]*))?\)", adapters)
    taking = [(name, given) for name, given in methods if re.search(r"\burl\b|_url\b|\buri\b", given or "")]
    assert [name for name, given in taking if "notify_url" not in given and "redirect" not in given] == []


def test_the_fields_that_take_an_address_are_these_and_are_never_fetched():
    found = set()
    for action in registry.load().values():
        if action.input:
            text = json.dumps(action.input.model_json_schema())
            if "https?://" in text:
                found.add(action.name)
    assert found <= {"catalog.save_category", "catalog.save_product", "members.update_profile",
                     "members.begin_web_sign_in", "invoices.record_invoice"}


def test_pictures_are_opened_in_one_place_within_bounds_and_in_two_functions():
    """An image bomb needs somebody who unpacks it: one adapter does (tests/adapters/test_pictures.py has its bounds),
    in functions that do nothing else."""
    deployed = [*(ROOT / "layers" / "common" / "python").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    assert len(deployed) > 200
    decoders = r"PIL|Pillow|cv2|imageio|wand|skimage|imghdr|pyvips"
    opening = re.compile(rf"(?m)^\s*(?:import|from) (?:{decoders})\b")
    assert [path.name for path in deployed if opening.search(path.read_text("utf-8"))] == ["pictures.py"]
    for lock in (ROOT / "layers").glob("*/requirements.lock"):
        carried = re.findall(rf"(?im)^(?:{decoders})[=-]", lock.read_text("utf-8"))
        assert carried == (["pillow="] if lock.parent.name == "pictures" else [])
    for platform in PLATFORMS.values():
        open_pictures = [unit.name for unit in units(platform) if "pictures" in unit.layers]
        assert open_pictures == ["catalog-finish_upload", "members-finish_upload"]
