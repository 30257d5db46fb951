"""Stored documents of other releases: more fields, fewer, other words, other versions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import pytest
from mall.kit import documents
from mall.kit.db import Database, Json, driver_url
from mall.kit.documents import DocumentTooNew, Shape, TooNew, Unknown
from sqlalchemy import Column, MetaData, String, Table, bindparam, create_engine, select, type_coerce

pytestmark = pytest.mark.spec("L4")


@dataclass(frozen=True)
class Terms:
    per_yuan: int
    days: int = 365


class Pair(NamedTuple):
    left: int
    right: int = 2


class Colour(str, Enum):
    RED = "red"


@pytest.mark.parametrize(("stored", "made"), [
    ({"per_yuan": 3, "days": 9}, Terms(3, 9)), ({"per_yuan": 3}, Terms(3)),
    ({"per_yuan": 3, "days": 9, "new": {"deep": 1}}, Terms(3, 9))])
def test_what_is_not_known_is_passed_over_and_what_is_missing_has_its_default(stored: dict, made: Terms):
    assert documents.make(Terms, stored) == made
    assert documents.make(Terms, {**stored, "per_yuan": 7}, per_yuan=3) == made


def test_a_named_tuple_is_made_as_well():
    assert documents.make(Pair, {"left": 1, "new": 5}) == Pair(1, 2)


def test_a_word_that_is_not_known_is_kept_and_equals_none_of_ours():
    assert documents.word(Colour, "red") is Colour.RED
    kept = documents.word(Colour, "teal")
    assert (kept, kept.value, type(kept)) == ("teal", "teal", Unknown)
    assert kept != Colour.RED
    with pytest.raises(DocumentTooNew):
        documents.member(Colour, "teal")


def test_rules_of_a_newer_release_are_left_out():
    assert list(documents.readable(lambda name: documents.member(Colour, name), ["red", "teal", "red"])) == [
        Colour.RED, Colour.RED]


GROWN = Shape(version=3, defaults={"note": ""}, upgrades={
    1: lambda old: {**old, "fen": old["yuan"] * 100}, 2: lambda old: {"paid": old["fen"]}})


@pytest.mark.parametrize("stored", [
    {"yuan": 7}, {"yuan": 7, "version": 1}, {"fen": 700, "version": 2}, {"paid": 700, "version": 3}])
def test_an_older_version_is_brought_up_step_by_step(stored: dict):
    assert GROWN.read(stored) == {"paid": 700, "note": "", "version": 3}


def test_a_newer_version_is_refused_to_who_looks_into_it_and_to_who_writes_it_back():
    row = GROWN.read({"price": 7, "version": 4}, "orders.price")
    for look in (lambda: row["price"], lambda: row.get("price"), lambda: dict(row), lambda: {**row},
                 lambda: row == {}, lambda: "price" in row, lambda: list(row), lambda: GROWN.write(row)):
        with pytest.raises(DocumentTooNew) as refusal:
            look()
        assert (refusal.value.status, refusal.value.data) == (503, {"document": "orders.price"})


def test_each_document_of_a_list_has_its_own_version():
    letters = Shape(version=2, upgrades={1: lambda old: {"b": old["a"]}}, each=True)
    assert letters.read([{"a": 1}, {"b": 2, "version": 2}]) == [{"b": 1, "version": 2}, {"b": 2, "version": 2}]


def test_only_a_later_version_is_written_down():
    assert Shape().write({"a": 1}) == {"a": 1}
    assert GROWN.write({"paid": 1}) == {"paid": 1, "version": 3}
    assert GROWN.write(None) is None


def test_a_column_reads_and_writes_by_its_shape(database: Database):
    table = Table("shaped", MetaData(), Column("number", String(8), primary_key=True), Column("document", Json(GROWN)))
    engine = create_engine(driver_url(database.url.render_as_string(hide_password=False)))
    table.create(engine)
    try:
        plain = table.insert().values(number=bindparam("key"), document=type_coerce(bindparam("text"), String))
        for key, text in (("old", {"yuan": 7}), ("new", {"paid": 1, "version": 9})):
            database.run(lambda tx, key=key, text=text: tx.change(plain, key=key, text=json.dumps(text)))
        database.run(lambda tx: tx.insert(table, number="own", document={"paid": 5}))
        found = {row.number: row.document for row in database.read(lambda tx: tx.all(select(table)))}
        assert (found["old"]["paid"], found["own"]) == (700, {"paid": 5, "note": "", "version": 3})
        assert isinstance(found["new"], TooNew)
    finally:
        database.close()
        table.drop(engine)
        engine.dispose()
