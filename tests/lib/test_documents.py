"""Good documents pass; what is refused is refused for the reason that is said."""

import io
import zipfile

import pytest
from django.utils import translation
from openpyxl import Workbook

from portal.lib import documents
from tests import hostile, pace


def workbook():
    book, out = Workbook(), io.BytesIO()
    for row in range(500):
        book.active.append([row, "Phường Khương Đình", row * 1000])
    book.save(out)
    return out.getvalue()


GOOD = {
    "bao-cao.PDF": hostile.PDF % (b"", b""),
    "mo-o-trang-mot.pdf": hostile.PDF % (b"/OpenAction[3 0 R/Fit]/Names<</Dests 4 0 R>>", b""),
    "mo-bang-lenh.pdf": hostile.PDF % (b"/OpenAction<</S/GoTo/D[3 0 R/Fit]>>", b""),
    "nen.pdf": hostile.packed_pdf(b"/Type/Annot/A<</S/URI/URI(https://dichvucong.gov.vn)>>"),
    "don.docx": hostile.docx(),
    "bieu.xlsx": workbook(),
    "don.odt": hostile.odt(),
    "ghi-chu.txt": "Đơn xin\r\nxác nhận < 5 %\t- mục (a)\n".encode("utf-8-sig"),
    "utf16.txt": "Đơn xin".encode("utf-16"),
    "bieu.csv": "tên,số\nAn,-5\nBình,+84 (24) 33.844.635\n- dòng import (cũ),1\n".encode(),
    "bo-ho-so.zip": hostile.zipped(
        {
            "mau/don.docx": hostile.docx(),
            "mau/anh.jpg": hostile.encoded(hostile.noise(), "JPEG"),
            "doc-truoc.txt": "Chào",
        }
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_sound_document_is_taken_for_what_it_is(name):
    assert documents.check(io.BytesIO(GOOD[name]), name) == name.lower().rpartition(".")[2]


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("pdf with password", "Tệp có mật khẩu: người dân sẽ không mở được."),
        (
            "pdf with hidden script",
            "Tệp có chứa chương trình hoặc tệp khác bên trong. Hãy xuất lại thành văn bản thường.",
        ),
        ("pdf with a file", "Tệp có chứa chương trình hoặc tệp khác bên trong. Hãy xuất lại thành văn bản thường."),
        ("pdf that opens an address", "Khi mở, tệp dẫn sang địa chỉ hoặc tệp khác. Hãy xuất lại thành văn bản thường."),
        ("pdf packed twice", "Nội dung của tệp không phải là một tệp PDF nguyên vẹn."),
        ("pdf bomb", "Tệp nén bung ra lớn bất thường."),
        ("pdf and page", "Nội dung của tệp không phải là một tệp PDF nguyên vẹn."),
        ("macros", "Tệp có macro hoặc chương trình. Hãy lưu lại thành loại không có macro."),
        ("outside template", "Văn bản nạp một phần nội dung từ nơi khác. Hãy lưu lại với đầy đủ nội dung bên trong."),
        ("odt with password", "Tệp có mật khẩu: người dân sẽ không mở được."),
        ("zip bomb", "Tệp nén bung ra lớn bất thường."),
        ("bombs in documents", "0.docx: Tệp nén bung ra lớn bất thường."),
        ("many entries", "Tệp nén chứa quá nhiều tệp."),
        ("encrypted zip", "Tệp có mật khẩu: người dân sẽ không mở được."),
        ("way out", "Tệp nén chứa tệp có tên không được phép."),
        ("nul in a name", "Tệp nén chứa tệp có tên không được phép."),
        ("drive", "Tệp nén chứa tệp có tên không được phép."),
        ("nested bomb", "Tệp nén chứa “0.zip”; chỉ nhận văn bản và ảnh."),
        ("page in a zip", "Tệp nén chứa “trang.html”; chỉ nhận văn bản và ảnh."),
        ("old encoding", "Văn bản không dùng bảng mã Unicode. Hãy lưu lại với bảng mã UTF-8."),
        ("command in a sheet", "Có ô chứa công thức gọi chương trình hoặc địa chỉ ngoài. Hãy lưu lại chỉ gồm giá trị."),
        ("twenty-one megabytes", "Tệp nặng hơn 20 MB. Hãy tách tệp hoặc giảm dung lượng."),
        ("old word", "Không nhận tệp có phần mở rộng “doc”."),
    ],
)
def test_the_reason_is_the_one_that_is_said(case, reason):
    name, data, _ = hostile.documents()[case]
    with translation.override("vi"), pytest.raises(ValueError) as raised:
        documents.check(io.BytesIO(data), name)
    assert str(raised.value) == reason


def test_what_compressed_bytes_spell_by_chance_is_no_program():
    stream = b"2 0 obj<</Length 40>>stream\n/JS /AA /XFAx /Launcher /ObjStm \nendstream endobj\n"
    data = (hostile.PDF % (b"", b"")).replace(b"trailer", stream + b"trailer")
    assert documents.check(io.BytesIO(data), "a.pdf") == "pdf"


def test_archives_in_an_archive_share_one_measure():
    bomb = hostile.docx(**{"word/a.xml": bytes(900_000)})
    data = hostile.zipped({f"{n}.docx": bomb for n in range(400)})
    # Each alone unpacks in no time; all of them would take a minute.
    with pace.seconds(2), translation.override("vi"), pytest.raises(ValueError, match="bung ra lớn bất thường"):
        documents.check(io.BytesIO(data), "a.zip")


def test_pdfs_in_an_archive_share_it_too():
    large = hostile.packed_pdf(bytes(50_000_000), level=9)
    documents.check(io.BytesIO(large), "a.pdf")
    data = hostile.zipped({f"{n}.pdf": large for n in range(3)}, method=zipfile.ZIP_STORED)
    with translation.override("vi"), pytest.raises(ValueError, match="bung ra lớn bất thường"):
        documents.check(io.BytesIO(data), "a.zip")
