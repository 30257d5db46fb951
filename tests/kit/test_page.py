"""Cursors: they come back as they went out, and what was tampered with is refused, never believed."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mall.kit.db import Database
from mall.kit.page import LAST, BadCursor, decode_cursor, encode_cursor, last_id, newest_first, next_cursor
from sqlalchemy import Column, MetaData, String, Table, create_engine, select


@given(st.text(max_size=40).filter(str.isprintable), st.integers(-(2**53), 2**53))
def test_a_cursor_comes_back_as_it_went_out(text: str, number: int):
    assert decode_cursor(encode_cursor(text, number), (str, int)) == (text, number)


@pytest.mark.parametrize("text", ["\x1f", "\n", "a\x00b", "\ud800"])
def test_text_that_no_key_holds_is_refused(text: str):
    with pytest.raises(BadCursor):
        decode_cursor(encode_cursor(text), (str,))


def test_a_cursor_of_an_id_is_fit_for_an_address():
    cursor = encode_cursor("spu_01JD0Z8M3K5T7V9X1B2C4E6G8H", 128)
    assert cursor.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("nothing", [None, ""])
def test_without_a_cursor_it_is_the_first_page(nothing: str | None):
    assert decode_cursor(nothing, (str,)) is None


def test_a_full_page_says_where_the_next_begins_and_a_shorter_one_is_the_last():
    assert next_cursor(["ord_3", "ord_2"], 2, lambda last: last) == encode_cursor("ord_2")
    assert next_cursor([("sku_1", "whs_1", 5)], 1, lambda last: last[:2]) == encode_cursor("sku_1", "whs_1")
    assert next_cursor(["ord_3"], 2, lambda last: last) is None
    assert next_cursor([], 2, lambda last: pytest.fail("there is no last row")) is None


def test_the_last_id_of_the_page_before_or_where_the_first_one_begins():
    assert last_id(encode_cursor("ord_2")) == last_id(encode_cursor("ord_2"), "~") == "ord_2"
    assert (last_id(None), last_id("", "~"), last_id(encode_cursor(""), "~")) == (None, "~", "")
    with pytest.raises(BadCursor):
        last_id(encode_cursor("sku_1", "whs_1"))


def as_cursor(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize("tampered", [
    "x", "!!!!", "AAAA", "bm90LWpzb24", as_cursor({"a": 1}), as_cursor("spu_1"), as_cursor([]), as_cursor(["a", "b"]),
    as_cursor([1]), as_cursor([None]), as_cursor([["a"]]), as_cursor([True]), "W" * 4_000,
    encode_cursor("spu_1")[:-2], "é", "\ud800",
])
def test_a_tampered_cursor_is_refused_with_a_sentence(tampered: str):
    with pytest.raises(BadCursor) as refusal:
        decode_cursor(tampered, (str,))
    assert (refusal.value.status, refusal.value.code, refusal.value.field) == (400, "BAD_CURSOR", "cursor")


def test_a_flag_is_not_taken_for_a_number():
    with pytest.raises(BadCursor):
        decode_cursor(as_cursor([True]), (int,))


@given(st.text(max_size=60))
def test_whatever_is_sent_it_is_a_position_or_a_refusal(sent: str):
    try:
        found = decode_cursor(sent, (str,))
    except BadCursor:
        return
    assert found is None or (len(found) == 1 and type(found[0]) is str)


def test_a_list_from_the_newest_on_is_walked_to_its_end_and_new_rows_are_not_in_the_way(database: Database):
    things = Table("kit_things", MetaData(), Column("id", String(8), primary_key=True), Column("kind", String(8)),
                   mysql_engine="InnoDB", mysql_charset="utf8mb4", mysql_collate="utf8mb4_bin")
    engine = create_engine(database.url)
    things.metadata.create_all(engine)
    page = newest_first(select(things).where(things.c.kind == "a"), things.c.id)

    def add(*ids: str, kind: str = "a") -> None:
        database.run(lambda tx: [tx.insert(things, id=each, kind=kind) for each in ids])

    try:
        add("id_1", "id_2", "id_3", "id_5", "id_8")
        add("id_4", kind="b")
        seen, before = [], LAST
        while rows := database.read(lambda tx, before=before: tx.all(page, before=before, most=2)):
            seen.append([row.id for row in rows])
            before = rows[-1].id
            add(f"id_9{len(seen)}")
        assert seen == [["id_8", "id_5"], ["id_3", "id_2"], ["id_1"]]
    finally:
        things.drop(engine)
        engine.dispose()
