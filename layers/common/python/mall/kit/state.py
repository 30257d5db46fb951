"""State machines as data: checked when imported, printed into docs/states.md, driving the buttons; and the words that a
person reads of a state or of another value of an enum."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Generic, TypeVar

from mall.kit.errors import Conflict

S = TypeVar("S", bound=Enum)


class IllegalMove(Conflict):
    code, message = "ILLEGAL_MOVE", "当前状态不能进行此操作，请刷新查看最新状态"


class Flow(Generic[S]):
    """`moves` maps a verb to (the states it may start from, the state it leads to), and behind them the columns that
    keep the moment of the move."""

    def __init__(self, states: type[S], *, start: set[S] | S, moves: dict[str, tuple[Any, ...]]):
        self.states = states
        self.moves: dict[str, tuple[set[S], S]] = {move: how[:2] for move, how in moves.items()}
        self._stamps: dict[str, tuple[str, ...]] = {move: how[2:] for move, how in moves.items()}
        self.start = start if isinstance(start, set) else {start}
        self._check()

    def _check(self) -> None:
        reached = set(self.start)
        for _ in self.moves:
            reached |= {target for sources, target in self.moves.values() if sources & reached}
        lost = [state.value for state in self.states if state not in reached]
        if lost:
            raise ValueError(f"{self.states.__name__}: no way leads to {', '.join(lost)}")

    def sources(self, move: str) -> list[str]:
        """The states `move` may start from, for the WHERE of a compare-and-swap."""
        return sorted(state.value for state in self.moves[move][0])

    def target(self, move: str) -> str:
        return self.moves[move][1].value

    def stamps(self, move: str) -> tuple[str, ...]:
        """The columns that keep the moment of this move."""
        return self._stamps[move]

    def stamped(self, move: str, now: datetime) -> dict[str, datetime | None]:
        """`new_<column>` for each column that any move stamps: `now`, or None where this one does not."""
        columns = sorted({column for each in self._stamps.values() for column in each})
        return {f"new_{column}": now if column in self._stamps[move] else None for column in columns}

    def allowed(self, state: str | S) -> list[str]:
        """The verbs open in `state`; none in one that only a newer release knows."""
        return [move for move, (sources, _) in self.moves.items() if state in sources]

    def check(self, move: str, state: str | S) -> None:
        """Raise IllegalMove unless `move` may start from `state`."""
        if state not in self.moves[move][0]:
            raise IllegalMove(state=state.value if isinstance(state, Enum) else state, move=move)


class Words(dict[str, str]):
    """What a person reads of each value (显示文字), beside its enum: `Words(Light, {"RED": "停"}, other="看信号")`.

    A value that only a newer release knows reads as `other`, and is never an error. Without an enum the values are
    those of a column that several write. ValueError, when imported, unless each value of the enum has its word.
    """

    def __init__(self, of: type[Enum] | None, words: Mapping[str, str], other: str):
        super().__init__({str(value.value if isinstance(value, Enum) else value): word
                          for value, word in words.items()})
        if of is not None and set(self) != {value.value for value in of}:
            raise ValueError(f"{of.__name__}: a word for each of {', '.join(value.value for value in of)}")
        self.other = other

    def __missing__(self, value: str) -> str:
        return self.other
