"""State machines as data: checked at import, asked for sources, targets and buttons."""

from __future__ import annotations

from datetime import datetime, timezone
from enum import Enum

import pytest
from mall.kit.state import Flow, IllegalMove, Words


class Light(str, Enum):
    RED = "RED"
    GREEN = "GREEN"
    BROKEN = "BROKEN"


L = Light
MOVES = {"go": ({L.RED}, L.GREEN), "stop": ({L.GREEN}, L.RED), "break": ({L.RED, L.GREEN}, L.BROKEN)}
FLOW = Flow(L, start=L.RED, moves=MOVES)


def test_a_state_that_no_way_leads_to_is_refused_when_the_machine_is_made():
    with pytest.raises(ValueError, match="Light: no way leads to BROKEN"):
        Flow(L, start=L.RED, moves={"go": MOVES["go"], "stop": MOVES["stop"]})
    with pytest.raises(ValueError, match="Light: no way leads to RED, GREEN"):
        Flow(L, start=L.BROKEN, moves=MOVES)


def test_states_that_only_reach_each_other_are_not_reached():
    with pytest.raises(ValueError, match="no way leads to GREEN, BROKEN"):
        Flow(L, start=L.RED, moves={"mend": ({L.BROKEN}, L.GREEN), "break": ({L.GREEN}, L.BROKEN)})


def test_a_machine_may_start_in_several_states():
    assert Flow(L, start={L.RED, L.GREEN}, moves={"break": MOVES["break"]}).start == {L.RED, L.GREEN}


def test_it_tells_where_a_move_starts_and_leads():
    assert (FLOW.sources("break"), FLOW.target("break")) == (["GREEN", "RED"], "BROKEN")


def test_a_move_tells_which_columns_keep_its_moment():
    flow = Flow(L, start=L.RED, moves={"go": ({L.RED}, L.GREEN, "went_at"), "stop": ({L.GREEN}, L.RED),
                                       "break": ({L.RED}, L.BROKEN, "broke_at", "went_at")})
    now = datetime(2026, 11, 30, tzinfo=timezone.utc)
    assert [flow.stamps(move) for move in flow.moves] == [("went_at",), (), ("broke_at", "went_at")]
    assert flow.stamped("go", now) == {"new_went_at": now, "new_broke_at": None}
    assert flow.stamped("stop", now) == {"new_went_at": None, "new_broke_at": None}
    assert flow.moves["go"] == ({L.RED}, L.GREEN)


def test_it_tells_the_moves_that_are_open():
    assert [FLOW.allowed(state) for state in ("RED", L.GREEN, "BROKEN")] == [["go", "break"], ["stop", "break"], []]


def test_a_move_from_elsewhere_is_refused_with_state_and_move():
    FLOW.check("go", "RED")
    with pytest.raises(IllegalMove) as refusal:
        FLOW.check("go", "GREEN")
    assert (refusal.value.status, refusal.value.data) == (409, {"state": "GREEN", "move": "go"})


def test_a_state_that_only_a_newer_release_knows_has_no_way_out_and_is_no_error():
    assert FLOW.allowed("BLUE") == []
    with pytest.raises(IllegalMove) as refusal:
        FLOW.check("go", "BLUE")
    assert refusal.value.data == {"state": "BLUE", "move": "go"}


def test_an_unknown_move_is_a_mistake_of_the_program():
    with pytest.raises(KeyError):
        FLOW.check("fly", "RED")


WORDS = {"RED": "停", L.GREEN: "行", "BROKEN": "故障"}


def test_each_value_has_its_word_and_one_of_a_newer_release_a_neutral_one():
    words = Words(Light, WORDS, other="看信号")
    assert [words[value] for value in ("RED", L.RED, "GREEN", "BROKEN", "BLUE")] == ["停", "停", "行", "故障", "看信号"]
    assert "BLUE" not in words  # asked for, and not remembered
    assert Words(None, {"PAID_IN": "充值"}, other="变动")["ELSEWHERE"] == "变动"


@pytest.mark.parametrize("words", [{"RED": "停"}, {**WORDS, "BLUE": "蓝"}])
def test_a_word_that_is_missing_or_of_no_value_is_found_when_imported(words: dict):
    with pytest.raises(ValueError, match="Light: a word for each of RED, GREEN, BROKEN"):
        Words(Light, words, other="")
