"""What merchants upload and download as tables."""

import io
import zipfile
from decimal import Decimal

import pytest
import xlsxwriter
from mall.adapters.spreadsheets import Spreadsheets, UnreadableFile
from mall.kit.errors import BadInput


def workbook(*rows: list) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return target.getvalue()


def test_what_is_written_is_read_again():
    content = Spreadsheets().write("订单", ["订单号", "金额"], [["ord_1", 123], ["ord_2", Decimal("99.90")]])
    assert Spreadsheets().read(content) == [["订单号", "金额"], ["ord_1", "123"], ["ord_2", "99.9"]]


@pytest.mark.parametrize("text", ["=1+1", "+8613800000000", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_text_that_looks_like_a_formula_goes_out_with_an_apostrophe(text: str):
    content = Spreadsheets().write("订单", ["备注"], [[text]])
    assert Spreadsheets().read(content)[1] == [f"'{text}".strip()]
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


def test_numbers_come_in_as_a_person_sees_them_and_rounded_ones_do_not_look_exact():
    rows = Spreadsheets().read(workbook(["单号"], [1234567890], [78_900_000_000_000_000_000], [1.5], ["  SF01 "], [""]))
    assert rows[1:] == [["1234567890"], ["7.89e+19"], ["1.5"], ["SF01"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_encodings_excel_writes(encoding: str):
    assert Spreadsheets().read('订单号,备注\r\nord_1,"好, 谢谢"\r\n'.encode(encoding)) == [
        ["订单号", "备注"], ["ord_1", "好, 谢谢"]]


@pytest.mark.parametrize("content", [b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0broken", b"\xff\xfe\xff", workbook()[:200]])
def test_what_is_no_table_is_refused(content: bytes):
    with pytest.raises(UnreadableFile):
        Spreadsheets().read(content)


@pytest.mark.parametrize("filling", [0, 1, 255], ids=str)
def test_a_binary_workbook_is_refused_before_its_reader_takes_all_memory(filling: int):
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + b"\x3e\x00\x03\x00\xfe\xff\x09\x00\x06\x00" + bytes(10)
    with pytest.raises(UnreadableFile, match="另存为 xlsx 或 csv"):
        Spreadsheets().read(header + bytes([filling]) * 468)


def test_a_zip_that_explodes_is_refused_before_it_is_unpacked():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * (65 * 1024 * 1024))
    assert len(target.getvalue()) < 100_000
    with pytest.raises(BadInput, match="文件内容过大"):
        Spreadsheets().read(target.getvalue())
