"""What an action is handed: who calls, what time it is, the transaction, the doors to the world."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from mall.app import identity
from mall.app.identity import Member, Staff
from mall.app.settings import ShopSettings
from mall.app.triggers import Incoming
from mall.app.world import World
from mall.kit import ids, outbox
from mall.kit.db import Database, Tx, Unprepared
from mall.kit.versions import Seen

T = TypeVar("T")


class Ctx:
    """One call. `tx` is open in a command and a listener; a query's tx only reads; a remote, a timer
    and a webhook have none and open one for each write with `transact`."""

    def __init__(self, incoming: Incoming, database: Database, world: World, now: datetime):
        self.incoming, self.database, self.world, self.now = incoming, database, world, now
        self.request_id = incoming.request_id
        self.me: Member | None = None
        self.staff: Staff | None = None
        self.settings: ShopSettings = ShopSettings()
        self.tx: Tx | None = None
        self.events = 0
        self.noted: dict[str, Any] = {}  # what the audit log keeps of this call besides the ids in its input
        self._done_first: dict[tuple, Any] = {}
        self.fault: Exception | None = None  # of one item of a timer's batch, raised when the others are done
        self.figures: dict[str, Any] = {}  # counts for the log line, never personal data

    @property
    def actor(self) -> str:
        person = self.me or self.staff
        return person.name if person else self.incoming.source

    @property
    def seller_id(self) -> str:
        return self.staff.seller_id

    def seen(self, version: int | None) -> Seen:
        """For a document that the caller saves: the version that was read, and who saves it."""
        return Seen(version, self.staff.display_name if self.staff else None, self.now)

    def new_id(self, prefix: str) -> str:
        return ids.new_id(prefix)

    def emit(self, event: outbox.Event) -> None:
        """Tell the event, inside the transaction that is open."""
        outbox.emit(self.tx, event, self.now)

    def transact(self, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """`work(tx, ...)` in a transaction of its own, again after a deadlock. Raises AccountsMerged when the member
        who calls became another one since the call began."""

        def attempt(tx: Tx) -> T:
            tx.request_id = self.request_id
            self.tx = tx
            if self.me:
                identity.stand(tx, self.me)
            answer = work(tx, *args, **kwargs)
            self.events += tx.events
            return answer

        try:
            return self.database.run(attempt)
        finally:
            self.tx = None

    def first(self, work: Callable[..., T], *args: Any) -> T:
        """The answer of slow `work(*args)` that touches no database, in a command: the transaction is given up,
        `work` done with none open, and the body begins again. Nothing is written before."""
        key = (work, *args)
        if key not in self._done_first:
            raise Unprepared(lambda database: self._done_first.update({key: work(*args)}))
        return self._done_first[key]

    def read(self, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """`work(tx, ...)` with reads only."""
        return self.database.read(lambda tx: work(tx, *args, **kwargs))
