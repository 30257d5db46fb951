"""What merchants upload and download as tables."""

import io
import struct
import zipfile
import zlib
from decimal import Decimal

import pytest
import xlsxwriter
from mall.adapters.spreadsheets import Spreadsheets, UnreadableFile
from mall.adapters.workbooks import measured
from mall.kit.errors import BadInput

pytestmark = pytest.mark.spec("B4", "E11")


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
    assert Spreadsheets().read(content) == [["订单号", "金额"], ["ord_1", "123"], ["ord_2", "99.90"]]


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


SHEET = ('<?xml version="1.0" encoding="UTF-8"?>{}<worksheet xmlns="http://schemas.openxmlformats.org/'
         'spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>')
TEXTS = ('<?xml version="1.0" encoding="UTF-8"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
         "<si><t>{}</t></si></sst>")


def with_sheet(rows: str, *, text: str = "a", before: str = "", how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A workbook that any program opens, but for its one sheet and the one text that its cells share."""
    parts = {"xl/worksheets/sheet1.xml": SHEET.format(before, rows), "xl/sharedStrings.xml": TEXTS.format(text)}
    target, made = io.BytesIO(), zipfile.ZipFile(io.BytesIO(workbook(["a"])))
    with zipfile.ZipFile(target, "w", how) as packed:
        for name in made.namelist():
            packed.writestr(name, parts.get(name) or made.read(name))
    return target.getvalue()


def shared(count: int, index: str = "0") -> str:
    return "".join(f'<row r="{at}"><c r="A{at}" t="s"><v>{index}</v></c></row>' for at in range(1, count + 1))


def lying(claimed: int) -> bytes:
    """Its one sheet is said to end after so many bytes, with their checksum, and its stream goes on."""
    honest = with_sheet(f'<row><c t="str"><v>{"x" * 1_000_000}</v></c></row>')
    sheet = zipfile.ZipFile(io.BytesIO(honest)).read("xl/worksheets/sheet1.xml")
    for true, told in ((zlib.crc32(sheet), zlib.crc32(sheet[:claimed])), (len(sheet), claimed)):
        honest = honest.replace(struct.pack("<I", true), struct.pack("<I", told))
    return honest


def test_a_sheet_of_any_programs_making_is_read_where_it_stays_within_bounds():
    assert Spreadsheets().read(with_sheet('<row><c><v>1</v></c><c r="C1"><v>2</v></c></row><row r="3">'
                                          '<c r="A3" t="s"><v>0</v></c></row>', text="茶")) == [
        ["1", "", "2"], ["", "", ""], ["茶", "", ""]]
    assert Spreadsheets().read(with_sheet(shared(2_000), text="x" * 9_000))[1_999] == ["x" * 9_000]


@pytest.mark.parametrize("content", [
    with_sheet('<row><c r="A1"><v>1</v></c><c r="zz1048576"><v>1</v></c></row>'),
    with_sheet('<row><c r="A1"><v>1</v></c><c r="ZZ001048576"><v>1</v></c></row>'),
    with_sheet('<row r="0000020001"><c><v>1</v></c></row>'),
    with_sheet('<row r="20001"><c><v>1</v></c></row>'),
    with_sheet("<row><c><v>1</v></c></row>" * 20_001),
    with_sheet(f"<row>{'<c><v>1</v></c>' * 65}</row>"),
    with_sheet(f"{'<c><v>1</v></c>' * 65}"),
    with_sheet(shared(2_001), text="x" * 10_000),
    with_sheet(shared(2_001, "+0"), text="x" * 10_000),
    with_sheet(shared(2_001, "0000000000"), text="x" * 10_000),
    with_sheet("<z/>" * 2_000_000),
    with_sheet("", before='<!DOCTYPE a [<!ENTITY b "c">]>'),
    with_sheet("", how=zipfile.ZIP_LZMA),
    lying(200),
], ids=["a far cell in small letters", "a far cell behind zeros", "a far row behind zeros", "a far row",
        "rows that say no place", "a row of cells that say no place", "cells outside of any row",
        "a long text in many cells", "the same by another index", "the same behind zeros", "empty elements",
        "a document type", "another packing", "a part that goes on"])
def test_a_workbook_that_would_fill_the_memory_is_refused_before_it_is_laid_out(content: bytes):
    with pytest.raises(UnreadableFile):
        measured(content)


@pytest.mark.parametrize("encoding", ["xxx", "rot13", "gbk", "undefined"])
def test_a_workbook_in_an_encoding_of_its_own_is_refused(encoding: str):
    target, made = io.BytesIO(), zipfile.ZipFile(io.BytesIO(workbook(["a"])))
    with zipfile.ZipFile(target, "w") as packed:
        for name in made.namelist():
            packed.writestr(name, made.read(name).replace(b'encoding="UTF-8"', f'encoding="{encoding}"'.encode()))
    with pytest.raises(UnreadableFile):
        Spreadsheets().read(target.getvalue())


def test_a_zip_that_explodes_is_refused_before_it_is_unpacked():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * (65 * 1024 * 1024))
    assert len(target.getvalue()) < 100_000
    with pytest.raises(BadInput, match="文件内容过大"):
        Spreadsheets().read(target.getvalue())
