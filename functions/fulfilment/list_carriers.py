"""The carriers a parcel may go by (快递公司), with the ids that WeChat knows."""

from mall.app import Ctx, Output, query
from mall.domains.fulfilment.rules import CARRIERS


class Carrier(Output):
    carrier: str  # SF, ZTO ...
    name: str


class Carriers(Output):
    items: list[Carrier]


@query("fulfilment.list_carriers", allow="anyone")
def list_carriers(ctx: Ctx) -> Carriers:
    """Spec E2."""
    return Carriers(items=[Carrier(carrier=carrier, name=name) for carrier, name in CARRIERS.items()])
