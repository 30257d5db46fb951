"""Export all goods to a file (商品导出), CSV or Excel, behind a link that lasts ten minutes."""

from typing import Literal

from mall.app import Ctx, Input, Output, harmless, remote
from mall.flows.goods import export_products as flow


class ExportProducts(Input):
    kind: Literal["csv", "xlsx"] = "xlsx"


class ProductsExported(Output):
    rows: int  # SKUs that are sold
    url: str


@remote("catalog.export_products", allow="staff", repeat=harmless("one more file of the same"),
        uses=["storage", "spreadsheets"], libraries=("office",),
        timeout_s=60, memory_mb=512)
def export_products(ctx: Ctx, cmd: ExportProducts) -> ProductsExported:
    """Spec B4, docs/goods-table.md. The file can be changed and imported again by catalog.import_products; cells that
    a spreadsheet would run as a formula get an apostrophe before them. Raises TooManyToExport."""
    exported = flow.export_products(ctx, cmd.kind)
    return ProductsExported(rows=exported.rows, url=exported.url)
