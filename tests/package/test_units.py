"""What is deployed together: the units of today's mall, and whether a mall of 420 actions still fits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import cycle, islice

import pytest
from mall.app import registry
from mall.app.actions import Action, Schedule
from mall.app.namespaces import GROUPS, group_of
from mall.app.units import HOT, place_of, unit_of

from infra.package.build import LAYERS_PER_FUNCTION
from infra.package.invoke_rules import is_open
from infra.package.plan import all_places, units
from infra.package.platforms import AWS, CLOUDBASE, PLATFORMS, SCF

pytestmark = pytest.mark.spec("L2")

TODAY = registry.load()
# Kinds in today's shares: half for staff, three in ten for buyers, one in seven a timer.
MIX = ("staff query", "staff command", "member query", "timer 1", "staff command", "member command", "staff query",
       "staff command", "listener", "staff remote", "member query", "staff query", "timer 60", "member command",
       "staff command", "staff query", "member query", "staff command", "timer 5", "webhook", "member command",
       "staff query", "staff command")


def mall_of(total: int) -> list[Action]:
    """Today's actions, and as many more in the domains that have fewest, those that are still to come among them."""
    every = list(TODAY.values())
    sizes = Counter({domain: 0 for domains in GROUPS.values() for domain in domains})
    sizes.update(action.domain for action in every)
    for number, kind in enumerate(islice(cycle(MIX), total - len(every))):
        domain = min(sizes, key=lambda each: (sizes[each], each))
        if sizes[domain] >= 9:
            domain = sorted(sizes)[number * 7 % len(sizes)]
        every.append(_made(f"{domain}.made_{number}", kind))
        sizes[domain] += 1
    return every


def _made(name: str, kind: str) -> Action:
    what, _, how = kind.partition(" ")
    if what in ("staff", "member"):
        return Action(name, how, lambda ctx: None, allow=what)
    if what == "timer":
        return Action(name, what, lambda ctx: None, schedule=Schedule(every_minutes=int(how)))
    return Action(name, what, lambda ctx: None, path=f"/webhooks/{name}" if what == "webhook" else None)


def _by_name(actions: list[Action] | None = None) -> dict[str, list[str]]:
    return {unit.name: [action.name for action in unit.actions] for unit in units(SCF, actions)}


def test_hot_actions_webhooks_timers_what_draws_pictures_and_what_only_http_calls_stand_alone_under_their_own_name():
    alone = {action.name for action in TODAY.values()
             if action.kind in ("webhook", "timer") or action.name in HOT or action.over_http_only
             or "pictures" in action.uses}
    assert {names[0] for unit, names in _by_name().items() if "-" in unit} == alone
    assert all(names == [unit.replace("-", ".")] for unit, names in _by_name().items() if "-" in unit)
    assert HOT <= set(TODAY), "what is said to be hot exists"


def test_the_others_stand_with_those_of_their_domain_whom_the_same_people_call():
    found = _by_name()
    assert found["ledger_desk"] == ["ledger.list_balances", "ledger.list_entries"]
    assert found["orders_files"] == ["orders.export_orders"]
    assert found["orders_counter"] == ["orders.cancel_order", "orders.change_address", "orders.confirm_receipt",
                                       "orders.count_order_tabs", "orders.quote_address"]
    assert found["stock_listeners"] == ["stock.on_stock_ran_low_open_case"]
    for unit in units(SCF):
        assert len({action.domain for action in unit.actions}) == 1
        assert len({(action.kind == "listener", is_open(action)) for action in unit.actions}) == 1, unit.name


def test_every_action_is_deployed_once_on_every_platform():
    for platform in PLATFORMS.values():
        assert sorted(action.name for unit in units(platform) for action in unit.actions) == sorted(TODAY)


def test_a_new_action_moves_no_other_one():
    before = _by_name()
    after = _by_name([*TODAY.values(), _made("ledger.made_0", "staff query"), _made("ledger.made_1", "timer 60")])
    assert {unit: names for unit, names in after.items() if before.get(unit) != names} == {
        "ledger-made_1": ["ledger.made_1"],
        "ledger_desk": ["ledger.list_balances", "ledger.list_entries", "ledger.made_0"]}


def test_a_unit_has_the_time_the_memory_and_the_layers_that_the_largest_of_its_actions_needs():
    desk = next(unit for unit in units(SCF) if unit.name == "reconciliation_desk")
    assert (desk.timeout_s, desk.memory_mb) == (60, 512)
    assert desk.layers == ("common", "core", "storage", "tencent", "wechat")
    for unit in units(SCF):
        assert unit.timeout_s == max(action.timeout_s for action in unit.actions)
        assert len(unit.layers) <= LAYERS_PER_FUNCTION


def test_the_house_finds_what_it_calls_itself_without_its_file():
    for action in TODAY.values():
        if action.kind == "listener" or action.name == "ops.relay_outbox":
            assert place_of("scf", "mall", action.name) == (f"mall-{group_of(action.domain)}", unit_of(action))


# quotas, with a quarter of each left free


def test_the_mall_of_today_fits_and_each_of_its_timers_has_a_unit_of_its_own():
    assert [place for place in all_places() if place.is_full] == []
    timers = [action.function_name for action in TODAY.values() if action.kind == "timer"]
    assert set(timers) <= set(_by_name())
    assert {(place.platform.name, place.quota, place.allowed) for place in all_places()} == {
        ("scf", 50, 37), ("cloudbase", 250, 187), ("aws", 500, 375)}


def test_a_mall_of_420_actions_fits_into_every_platform():
    mall = mall_of(420)
    assert len(mall) == 420
    assert len({action.domain for action in mall}) == sum(map(len, GROUPS.values()))
    assert [f"{place.platform.name} {place.name}: {place.taken}" for place in all_places(mall) if place.is_full] == []
    assert Counter(place.platform.name for place in all_places(mall)) == {"scf": 5, "aws": 5, "cloudbase": 1}
    for platform in (SCF, AWS, CLOUDBASE):
        assert sum(len(unit.actions) for unit in units(platform, mall)) == 420


def test_where_a_namespace_is_full_the_timers_that_fire_seldom_share_a_unit_and_only_there():
    """Those of every minute, and those that need more memory, stay alone."""
    many = [*TODAY.values(), *_timers("orders", 1, 11), *_timers("refunds", 60, 12)]
    found = _by_name(many)
    assert found["trade_timers"] == [f"refunds.made_{number}" for number in sorted(map(str, range(12)))]
    assert [unit for unit in found if unit.endswith("_timers")] == ["trade_timers"]
    assert {f"orders-made_{number}" for number in range(11)} <= set(found)
    assert not [unit for unit in {each.name for each in units(AWS, many)} if unit.endswith("_timers")]
    assert [place.name for place in all_places(many) if place.is_full] == []


def test_what_does_not_fit_all_the_same_is_said():
    many = [*TODAY.values(), *_timers("orders", 1, 30)]
    assert [(place.name, place.taken, place.allowed) for place in all_places(many) if place.is_full] == [
        ("mall-trade", 55, 37)]


def _timers(domain: str, minutes: int, count: int) -> Iterator[Action]:
    return (_made(f"{domain}.made_{number}", f"timer {minutes}") for number in range(count))
