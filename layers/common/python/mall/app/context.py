"""What an action is handed: who calls, what time it is, the transaction, the doors to the world."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from math import inf
from typing import Any, TypeVar

from mall.app import audit, identity
from mall.app.identity import Member, Staff
from mall.app.limits import keyed, network_of
from mall.app.settings import SETTINGS, ShopSettings, read_settings, settings_over
from mall.app.triggers import Incoming
from mall.app.world import World
from mall.kit import ids, outbox
from mall.kit.db import Database, Tx
from mall.kit.public_store import PublicStore
from mall.kit.scope import is_platform
from mall.kit.versions import Seen

T = TypeVar("T")


class Ctx:
    """One call. `tx` is open in a command and a listener; a query's tx only reads; a remote, a timer
    and a webhook have none and open one for each write with `transact`."""

    def __init__(self, incoming: Incoming, database: Database, world: World, now: datetime):
        self.incoming, self.database, self.world, self.now = incoming, database, world, now
        self.action: Any = None  # the one that is called
        self.request_id = incoming.request_id
        self.me: Member | None = None
        self.staff: Staff | None = None
        self.settings = read_settings(None)  # of the shop; of a seller's staff as they hold for their seller
        self.shop_document: str | None = None  # the shop's, as stored
        self._settings_of: dict[str, ShopSettings] = {}
        self.tx: Tx | None = None
        self.events = 0
        self.noted: dict[str, Any] = {}  # what the audit log keeps of this transaction besides the ids in the input
        self.before_giving: Callable[[Any], Any] | None = None  # where two people decide (mall.app.two_people)
        self.is_rehearsed = False  # what has to wait was tried and taken back
        self.is_repetition = False  # of a remote under the same key, whose answer was not kept any more
        self.keep_answer: Callable[[Tx, str], None] | None = None  # in the transaction in which a remote takes effect
        self.is_approval = False  # a second person runs what another one asked for
        self.fault: Exception | None = None  # of one item of a timer's batch, raised when the others are done
        self.until = inf  # of a timer: after this moment of `time.monotonic` it begins no other item
        self.figures: dict[str, Any] = {}  # counts for the log line, never personal data

    @property
    def actor(self) -> str:
        person = self.me or self.staff
        return person.name if person else self.incoming.source

    @property
    def address_hash(self) -> str:
        """Where the call comes from, as the audit log keeps it: the same for the same network, and not to be read."""
        if not self.incoming.client_ip:
            return ""
        secret = self.world.deployment.secret("session_secret")
        return keyed(secret, f"address\n{network_of(self.incoming.client_ip)}")[:16]

    @property
    def seller_id(self) -> str:
        return self.staff.seller_id

    @cached_property
    def store(self) -> PublicStore:
        """What everybody may read of object storage: the addresses of pictures in the size that is shown."""
        deployment = self.world.deployment
        return PublicStore(deployment.storage_public_url, deployment.storage_flavour)

    def settings_of(self, seller_id: str) -> ShopSettings:
        """The settings as they hold for a seller's goods and orders, in the transaction that is open."""
        if is_platform(seller_id) or (self.staff and seller_id == self.seller_id):
            return self.settings
        if seller_id not in self._settings_of:
            own = self.tx.one(SETTINGS, seller_id=seller_id)
            self._settings_of[seller_id] = settings_over(self.shop_document, own.document if own else None)
        return self._settings_of[seller_id]

    def seen(self, version: int | None) -> Seen:
        """For a document that the caller saves: the version that was read, and who saves it."""
        return Seen(version, self.staff.display_name if self.staff else None, self.now)

    def new_id(self, prefix: str) -> str:
        return ids.new_id(prefix)

    def emit(self, event: outbox.Event) -> None:
        """Tell the event, inside the transaction that is open."""
        outbox.emit(self.tx, event, self.now)

    def audit(self, *, before: dict[str, Any], after: dict[str, Any], **about: Any) -> None:
        """What a call of the staff changes of price, stock, money or rights, as it stood and as it stands then: said
        in the transaction that is open, kept in its entry of the audit log (mall.app.audit). No personal data. Where
        it stood so before, as when a remote is sent again, there is nothing to say."""
        if before != after:
            self.noted = {**self.noted, **about, "before": audit.plain(before), "after": audit.plain(after)}

    def looked_at(self, what: str, **whose: str) -> None:
        """That somebody of the staff was shown personal data whole: `ctx.looked_at("phone", member_id=...)`. Said in
        the transaction in which it is read."""
        self.noted = {**self.noted, "looked_at": what, **whose}

    def transact(self, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """`work(tx, ...)` in a transaction of its own, again after a deadlock. Raises AccountsMerged when the member
        who calls became another one since the call began, MemberBlocked when he was blocked since."""

        def attempt(tx: Tx) -> T:
            tx.request_id = self.request_id
            self.tx, self.noted = tx, {}
            if self.me:
                identity.stand(tx, self.me, self.now)
            answer = work(tx, *args, **kwargs)
            if self.noted:
                audit.keep(self, tx)
            self.events += tx.events
            return answer

        try:
            return self.database.run(attempt)
        finally:
            self.tx = None

    def keep(self, answer: Any) -> None:
        """What a remote answers, in the transaction in which it takes effect: the same key is answered by it from then
        on, and nothing is done again."""
        if self.keep_answer:
            told = self.action.output.model_validate(answer, from_attributes=True)
            self.keep_answer(self.tx, told.model_dump_json())

    def giving(self, work: Callable[..., T], *args: Any, worth: Any = None, **kwargs: Any) -> T:
        """As `transact`, where a remote gives its value away: counted in the same transaction. Where one person may
        not alone, nothing is done but to ask a second one, and the body ends here (docs/second-person.md)."""
        look = self.before_giving
        if look is None:
            return self.transact(work, *args, **kwargs)

        def attempt(tx: Tx) -> tuple[Any, T | None]:
            waits = look(worth)
            return waits, None if waits else work(tx, *args, **kwargs)

        waits, answer = self.transact(attempt)
        if waits:
            from mall.app.two_people import Waiting

            raise Waiting(waits)
        return answer

    def why_not_alone(self, given: Any) -> str | None:
        """Of what one row of many gives away (`GivenAway`, None: nothing), in the transaction that is open: why it
        takes two people, and so stays out; None when it may be given, and then it is counted."""
        if given is None or not self.settings.second_person:
            return None
        from mall.app.two_people import why_not_alone

        return why_not_alone(self, given)

    def read(self, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """`work(tx, ...)` with reads only."""
        return self.database.read(lambda tx: work(tx, *args, **kwargs))
