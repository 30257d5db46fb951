"""Put right a wrong carrier or tracking number after shipping (更正快递信息); the buyer is told, and WeChat once."""

from typing import Annotated

from mall.app import Ctx, Id, Input, Key, Name, Output, command, in_form, seen
from mall.domains.fulfilment.rules import tracking_no_of
from mall.flows.fulfilment import correct_parcel as flow

TrackingNo = Annotated[Key, in_form(tracking_no_of)]


class CorrectParcel(Input):
    order_no: Id
    carrier: Name  # WeChat's id or its Chinese name, see fulfilment.list_carriers
    tracking_no: TrackingNo
    seen_tracking_no: TrackingNo  # the one that it has now


class ParcelCorrected(Output):
    order_no: str
    corrections: int
    wechat: str  # TOLD: with the next report; NOT_NEEDED; USED_UP: it takes one correction, and had it


@command("fulfilment.correct_parcel", allow="staff", repeat=seen("seen_tracking_no"))
def correct_parcel(ctx: Ctx, cmd: CorrectParcel) -> ParcelCorrected:
    """Spec E2, E11, G3. Raises OrderNotFound, NotOnItsWay, UnknownCarrier, BadTrackingNo, ParcelSent (another parcel of
    the order has the number), ParcelChanged."""
    done = flow.correct(ctx.tx, cmd.order_no, cmd.carrier, cmd.tracking_no, cmd.seen_tracking_no,
                        seller_id=ctx.seller_id, actor=ctx.actor, now=ctx.now)
    return ParcelCorrected(order_no=cmd.order_no, corrections=done.corrections, wechat=done.wechat)
