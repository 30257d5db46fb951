"""Import goods from a file (商品导入): CSV or Excel, a row for each SKU; each row that is wrong says why."""

from typing import Annotated

from mall.app import Ctx, Id, Input, Output, remote, seen
from mall.flows.goods import import_products as flow
from pydantic import StringConstraints


class ImportProducts(Input):
    import_id: Id  # chosen by the client; sent again, it answers as before
    object_key: Annotated[str, StringConstraints(max_length=255, pattern=r"^imports/[0-9A-Za-z_/-]+\.(csv|xlsx)$")]


class RowError(Output):
    row: int  # as the spreadsheet counts: the header is row 1
    column: str
    code: str
    sentence: str


class ProductsImported(Output):
    state: str  # DONE; PARTLY: some products stayed out; REFUSED: all of them did
    row_count: int
    created: int  # rows that became new SKUs
    updated: int  # rows that changed a SKU or its product
    unchanged: int  # rows that say what is there: nothing was written for them
    errors: list[RowError]  # at most 200


@remote("catalog.import_products", allow="staff", repeat=seen("import_id"),
        uses=["storage", "spreadsheets"], libraries=("office",),
        timeout_s=60, memory_mb=512, audits_itself=True)
def import_products(ctx: Ctx, cmd: ImportProducts) -> ProductsImported:
    """Spec B4, docs/goods-table.md. SKUs are known by their codes; new products become drafts. At most 2,000 rows and
    5 MB, uploaded by catalog.issue_upload_url. Raises FileNotFound, FileTooLarge, UnreadableFile, HeaderIncomplete,
    HeaderUnknown, RowCountOutOfRange."""
    imported = flow.import_products(ctx, cmd.import_id, cmd.object_key)
    return ProductsImported.model_validate(imported, from_attributes=True)
