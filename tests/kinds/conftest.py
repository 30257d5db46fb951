"""A shop in which the lay-away of the tests is a kind of order like any other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from mall.flows import kinds
from mall.flows.ops import audit, audit_watch
from mall.flows.reach import compose_messages
from mall.kit.ids import new_id
from sqlalchemy import create_engine, update

from tests.kinds import lay_away
from tests.support import seed
from tests.support.shop import Shop

PRICE_FEN, PLACES = 6_000, 6


class Shelf:
    """Six pieces laid aside at 60.00 of goods at 99.00."""

    def __init__(self, shop: Shop):
        self.shop, self.goods = shop, seed.product(shop, price_fen=9_900, stock=20)
        self.shelf_id = new_id("lay")
        shop.database.run(lambda tx: tx.insert(
            lay_away.shelves, shelf_id=self.shelf_id, sku_id=self.goods.sku_id, price_fen=PRICE_FEN, places=PLACES,
            taken=0, deposit_fen=0, balance_from=shop.now, balance_until=shop.now, forfeits=False))

    def asks_for_deposit(self, deposit_fen: int, *, forfeits: bool = True) -> None:
        """Of each piece, from now on; the balance is to be paid between the second and the fifth day."""
        self.shop.database.run(lambda tx: tx.write(update(lay_away.shelves).values(
            deposit_fen=deposit_fen, forfeits=forfeits, balance_from=self.shop.now + timedelta(days=2),
            balance_until=self.shop.now + timedelta(days=5)), rows=1))

    @property
    def taken(self) -> int:
        return self.shop.rows(lay_away.shelves)[0].taken

    def laid(self) -> list[tuple[str, int]]:
        return [(row.state, row.pieces) for row in self.shop.rows(lay_away.laid)]


@pytest.fixture
def shelf(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """The kind is found by the same look-up; what a process computes of all kinds when it starts is computed anew."""
    monkeypatch.setitem(kinds.MODULES, lay_away.KIND.name, "tests.kinds.lay_away")
    monkeypatch.setitem(kinds.ACTIVITIES, "lay_", lay_away.KIND.name)
    for name, found in (("SUBJECTS", audit.every("SUBJECTS")), ("FEEDS", audit.every("FEEDS")),
                        ("RULES", audit.rules_by_subject())):
        monkeypatch.setattr(audit, name, found)
        monkeypatch.setattr(audit_watch, name, found)
    monkeypatch.setattr(compose_messages, "_COMPOSERS",
                        compose_messages._COMPOSERS | lay_away.KIND.messages().compose)
    engine = create_engine(shop.database.url)
    lay_away.metadata.create_all(engine)
    yield Shelf(shop)
    shop.database.close()
    lay_away.metadata.drop_all(engine)
    engine.dispose()
