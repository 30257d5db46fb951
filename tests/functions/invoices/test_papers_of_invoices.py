"""The file of an invoice that lies with the shop: its buyer and the shop's staff read it by a link (E12)."""

import httpx
import pytest
from mall.adapters.object_storage import ObjectStorage

from tests.functions.invoices import papers
from tests.functions.invoices.test_record_invoice import PAPER
from tests.functions.ops.seeds import stranger
from tests.support.shop import Shop, refused
from tests.support.uploads import picture, uploaded

pytestmark = pytest.mark.spec("E12", "B2")
PDF = b"%PDF-1.7 an invoice"


def test_its_buyer_and_the_shop_open_it_and_nobody_else(shop: Shop, storage: ObjectStorage):
    member, staff = shop.member(), shop.staff("invoices.*", "catalog.*")
    asked = papers.request(member, papers.shipped(shop, member))["invoice_id"]
    paper = uploaded(staff, PDF, content_type="application/pdf")["upload_id"]
    staff.call("invoices.record_invoice", invoice_id=asked, file_upload_id=paper, **PAPER)
    for answer in (staff.call("invoices.list_invoices"), member.call("invoices.list_my_invoices")):
        [row] = answer["items"]
        opened = httpx.get(row["file_url"])
        assert (opened.status_code, opened.content, opened.headers["content-disposition"]) == (200, PDF, "attachment")
        assert httpx.get(row["file_url"].partition("?")[0]).status_code == 403
    assert shop.member("别人").call("invoices.list_my_invoices")["items"] == []
    assert stranger(shop).call("invoices.list_invoices")["items"] == []


def test_a_file_is_the_shops_own_paper_or_an_address_and_not_both(shop: Shop, storage: ObjectStorage):
    member, staff = shop.member(), shop.staff("invoices.*", "catalog.*")
    asked = papers.request(member, papers.shipped(shop, member))["invoice_id"]
    paper = uploaded(staff, PDF, content_type="application/pdf")["upload_id"]
    shown = uploaded(staff, picture(), content_type="image/png")["upload_id"]
    anothers = uploaded(stranger(shop), PDF, content_type="application/pdf")["upload_id"]
    before = shop.snapshot()
    for wrong in (shown, anothers, "upl_nothing"):
        with refused("UPLOAD_NOT_CHECKED", status=422, field="file_upload_id"):
            shop.staff("invoices.*").call("invoices.record_invoice", invoice_id=asked, file_upload_id=wrong, **PAPER)
    with refused("BAD_INPUT", status=400, field="file_url"):
        shop.staff("invoices.*").call("invoices.record_invoice", invoice_id=asked, file_upload_id=paper,
                                      file_url="https://files.example/1.pdf", **PAPER)
    assert shop.snapshot().keys() == before.keys() and papers.row(shop, asked).state == "REQUESTED"
