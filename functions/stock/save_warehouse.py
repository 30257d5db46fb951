"""Make or change a warehouse (仓库): where it is, which places it serves first, whether it is open."""

from typing import Annotated

from mall.app import Ctx, Id, Input, Line, Name, Output, Version, command, harmless
from mall.domains.stock import warehouse_store
from pydantic import Field, StringConstraints

Place = Annotated[str, StringConstraints(min_length=2, max_length=128, pattern=r"^[^/\s]+(/[^/\s]+){0,2}$")]
Part = Annotated[Line, Field(max_length=32)]  # of an address


class SaveWarehouse(Input):
    warehouse_id: Id | None = None  # none: a new one
    version: Version | None = None  # of a change: the version that was read
    name: Name
    province: Part = ""
    city: Part = ""
    district: Part = ""
    detail: Line = ""
    regions: list[Place] = Field([], max_length=400)  # 广东省, 广东省/深圳市 ...: served first; none: everywhere
    priority: Annotated[int, Field(ge=0, le=1_000)] = 0  # the lower the earlier, among those that are as near
    active: bool = True  # of one that is closed nothing is sold; what it has stays


class WarehouseSaved(Output):
    warehouse_id: str
    version: int


@command("stock.save_warehouse", allow="staff", repeat=harmless("a second new one is empty"))
def save_warehouse(ctx: Ctx, cmd: SaveWarehouse) -> WarehouseSaved:
    """Spec G1. Orders that are placed keep their warehouse. Where it is may be left out, all of it or the
    district. Raises UnknownDivision (with `suggestions`), WarehouseNotFound, TooManyWarehouses, ChangedMeanwhile."""
    told = cmd.model_dump(exclude={"warehouse_id", "version"})
    warehouse_id, version, before = warehouse_store.save(
        ctx.tx, cmd.warehouse_id, ctx.seller_id, ctx.seen(cmd.version), **told)
    ctx.audit(before={name: getattr(before, name) for name in ("priority", "active")} if before else {},
              after={"priority": cmd.priority, "active": cmd.active}, warehouse_id=warehouse_id)
    return WarehouseSaved(warehouse_id=warehouse_id, version=version)
