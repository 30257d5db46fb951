"""Ship by file (Excel 批量发货): 订单号, 快递公司, 运单号; orders whose rows are right go out, the others say why."""

from typing import Annotated

from mall.app import Ctx, Input, Output, harmless, remote
from mall.flows.fulfilment import import_shipments as flow
from pydantic import StringConstraints


class ImportShipments(Input):
    object_key: Annotated[str, StringConstraints(max_length=255, pattern=r"^imports/[0-9A-Za-z_/-]+\.(csv|xlsx)$")]


class ShipmentsImported(Output):
    state: str  # DONE; PARTLY: some orders stayed at home; REFUSED: nothing was shipped
    row_count: int
    shipped: int  # parcels
    unchanged: int  # parcels that had gone out before
    errors: list[flow.RowError]  # at most 100


@remote("fulfilment.import_shipments", allow="staff", repeat=harmless("a parcel's number goes out once of an order"),
        uses=["storage", "spreadsheets"], libraries=("office",),
        timeout_s=60, memory_mb=512)
def import_shipments(ctx: Ctx, cmd: ImportShipments) -> ShipmentsImported:
    """Spec E11, E2. Rows that name their SKU put it, or so many of it (发货数量), into the parcel. At most 1,000 rows
    and 2 MB, uploaded by catalog.issue_upload_url. Raises NotFound, FileTooLarge, UnreadableFile, ShipmentFileRefused.
    """
    return ShipmentsImported.model_validate(flow.import_shipments(ctx, cmd.object_key), from_attributes=True)
