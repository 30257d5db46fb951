"""What a run of `bench.cluster` is told in: one column of figures for each number of clients."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bench import world

if TYPE_CHECKING:
    from bench.cluster import Outcome, Told

KILLED = 2  # of the nodes, by index: the last


def table(found: list[Outcome]) -> str:
    rows = [["", *[f"{outcome.clients} clients" for outcome in found]]]
    columns = [figures(outcome) for outcome in found]
    rows += [[name, *[column[name] for column in columns]] for name in columns[0]]
    return world.table(rows)


def figures(outcome: Outcome) -> dict[str, str]:
    """The column of one run."""
    told, killed, stopped = outcome.told, outcome.killed_at, outcome.stopped_at
    placed = sorted(at for each in told for at, _, _ in each.placed)
    after = [at - killed for at in placed if at > killed]
    of_the_node = [next((at - killed for at, _, _ in each.placed if at > killed), None)
                   for each in told if each.node == KILLED]
    retried = sum((each.retried for each in told), Counter())
    conflicts = sum(number for what, number in retried.items() if what.startswith("conflict"))
    stall = max((later - earlier for earlier, later in zip(placed, placed[1:], strict=False)), default=0.0)
    return {
        "orders acknowledged": f"{len(placed):,}",
        "of these paid, by an acknowledged notice": f"{sum(len(each.paid) for each in told):,}",
        "acknowledged and not on every node": str(sum("lost" in each for each in outcome.findings)),
        "findings of audits, overselling, underselling": str(sum("lost" not in each for each in outcome.findings)),
        "orders/s, three nodes": _rate(placed, 0.0, killed),
        "orders/s, two nodes": _rate(placed, killed, outcome.synced_at),
        "orders/s, three nodes again": _rate(placed, outcome.synced_at, stopped),
        "answers that said: ask again, before the kill": _share(told, 0.0, killed),
        "in the 10 s after the kill": _share(told, killed, killed + 10),
        "later": _share(told, killed + 10, stopped),
        "first order after the kill, s": f"{after[0]:.1f}" if after else "none",
        "last client of the killed node to order again, s": (
            f"{max(of_the_node):.1f}" if of_the_node and None not in of_the_node else "not all"),
        "longest time without an order, s": f"{stall:.1f}",
        "node synced again after its start, s": f"{outcome.synced_at - outcome.restarted_at:.1f} ({outcome.transfer})",
        "conflicts tried again inside a call": str(conflicts),
        "connections lost, outcome known / unknown": f"{retried['connection lost']} / {retried['outcome unknown']}",
        "batches that the server cut short": str(retried["batch cut short"]),
        "told that the scarce goods are sold out": str(sum(each.sold_out for each in told)),
    }


def _rate(moments: list[float], begin: float, end: float) -> str:
    return f"{sum(begin <= at < end for at in moments) / (end - begin):.1f}" if end > begin else "-"


def _share(told: list[Told], begin: float, end: float) -> str:
    failed = sum(begin <= at < end for each in told for at, _ in each.failed)
    asked = sum(begin <= at < end for each in told for at in each.asked)
    return f"{failed} of {asked} ({100 * failed / asked:.1f} %)" if asked else "0 of 0"
