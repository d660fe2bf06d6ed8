"""Figures that an editor should look at again, and those that are right and must be left in peace."""

import pytest

from news.checking import doubtful_figures
from tests import pace


@pytest.mark.parametrize(
    "text, rule, figure",
    [
        ("với số tiền 136.000.0000 đồng;", "groups", "136.000.0000"),
        ("tổng 22.715.200.00 đồng", "groups", "22.715.200.00"),
        ("được 12.345.67 đồng", "groups", "12.345.67"),
        ("chi 1234.567.890 đồng", "groups", "1234.567.890"),
        ("chi 136.0000 đồng", "groups", "136.0000"),
        ("chi 84.000.0000 đồng cho", "groups", "84.000.0000"),
        ("kinh phí là 852.3 triệu đồng", "point", "852.3"),
        ("đạt 99.9% kế hoạch", "point", "99.9"),
        ("chi 136,000,000 đồng", "commas", "136,000,000"),
        ("với tổng số tiền: 651.211.000; Tổ chức khám", "unit", "651.211.000"),
        ("trị giá 2.225.000.", "unit", "2.225.000"),
        ("ngày 31/02/2025", "day", "31/02/2025"),
        ("cho 13/05 hộ gia đình (đạt 250% KH)", "share", "13/05 hộ gia đình (đạt 250%"),
        ("hoàn thành 2/3 (60%)", "share", "2/3 (60%"),
        ("dư nợ 352 tỷ đồng (vượt 234,7% so với dự kiến 150 tỷ đồng)", "exceeds", None),
        (
            "Tính đến ngày 22/01/2025, tặng 51.186 người.\nTính đến ngày 20/01/2025, tặng 51.186 người.",
            "as-of",
            "20/01/2025",
        ),
    ],
)
def test_a_doubtful_figure_is_found(text, rule, figure):
    [found] = doubtful_figures(text)
    assert found.rule == rule
    assert figure in (None, found.figure)
    assert text[found.start :].startswith(found.figure)
    assert str(found.reason)


@pytest.mark.parametrize(
    "text",
    [
        "22.715.200.000 đồng, 51.186 người, 2.500.000 đồng/suất, 20.000đ",
        "Chương trình số 08-CTr/TU ngày 17/3/2021, Nghị định 42/2022/NĐ-CP, ngày 22.01.2025",
        "24/27 chỉ tiêu, (02 chỉ tiêu thuộc thành phố và 01/27 chỉ tiêu), 11/11 mô hình, 24/27 chỉ tiêu (tăng 5%)",
        "5,146 tỷ đồng, 5.146 tỷ đồng, 169,96 tỷ, 1 tỷ 810 triệu đồng, 99,9%, 1.204,5 tỷ đồng",
        "13/05 hộ (đạt 260% KH), 62/25 sổ đạt 248% KH, 2/3 hộ (đạt 66,7%), 2/3 hộ (đạt 66,6%), 2/3 hộ (67%)",
        "1.250/1.000 hộ, đạt 125%; ngày 17/3 đạt 20%; sáng 05/6 (đạt 90%); 3/0 hộ đạt 5",
        "gọi 024.62933647, 024.6293.3647, 0868.216.873, 1900.1234 hoặc 1800.599.920",
        "mục 1.2, Điều 3.2.1, phiên bản 18.0.3, lúc 8.30, bản đồ 1:2.500",
        "số tiền 878.400.000 đồng; tổng số tiền: 5 tỷ đồng; tổng số tiền: 651.211.000 đồng;",
        "dư nợ 352 tỷ đồng (vượt 134,7% so với dự kiến 150 tỷ đồng)",
        "Tính đến ngày 22/01/2025, tặng 51.186 người.\nTính đến ngày 20/02/2025, tặng 60.200 người.",
        "",
    ],
)
def test_right_figures_are_left_in_peace(text):
    assert doubtful_figures(text) == []


@pytest.mark.parametrize(
    "piece", ["1.", "1/", "1/2 ", "9" * 50 + ".", "số tiền ", "tính đến ngày 1/1/2025 ", "12 tỷ vượt 5% "]
)
def test_a_long_text_is_checked_quickly(piece):
    with pace.seconds(1):
        doubtful_figures(piece * (200_000 // len(piece)))
