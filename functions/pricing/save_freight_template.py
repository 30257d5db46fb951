"""Make or change a freight template (运费模板): fees by region and piece or weight, free-shipping thresholds."""

from typing import Annotated, Literal

from mall.app import Ctx, Fen, Id, Input, Name, Output, Quantity, TwoPeople, Version, command, harmless
from mall.domains.pricing import freight_store
from mall.flows.goods import given_away_goods
from pydantic import Field, StringConstraints

Place = Annotated[str, StringConstraints(min_length=2, max_length=128, pattern=r"^[^/\s]+(/[^/\s]+){0,2}$")]
Units = Annotated[int, Field(ge=0, le=1_000_000)]


class Rate(Input):
    places: list[Place] = Field([], max_length=400)  # 广东省, 广东省/深圳市 ...; none: everywhere else
    first_units: Units  # pieces or grams
    first_fee_fen: Fen
    next_units: Units = 0  # 0: the first fee is all
    next_fee_fen: Fen = 0
    free_from_fen: Fen | None = None
    free_from_pieces: Quantity | None = None


class SaveFreightTemplate(Input):
    freight_template_id: Id | None = None  # none: a new one
    version: Version | None = None  # of a change: the version that was read
    name: Name
    by: Literal["piece", "weight"]
    rates: list[Rate] = Field(min_length=1, max_length=50)
    undeliverable: list[Place] = Field([], max_length=400)
    is_default: bool = False


class FreightTemplateSaved(Output):
    freight_template_id: str
    version: int


@command("pricing.save_freight_template", allow="staff", repeat=harmless("a second new one is used by nothing"),
         two_people=TwoPeople("FREIGHT", given_away_goods.freight_saved))
def save_freight_template(ctx: Ctx, cmd: SaveFreightTemplate) -> FreightTemplateSaved:
    """Spec D3. A seller has one default, which goods without a template of their own take. Raises
    UnknownDivision (with `suggestions`), TemplateNotFound, TooManyTemplates, DefaultIsNeeded, PlaceRepeats,
    ChangedMeanwhile."""
    document = freight_store.to_keep(cmd.model_dump(include={"by", "rates", "undeliverable"}))
    known = {row.freight_template_id: row for row in freight_store.all_of(ctx.tx, ctx.seller_id)}
    before = known.get(cmd.freight_template_id or "")
    template_id, version = freight_store.save(
        ctx.tx, cmd.freight_template_id, ctx.seller_id, ctx.seen(cmd.version), name=cmd.name, document=document,
        is_default=cmd.is_default)
    ctx.audit(before=freight_store.fees_of(before.document, before.is_default) if before else {},
              after=freight_store.fees_of(document, cmd.is_default), freight_template_id=template_id)
    return FreightTemplateSaved(freight_template_id=template_id, version=version)
