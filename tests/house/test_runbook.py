"""Every command of the runbook works as it stands there, and every case that can be opened has its page."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from mall.app import registry
from mall.domains.cases.rules import CaseKind
from mall.kit.ids import new_id
from mall.kit.schema import DEFAULT_SELLER
from mall.tables.accounts import differences
from mall.tables.settlements import share_lines, shares
from mall.tables.trade import refunds

from tests.functions.ops.seeds import open_case, park
from tests.security.town import NobodyAnswers, row
from tests.support import seed, trade
from tests.support.shop import Refused, Shop

pytestmark = pytest.mark.spec("L6")

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "runbook.md").read_text("utf-8")
BLOCKS = "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL))
COMMANDS = [shlex.split(line, comments=True) for line in BLOCKS.splitlines() if line.startswith("make ")]
ACTIONS = registry.load()


def settings(words: list[str]) -> dict[str, str]:
    return dict(word.split("=", 1) for word in words[2:])


def test_every_case_that_can_be_opened_leads_to_a_page_that_is_there():
    table = PAGE[PAGE.index("| alarm | page |"):PAGE.index("\n## 1")]
    assert [kind.value for kind in CaseKind if f"`{kind.value}`" not in table] == []
    headings = {re.sub(r"[^a-z0-9 -]", "", line[3:].lower()).replace(" ", "-") for line in PAGE.splitlines()
                if line.startswith("## ")}
    linked = re.findall(r"\(#([^)]+)\)", table)
    assert len(linked) == 13 and set(linked) == headings


def test_every_action_that_the_runbook_names_exists():
    named = set(re.findall(r"`([a-z_]+\.[a-z_]+)`", PAGE)) | {settings(words)["ACTION"] for words in COMMANDS
                                                                if "ACTION" in settings(words)}
    assert {name for name in named if not name.endswith(".md")} - set(ACTIONS) == set()


def things(shop: Shop) -> dict[str, str]:
    """One thing of each prefix, as it is at two in the morning."""
    member, refund_no, difference_id = shop.member(), new_id("ref"), new_id("dif")
    share_no = new_id("shr")
    goods = seed.product(shop)
    order_no = trade.paid_order(shop, member, goods.sku_id)
    open_case(shop, "pay_1")
    shop.database.run(lambda tx: (
        tx.insert(refunds, **row(
            refunds, shop.now, refund_no=refund_no, wechat_refund_no=refund_no, order_no=order_no,
            payment_no=trade.order(shop, order_no).payment_no, member_id=member.subject_id, state="FAILED",
            seller_id=DEFAULT_SELLER, cause="STAFF", amount_fen=1)),
        tx.insert(differences, **row(
            differences, shop.now, difference_id=difference_id, seller_id=DEFAULT_SELLER, state="OPEN",
            subject="PAYMENT")),
        tx.insert(shares, **row(
            shares, shop.now, share_no=share_no, wechat_share_no=share_no, seller_id=DEFAULT_SELLER, state="FAILED")),
        tx.insert(share_lines, **row(share_lines, shop.now, share_no=share_no, state="CLOSED", amount_fen=1))))
    case_id = shop.staff().call("ops.list_cases", state="OPEN")["items"][0]["case_id"]
    return {"ord": order_no, "ref": refund_no, "dif": difference_id, "cas": case_id, "evt": park(shop),
            "sku": goods.sku_id, "shr": share_no, "mem": member.subject_id}


@pytest.mark.parametrize("words", [words for words in COMMANDS if words[1] == "desk"], ids=" ".join)
def test_a_command_of_the_desk_is_taken(shop: Shop, words: list[str]):
    shop.house.world.put("wechat_pay", NobodyAnswers())
    asked, known = settings(words), things(shop)
    text = re.sub(r"\b([a-z]{3})_\.\.\.", lambda match: known[match[1]], asked.get("INPUT", "{}"))
    action = ACTIONS[asked["ACTION"]]
    try:
        caller = shop.nobody if action.allow == "anyone" else shop.staff()
        answer = caller.call(action.name, key=new_id("key"), **json.loads(text))
    except Refused as refusal:
        expected = {"remote": "UNAVAILABLE"}.get(action.kind)  # WeChat is away in this test
        assert refusal.code == expected or (action.name, refusal.code) == (
            "catalog.save_virtual_codes", "NOT_VIRTUAL"), refusal
    else:
        assert isinstance(answer, dict)


@pytest.mark.parametrize("words", [words for words in COMMANDS if words[1] == "tick"], ids=" ".join)
def test_a_timer_of_the_runbook_is_one(words: list[str]):
    assert ACTIONS[settings(words)["ACTION"]].kind == "timer"


def test_every_other_command_is_in_the_makefile():
    targets = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8")))
    assert {words[1] for words in COMMANDS} == {"desk", "tick", "trace"} <= targets
