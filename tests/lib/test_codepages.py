"""Vietnamese in older codes is recognised and converted; Unicode and foreign names are left in peace."""

import pytest

from portal.lib import codepages, text
from tests.news.checked import RIGHT

PASSAGE = "Cộng hòa xã hội chủ nghĩa Việt Nam, Độc lập Tự do Hạnh phúc, trường tiểu học Đặng Trần Côn"


def test_utf_8_read_as_western_is_told_and_mended():
    misread = "".join(codepages._WESTERN.get(byte, chr(byte)) for byte in PASSAGE.encode())
    assert codepages.old_code(misread) == "UTF-8"
    assert codepages.converted(misread, "UTF-8") == PASSAGE


@pytest.mark.parametrize(
    ("legacy", "code", "unicode"),
    [
        ("Céng hßa x· héi", "TCVN3", "Cộng hòa xã hội"),
        ("Coäng hoøa xaõ hoäi", "VNI", "Cộng hòa xã hội"),
        ("COÄNG HOØA XAÕ HOÄI", "VNI", "CỘNG HÒA XÃ HỘI"),
        ("Ñoäc laäp - Töï do - Haïnh phuùc", "VNI", "Độc lập - Tự do - Hạnh phúc"),
        ("Đảng bé quËn", "TCVN3", "Đảng bộ quận"),
        ("TH¤NG B¸O VÒ VIÖC", "TCVN3", "THÔNG BÁO VỀ VIỆC"),
        ("Ng\u00ad\u00eai cao tuæi ®\u00ad\u00eec tÆng quµ", "TCVN3", "Người cao tuổi được tặng quà"),
    ],
)
def test_legacy_codes_are_told_and_converted(legacy, code, unicode):
    assert codepages.old_code(legacy) == code
    assert codepages.converted(legacy, code) == unicode


@pytest.mark.parametrize(
    "passage",
    [
        *RIGHT,
        "São Paulo, Müller, café crème brûlée, résumé, naïve, Ångström",
        "© 2025 ® · § 20 °C ½",
        "",
        "abc",
        PASSAGE,
    ],
)
def test_unicode_is_left_in_peace(passage):
    assert codepages.old_code(passage) is None


def test_every_letter_of_tcvn3_is_converted():
    letters = "ăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
    bytes_of = {letter: chr(byte) for byte, letter in codepages._TCVN3.items()}
    assert codepages.converted("".join(bytes_of[letter] for letter in letters), "TCVN3") == letters


def test_the_soft_hyphen_is_a_letter_only_in_a_legacy_text():
    assert text.nfc("Ng\u00ad\u00eai cao tuæi ®\u00ad\u00eec tÆng quµ").count("\u00ad") == 2
    assert text.nfc("Người cao\u00adtuổi được tặng quà") == "Người caotuổi được tặng quà"
