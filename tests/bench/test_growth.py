"""A shop with a past, and its table: a small past is filled on a real MariaDB."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench import filling, growth, world
from bench.growth import Growth

from tests.support import mariadb

pytestmark = pytest.mark.spec("L7")


def test_the_ratio_is_the_largest_shop_s_by_the_smallest_s():
    assert Growth("a", {1_000: 2.0, 100_000: 9.0, 1_000_000: 2.5}).ratio == 1.25


def test_the_table_says_what_grows_and_goes_into_its_place(tmp_path: Path, monkeypatch):
    server = mariadb.server()
    if server is None:
        pytest.skip("no MariaDB on this machine")
    page = tmp_path / "growth.md"
    page.write_text(f"before\n{growth.START}\nold\n{growth.END}\nafter\n", encoding="utf-8")
    monkeypatch.setattr(growth, "PAGE", page)
    monkeypatch.setattr(growth.world, "REPOSITORY", tmp_path)
    growth._write(server, [Growth("quick", {1_000: 2.0, 1_000_000: 2.0}), Growth("slow", {1_000: 2.0, 1_000_000: 3.0})])
    text = page.read_text(encoding="utf-8")
    assert "1 of 2 within 1.3x" in text and "\nold\n" not in text
    assert [line.split("|")[1:-1] for line in text.splitlines() if line.startswith("| slow")][0] == [
        " slow   ", " 2.00             ", " 3.00                 ", " 1.50                ", " **grows** "]


def test_a_past_has_the_orders_it_was_asked_for_and_every_question_is_answered(tmp_path: Path, monkeypatch):
    url = mariadb.fresh_database("mall_growth_test")
    if url is None:
        pytest.skip("no MariaDB on this machine")
    monkeypatch.setattr(world, "FOLDER", tmp_path)
    try:
        with filling.connect(url) as raw:
            past = filling.fill(url, raw, 500)
            with raw.cursor() as cursor:
                cursor.execute("SELECT state, COUNT(*) FROM orders WHERE order_no < 'ord_01' GROUP BY state")
                states = dict(cursor.fetchall())
        assert states == {"UNPAID": 5, "TO_SHIP": 25, "SHIPPED": 50, "RECEIVED": 404, "CLOSED": 16}
        page = past.member.call("orders.list_orders")["items"]
        assert len(page) == filling.ORDERS_OF_A_MEMBER
        assert past.order_no in {each["order"]["order_no"] for each in page}
        for ask in growth.QUESTIONS.values():
            growth._timed(past, *ask(past))  # raises where one is refused
        past.at.shop.database.close()
    finally:
        mariadb.drop_database("mall_growth_test")
