"""How a client says of which kind an order is to be (`mall/flows/kinds`), where one is priced and placed."""

from __future__ import annotations

from mall.app.fields import Id, Input


class KindFields(Input):
    """An activity's id tells the kind; none: an ordinary order."""

    activity_id: Id | None = None
    joins_id: Id | None = None  # what of the activity's it joins, such as a group; absent: it opens one
    group_buy_id: Id | None = None  # the same two, by the names that group buys have had since before the others
    group_id: Id | None = None
