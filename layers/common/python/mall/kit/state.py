"""State machines as data: checked when imported, printed into docs/states.md, driving the buttons."""

from __future__ import annotations

from enum import Enum
from typing import Generic, TypeVar

from mall.kit.errors import Conflict

S = TypeVar("S", bound=Enum)


class IllegalMove(Conflict):
    code, message = "ILLEGAL_MOVE", "当前状态不能进行此操作，请刷新后重试"


class Flow(Generic[S]):
    """`moves` maps a verb to (the states it may start from, the state it leads to)."""

    def __init__(self, states: type[S], *, start: set[S] | S, moves: dict[str, tuple[set[S], S]]):
        self.states, self.moves = states, moves
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

    def allowed(self, state: str | S) -> list[str]:
        """The verbs open in `state`."""
        now = self.states(state)
        return [move for move, (sources, _) in self.moves.items() if now in sources]

    def check(self, move: str, state: str | S) -> None:
        """Raise IllegalMove unless `move` may start from `state`."""
        if self.states(state) not in self.moves[move][0]:
            raise IllegalMove(state=self.states(state).value, move=move)
