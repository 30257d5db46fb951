"""The cluster's harness, without a cluster: what it finds lost or sold too often, its figures and its table."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from types import SimpleNamespace as Row

import pytest
from bench import cluster, cluster_table
from bench.cluster import Outcome, Told
from infra.cluster import galera

pytestmark = pytest.mark.spec("L3")


def told(**what: object) -> Told:
    return Told(0, **what)


def test_what_was_acknowledged_and_is_not_in_the_rows_is_lost():
    heard = [told(placed=[(1.0, "ord_a", 100), (2.0, "ord_b", 100), (3.0, "ord_c", 100)],
                  paid=[(1.5, "ord_a", "pay_a"), (3.5, "ord_c", "pay_c")])]
    orders = [Row(order_no="ord_a", pay_fen=100, state="TO_SHIP"), Row(order_no="ord_c", pay_fen=90, state="TO_SHIP")]
    payments = [Row(payment_no="pay_a", state="PAID"), Row(payment_no="pay_c", state="PREPAID")]
    assert cluster.lost(heard, orders, payments) == [
        "acknowledged and lost: order ord_b", "acknowledged and lost: order ord_c",
        "acknowledged and lost: payment pay_c of 3.5 s, client of node 1"]


@pytest.mark.parametrize(("available", "ordered", "sold_out", "findings"), [
    (0, cluster.SCARCE, 5, 0), (10, cluster.SCARCE - 10, 0, 0), (0, cluster.SCARCE + 1, 0, 1),
    (-1, cluster.SCARCE + 1, 0, 1), (1, cluster.SCARCE - 1, 1, 1), (0, cluster.SCARCE - 1, 0, 1),
])
def test_scarce_goods_are_sold_to_the_last_piece_and_not_one_more(
        available: int, ordered: int, sold_out: int, findings: int):
    assert len(cluster.oversold(Row(available=available), [told(sold_out=sold_out)], ordered)) == findings


def outcome() -> Outcome:
    first = told(placed=[(1.0, "a", 1), (2.0, "b", 1), (8.0, "c", 1)], asked=[1.0, 2.0, 8.0], sold_out=2,
                 retried=Counter({"conflict 1213": 3, "outcome unknown": 1}))
    killed = Told(cluster_table.KILLED, placed=[(3.0, "d", 1), (9.0, "e", 1)], failed=[(6.0, "UNAVAILABLE")],
                  asked=[3.0, 6.0, 9.0], retried=Counter({"connection lost": 2}))
    return Outcome(2, [first, killed], killed_at=5.0, restarted_at=10.0, synced_at=12.0, stopped_at=20.0,
                   transfer="IST", conflicts_of_nodes=3, findings=["node 1: acknowledged and lost: order a"])


def test_the_figures_of_a_run():
    found = cluster_table.figures(outcome())
    assert found["orders acknowledged"] == "5"
    assert found["acknowledged and not on every node"] == "1"
    assert found["orders/s, three nodes"] == "0.6"
    assert found["in the 10 s after the kill"] == "1 of 3 (33.3 %)"
    assert found["first order after the kill, s"] == "3.0"
    assert found["last client of the killed node to order again, s"] == "4.0"
    assert found["longest time without an order, s"] == "5.0"
    assert found["node synced again after its start, s"] == "2.0 (IST)"
    assert found["conflicts tried again inside a call"] == "3"
    assert found["connections lost, outcome known / unknown"] == "2 / 1"


def test_the_table_goes_into_its_place_in_the_page(tmp_path: Path, monkeypatch, capsys):
    page = tmp_path / "cluster.md"
    page.write_text(f"before\n{cluster.START}\nold\n{cluster.END}\nafter\n", encoding="utf-8")
    monkeypatch.setattr(cluster, "PAGE", page)
    monkeypatch.setattr(cluster.world, "REPOSITORY", tmp_path)
    cluster.write([outcome()])
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{cluster.START}\n") and text.endswith(f"{cluster.END}\nafter\n")
    assert "\nold\n" not in text
    assert cluster_table.table([outcome()]) in text


def test_an_address_names_its_own_node_first_and_then_the_others():
    nodes = [galera.Node(number, Path("x"), {"sql": port}, "") for number, port in ((1, 11), (2, 12), (3, 13))]
    found = galera.Cluster(Path("x"), nodes)
    assert found.url("mall", first=1) == (
        "mysql+pymysql://root@127.0.0.1:12/mall?charset=utf8mb4&also=127.0.0.1:13,127.0.0.1:11")


@pytest.mark.parametrize(("log", "transfer"), [
    ("WSREP_SST: [INFO] rsync IST completed on joiner (1)", "IST"),
    ("WSREP_SST: [INFO] rsync SST completed on joiner (1)", "SST"), ("ready for connections", "nothing")])
def test_how_a_node_came_back_is_read_from_its_log(tmp_path: Path, log: str, transfer: str):
    (tmp_path / "server.log").write_text(f"of last time: rsync SST completed on joiner\n{log}\n")
    node = galera.Node(1, tmp_path, {}, "")
    assert node.transfer_since(len("of last time: rsync SST completed on joiner\n")) == transfer


def test_where_galera_is_missing_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(galera, "PROVIDERS", ("/nowhere/libgalera_smm.so",))
    assert "libgalera_smm.so missing" in galera.missing()
    assert "apt-get install --no-install-recommends mariadb-server galera-4 rsync lsof" in galera.missing()
