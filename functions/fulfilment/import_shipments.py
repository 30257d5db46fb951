"""Ship by file (Excel 批量发货): 订单号, 快递公司, 运单号; all orders of the file go out, or none."""

from typing import Annotated

from mall.app import Ctx, Input, Output, remote
from mall.flows import import_shipments as flow
from mall.kit.errors import NotFound
from pydantic import StringConstraints


class ImportShipments(Input):
    key: Annotated[str, StringConstraints(max_length=255, pattern=r"^imports/[0-9A-Za-z_/-]+\.(xlsx|xls|csv)$")]


class ShipmentsImported(Output):
    shipped: int


@remote("fulfilment.import_shipments", allow="staff", uses=["storage", "spreadsheets"], libraries=("office",),
        timeout_s=60, memory_mb=512)
def import_shipments(ctx: Ctx, cmd: ImportShipments) -> ShipmentsImported:
    """Spec E11. Raises NotFound (no such file, or another seller's), FileTooLarge, UnreadableFile,
    ShipmentFileRefused with each row at fault."""
    if not cmd.key.startswith(f"imports/{ctx.seller_id}/"):
        raise NotFound("文件不存在，请重新上传", field="key")
    return ShipmentsImported(shipped=flow.import_shipments(ctx, cmd.key))
