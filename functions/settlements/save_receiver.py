"""Make or change a receiver of profit sharing (分账接收方): who gets which part of the seller's orders."""

from typing import Annotated, Any, Literal

from pydantic import Field

from mall.app import KEY, Ctx, Id, Input, Name, Output, TwoPeople, Version, remote
from mall.app.settings import read_settings
from mall.domains.settlements import store as settlements
from mall.domains.staff import store as staff
from mall.flows.trade import given_away
from mall.flows.goods.most_shared import most_of
from mall.kit.scope import PLATFORM

Relation = Literal["STORE", "STAFF", "STORE_OWNER", "PARTNER", "HEADQUARTER", "BRAND", "DISTRIBUTOR", "USER",
                   "SUPPLIER", "SERVICE_PROVIDER", "PLATFORM"]


class SaveReceiver(Input):
    version: Version | None = None  # of a change of one that takes part: the version that was read
    kind: Literal["MERCHANT_ID", "PERSONAL_OPENID"]
    account: Id  # a merchant's number, or a person's openid of our app
    name: Name | None = None  # in full, as WeChat checks it; a merchant's is needed
    label: Name  # what staff call it
    relation: Relation
    per_ten_thousand: Annotated[int, Field(ge=1, le=10_000)]  # of an order's net amount


class ReceiverSaved(Output):
    receiver_id: str
    state: Literal["SAVED"]


@remote("settlements.save_receiver", allow="staff", repeat=KEY,
        two_people=TwoPeople("RECEIVER", given_away.receiver, always=True), uses=["wechat_pay"],
        audits_itself=True)
def save_receiver(ctx: Ctx, cmd: SaveReceiver) -> ReceiverSaved:
    """Spec E7. The same account again changes it; orders shared before keep their parts. Where two people decide,
    WeChat hears of it when both have (J6). Raises NameNeeded, TooManyReceivers, SharesAboveMost, ChangedMeanwhile,
    OutcomeUnknown (ask again)."""
    wanted, seen = cmd.model_dump(exclude={"version"}), ctx.seen(cmd.version)
    row = ctx.transact(lambda tx: settlements.intend_receiver(tx, ctx.seller_id, wanted, _most(ctx), seen))
    ctx.world.wechat_pay.add_receiver(kind=cmd.kind, account=cmd.account, relation=cmd.relation, name=cmd.name)
    ctx.giving(_save, ctx, row, wanted, seen)
    return ReceiverSaved(receiver_id=row.receiver_id, state="SAVED")


def _save(tx: Any, ctx: Ctx, row: Any, wanted: dict[str, Any], seen: Any) -> None:
    settlements.save_receiver(tx, row, wanted, _most(ctx), seen)
    ctx.audit(before={"state": row.state, "per_ten_thousand": row.per_ten_thousand},
              after={"state": "ACTIVE", "per_ten_thousand": wanted["per_ten_thousand"]}, receiver_id=row.receiver_id)


def _most(ctx: Ctx) -> int:
    """What receivers may get together: held, as neither it nor another's part may change beside this one."""
    shop = read_settings(staff.hold_settings(ctx.tx, PLATFORM, ctx.now))
    return most_of(ctx.tx, ctx.seller_id, shop.sharing_most_per_ten_thousand, stays=True)
