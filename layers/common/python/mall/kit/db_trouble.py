"""What may come between a transaction and its end, whichever database it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class DuplicateRow(Exception):
    """A unique key refused the row, and the write named no error of its own for it."""


class Interrupted(Exception):
    """Deadlock, lock wait or commit conflict: nothing happened, the work may be done again."""


class Unprepared(Exception):
    """The work can go on only after `prepare(database)`, which is not done inside a transaction: nothing happened, it
    is done now (or raises what refuses the work), and then the work again, with fresh reads."""

    def __init__(self, prepare: Callable[[Any], None]):
        super().__init__("something has to be done first")
        self.prepare = prepare


class ConnectionLost(Exception):
    """The server went away. `outcome_known` is False when COMMIT was under way."""

    def __init__(self, outcome_known: bool):
        super().__init__("database connection lost")
        self.outcome_known = outcome_known
