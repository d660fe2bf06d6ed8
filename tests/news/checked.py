"""Sentences for the checker: right ones, which it leaves in peace, and wrong ones, each with the rule that finds it."""

RIGHT = """
Thứ Tư, ngày 22/01/2025, UBND quận tổ chức hội nghị tổng kết.
Sáng thứ Tư (22/01/2025), đoàn công tác đã đến thăm các gia đình chính sách.
Hội nghị diễn ra vào Chủ nhật, ngày 26/01/2025 tại trụ sở Quận ủy.
Thứ 7 ngày 25 tháng 01 năm 2025, các bộ phận làm việc bình thường.
Ngày 22/01/2025 (thứ Tư), Bộ phận Một cửa mở cửa từ 7 giờ 30 đến 17 giờ.
Kỳ họp thứ Tư, ngày 12/12/2024, HĐND quận đã thông qua 8 nghị quyết.
Hội nghị lần thứ Năm, ngày 14/01/2025 của Ban Chấp hành Đảng bộ quận.
Từ thứ Hai đến thứ Sáu, ngày 20/01/2025 đến ngày 24/01/2025, trạm y tế trực 24/24 giờ.
Tính đến ngày 20/01/2025 tức ngày 21 tháng Chạp năm Giáp Thìn, quận đã trao 51.186 suất quà.
Ngày 29/01/2025 (tức mùng 1 tháng Giêng năm Ất Tỵ) là ngày đầu năm mới.
Lễ dâng hương diễn ra ngày 12/02/2025 (rằm tháng Giêng).
Lễ Giỗ Tổ Hùng Vương ngày 07/4/2025 (tức 10/3 âm lịch) được tổ chức trang trọng.
Mùng 10 tháng 3 âm lịch (07/4/2025), các cơ quan nghỉ làm việc.
Ngày 25/7/2025 tức mùng 1 tháng 6 nhuận năm Ất Tỵ.
Ngày 28/01/2025 (29 Tết) chợ hoa mở cửa đến 12 giờ.
Tết Nguyên đán Ất Tỵ 2025, toàn quận không để hộ nào thiếu Tết.
Xuân Bính Ngọ năm 2026 đang đến gần.
Năm Giáp Thìn 2024 khép lại với nhiều kết quả tích cực.
Ngày 30/4 và ngày 01/5, các đơn vị treo cờ Tổ quốc.
Ngày 29/02/2024 là hạn cuối nộp hồ sơ.
Ngày 30 tháng Chạp, lực lượng dân quân trực sẵn sàng chiến đấu.
Ngày 30 tháng 2 âm lịch làng mở hội.
Kinh phí thực hiện là 22.715.200.000 đồng từ ngân sách nhà nước.
Tổng mức đầu tư 169,96 tỷ đồng, trong đó vốn thành phố 85,8 tỷ đồng.
Mỗi suất quà trị giá 2.500.000 đồng gồm tiền mặt và hiện vật.
Đã giải ngân 5,146 tỷ đồng, đạt 99,9% kế hoạch.
Toàn quận có 24/27 chỉ tiêu hoàn thành và hoàn thành vượt mức kế hoạch.
Phường đã hỗ trợ 13/05 hộ gia đình (đạt 260% KH) sửa chữa nhà ở.
Tặng 62/25 sổ tiết kiệm, đạt 248% kế hoạch năm.
Số thu ngân sách 9 tháng đạt 1.204,5 tỷ đồng, bằng 78,3% dự toán.
Nghị định số 42/2022/NĐ-CP ngày 24/6/2022 của Chính phủ.
Quyết định số 1234/QĐ-UBND ngày 05/3/2024 của Chủ tịch UBND quận.
Thông tư 26/2020/TT-BTTTT ngày 23/9/2020 quy định về tiếp cận thông tin.
Luật số 72/2025/QH15 được Quốc hội thông qua ngày 16/6/2025.
Người dân gọi số 024.62933647 để được hướng dẫn.
Đường dây nóng: (024) 33.844.635 hoặc 1900 1234.
Khi có cháy, gọi ngay 114; cấp cứu gọi 115; Công an gọi 113.
Tổng đài 1022 tiếp nhận phản ánh 24 giờ trong ngày.
Số điện thoại của bộ phận trực: 0868216873.
Tài khoản số 012345678901 tại Kho bạc Nhà nước.
Mã số thuế của đơn vị là 0100109106.
Căn cứ Điều 3.2.1 của quy chế, khoản 2 Điều 15 và điểm a) khoản 1 Điều 7.
Lớp tập huấn bắt đầu lúc 8.30 và kết thúc lúc 16h45.
Bản đồ tỷ lệ 1:2.500 được niêm yết tại nhà văn hóa.
Diện tích cây xanh đạt 3,5 m2/người.
Nhiệt độ thấp nhất từ 10 đến 13°C, vùng núi có nơi dưới 8°C.
Cuộc thi dành cho học sinh từ lớp 6 đến lớp 9 trên địa bàn quận.
Đội tuyển quận giành giải Nhất toàn đoàn tại Hội khỏe Phù Đổng.
Trung tâm chăm sóc sức khỏe tâm thần tiếp nhận 120 lượt người bệnh.
Bệnh viện đã chẩn đoán và điều trị cho 45 trường hợp.
Đoàn tham quan mô hình phân loại rác tại nguồn của phường.
Ban Tổ chức trao 50 suất học bổng cho học sinh nghèo vượt khó.
UBND quận đề nghị các đơn vị bổ sung hồ sơ trước ngày 15/02/2025.
Công an quận xử phạt 37 trường hợp vi phạm trật tự đô thị.
Nhà nhà, người người thi đua lập thành tích chào mừng Đại hội.
Ngày ngày, lực lượng chức năng ra quân giữ gìn trật tự.
Đoàn đại biểu thành phố São Paulo (Bra-xin) đã đến thăm quận.
Tổ chức UNESCO công nhận café Đắk Lắk là di sản văn hóa.
Bà con các dân tộc Ê-đê, H'Mông, Bru-Vân Kiều tham gia ngày hội.
Tuyến đường dài 1,2 km được thảm nhựa trong quý I/2025.
Giai đoạn 2021-2025, quận dạy nghề cho 650 người/năm.
Đề án gồm: (1) rà soát; (2) bổ sung; (3) ban hành.
Lãnh đạo Quận ủy - HĐND - UBND - MTTQ quận dự lễ.
Công trình do Phòng Quản lý đô thị làm chủ đầu tư, hoàn thành ngày 30-6-2024.
Hồ sơ nộp trực tuyến tại Cổng Dịch vụ công quốc gia, thời hạn giải quyết 03 ngày làm việc.
Vào lúc 14 giờ 00 ngày 22 tháng 01 năm 2025, thứ Tư, hội đồng họp phiên thứ hai.
Đại hội diễn ra ngày 14/6 và 15/6 năm 2025.
Số hộ cận nghèo giảm từ 55 hộ xuống 0 hộ (giảm 100%).
Quy chế này có hiệu lực kể từ ngày ký.
Bộ phận trực phục vụ 24/7, đạt 100% yêu cầu.
Chào mừng 20/11, đạt 30% kế hoạch quyên góp sách.
Nhà văn hóa tại ngõ 62/25 phố Khương Trung (đạt 90% tiến độ).
Có 45 trên 60 hộ (75%) đã ký cam kết.
Trong 120 trong tổng số 160 tổ dân phố (75%), lực lượng dân quân trực đêm.
Máy chủ có địa chỉ 192.168.1.1 trong mạng nội bộ.
Thí sinh có số báo danh 012345678912 đạt giải Nhất.
Hợp đồng số 001240001234 do hai bên ký kết.
Ngày 29/01/2025 (mùng Một Tết), các trạm y tế vẫn trực.
Mồng Hai Tết Ất Tỵ (30/01/2025), lễ hội làng khai mạc.
Ủy ban ban hành kế hoạch; cơ quan quan tâm đến trẻ em; nước trong trong, gió từ từ.
Bạn đã nộp hồ sơ chưa? Hãy tra cứu ngay.
Mức hỗ trợ 2.000.000 đồng/người/tháng.
Công tác bảo trợ trẻ em được thực hiện thường xuyên, quý 4/2024.
Dân số trung bình 285.400 người, mật độ 31.500 người/km2.
Lịch tiếp công dân: T4, 22/01/2025; CN (26/01/2025); T7 25/01/2025.
Cư dân tòa T2, ngày 22/01/2025 nhận căn hộ; nhà ga T3 (26/01/2025) mở cửa; KCN 22/01/2025.
Liên hệ theo số 024.62933647 (máy lẻ 12) hoặc gọi 0,5 giờ sau; điện thoại 1900 1234, hotline: 1022.
Mức phí 8.500đ; giá vé gọi 100.000đ, thu 12.500.000đ; điện thoại 7.250.000 đồng.
Toàn thành phố có 2.500.000. Quỹ hỗ trợ 1.250.000 lượt người; dân số khi nhận quà là 1.200.000 người.
Doanh thu 84987654321 đồng; tài khoản 84987654321 của Quỹ; tổng số 84.987.654.321 đồng.
""".strip().splitlines()

WRONG = [
    ("groups", "kinh phí 136.000.0000 đồng", "136.000.0000"),
    ("groups", "tổng số 22.715.200.00 đồng", "22.715.200.00"),
    ("groups", "chi 1234.567.890 đồng", "1234.567.890"),
    ("groups", "thu 12.500.0000đ mỗi hộ", "12.500.0000"),
    ("telephone", "Điện thoại: 024.3385565 để được hướng dẫn", "024.3385565"),
    ("telephone", "liên hệ số 09123456789", "09123456789"),
    ("telephone", "Hotline 024 3858 56522", "024 3858 56522"),
    ("telephone", "gọi 0162 345 6789", "0162 345 6789"),
    ("groups", "tặng quà 51.1860 người", None),
    ("point", "tổng kinh phí là 852.3 triệu đồng", "852.3"),
    ("point", "vốn đầu tư 12.45 tỷ đồng", "12.45"),
    ("point", "đạt 99.9% kế hoạch năm", "99.9"),
    ("commas", "chi 136,000,000 đồng", "136,000,000"),
    ("commas", "quỹ thu được 1,250,400,000 đồng", "1,250,400,000"),
    ("unit", "với tổng số tiền: 651.211.000; tổ chức khám bệnh", "651.211.000"),
    ("unit", "quà trị giá 2.225.000.", "2.225.000"),
    ("unit", "mỗi hộ nhận một suất quà 2.500.000.", "2.500.000"),
    ("share", "cho 13/05 hộ gia đình (đạt 250% KH)", None),
    ("share", "hoàn thành 2/3 (60%) chỉ tiêu", None),
    ("share", "tặng 62/25 sổ đạt 284% kế hoạch", None),
    ("unit", "mức hỗ trợ 2.000.000/người", "2.000.000"),
    ("unit", "mức chi: 500.000/suất", "500.000"),
    ("share", "tặng 62/25 sổ tiết kiệm (284%)", None),
    ("share", "có 45 trên 60 hộ (80%)", None),
    ("share", "120 trong tổng số 160 tổ dân phố, đạt 70%", None),
    ("exceeds", "dư nợ 352 tỷ đồng (vượt 234,7% so với dự kiến 150 tỷ đồng)", None),
    (
        "as-of",
        "Tính đến ngày 22/01/2025, tặng 51.186 người. Tính đến ngày 20/01/2025, tặng 51.186 người.",
        "20/01/2025",
    ),
    ("day", "họp ngày 31/02/2025", "31/02/2025"),
    ("day", "nộp hồ sơ trước 31/4/2025", "31/4/2025"),
    ("day", "ngày 29/02/2025 nghỉ", "29/02/2025"),
    ("day", "ngày 31 tháng 4 năm 2025", "31 tháng 4 năm 2025"),
    ("day", "từ ngày 31/6 đến nay", "31/6"),
    ("day", "hạn cuối là ngày 30 tháng 2", "30 tháng 2"),
    ("day", "hạn nộp 31.04.2025", "31.04.2025"),
    ("day", "ban hành ngày 15/13/2024", "15/13/2024"),
    ("day", "ban hành ngày 31-11-2024", "31-11-2024"),
    ("day", "ban hành ngày 22/01/20225", "22/01/20225"),
    ("day", "ký ngày 05/3/202", "05/3/202"),
    ("weekday", "Thứ Ba, ngày 22/01/2025, hội nghị khai mạc", "Thứ Ba, ngày 22/01/2025"),
    ("weekday", "sáng thứ Năm (22/01/2025) đoàn đến thăm", None),
    ("weekday", "Chủ nhật, ngày 25/01/2025", None),
    ("weekday", "tiếp công dân T2, 22/01/2025", "T2, 22/01/2025"),
    ("weekday", "trực ngày 25/01/2025 (CN)", "25/01/2025 (CN)"),
    ("weekday", "thứ 5 ngày 24 tháng 01 năm 2025", None),
    ("weekday", "ngày 22/01/2025 (thứ Hai)", None),
    ("weekday", "họp ngày 22/01/2025, thứ Sáu.", None),
    ("weekday", "Thứ Hai, 21/01, trao quà", None),
    ("weekday", "thứ bảy - 26/01/2025", None),
    ("lunar", "20/01/2025 (tức 20 tháng Chạp)", None),
    ("lunar", "ngày 29/01/2025 tức mùng 2 tháng Giêng", None),
    ("lunar", "ngày 07/4/2025 (tức 9/3 âm lịch)", None),
    ("lunar", "ngày 13/02/2025 (rằm tháng Giêng)", None),
    ("lunar", "25/7/2025 tức mùng 1 tháng 6 năm Ất Tỵ", None),
    ("lunar", "ngày 28/01/2025 (30 Tết)", None),
    ("lunar", "ngày 29/01/2025 (mồng Hai Tết)", None),
    ("lunar", "mùng Một Tết Ất Tỵ (28/01/2025)", None),
    ("lunar", "Mùng 10 tháng 3 âm lịch (08/4/2025)", None),
    ("lunar", "03/02/2030 nhằm ngày mùng 1 tháng Giêng", None),
    ("year-name", "Tết Nguyên đán Giáp Thìn 2025", "Giáp Thìn 2025"),
    ("year-name", "mừng Xuân Ất Tỵ 2026", "Ất Tỵ 2026"),
    ("year-name", "năm Giáp Tỵ vừa qua", "Giáp Tỵ"),
    ("code", "Céng hßa x· héi chñ nghÜa ViÖt Nam", None),
    ("code", "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", None),
    ("code", "Cá»™ng hÃ²a xÃ£ há»™i chá»§ nghÄ©a", None),
    ("code", "Ñoäc laäp Töï do Haïnh phuùc", None),
    ("blanks", "gần 4,6 tỷ đồng,  thu ủng hộ", "đồng,  thu"),
    ("blanks", "Ủy ban\u00a0\u00a0nhân dân", None),
    ("blanks", "tổ chức hội nghị , trao quà", None),
    ("blanks", "Hội nghị thành công . Các đại biểu ra về", None),
    ("twice", "dạy nghề cho 650 người người mỗi năm", "650 người người"),
    ("twice", "hỗ trợ 24 hộ hộ nghèo", "24 hộ hộ"),
    ("twice", "kế hoạch của của UBND quận", "của của"),
    ("twice", "Các các đơn vị liên quan", "Các các"),
    ("lost", "ủy ban nh?n dân quận", "nh?n"),
    ("lost", "qu\ufffdn Hoàn Kiếm", None),
    ("brackets", "Tặng quà 2.178 đối tượng (bảo trợ xã hội, trẻ em.", None),
    ("mistake", "phục hồi chức năng người tam thần số 2", "tam thần"),
    ("mistake", "cần bổ xung hồ sơ", "bổ xung"),
    ("mistake", "Sử phạt vi phạm hành chính", "Sử phạt"),
    ("mistake", "trao 50 xuất quà cho hộ nghèo", "xuất quà"),
    ("mistake", "các nghành chức năng", "nghành"),
    ("mistake", "Sát nhập hai tổ dân phố", "Sát nhập"),
    ("identity", "Ông Nguyễn Văn A, CCCD 001085012345, trú tại phường", "001085012345"),
    ("identity", "số định danh cá nhân: 001 185 012 345", None),
    ("identity", "danh sách: 1. Trần Thị B, 079190001234", "079190001234"),
    ("identity", "chứng minh nhân dân số 012345678", "012345678"),
    ("identity", "hộ chiếu số C1234567 cấp năm 2020", "C1234567"),
    ("mobile", "liên hệ anh Nam 0912.345.678", "0912.345.678"),
    ("mobile", "gọi 84987654321 để gặp ông Bình", "84987654321"),
    ("mobile", "liên hệ 84 987 654 321", "84 987 654 321"),
    ("mobile", "gọi +84 912 345 678 để đăng ký", "+84 912 345 678"),
    ("mobile", "số điện thoại 0987654321 (gặp chị Lan)", "0987654321"),
    ("mobile", "Zalo: 0355-123-456", "0355-123-456"),
    ("retired", "gọi 024.38585652 để được giải quyết", "024.38585652"),
    ("ended", "nộp tại Phòng Lao động - Thương binh và Xã hội", "Phòng Lao động - Thương binh và Xã hội"),
    ("ended", "nộp tại phòng Lao động – Thương binh và Xã hội", "phòng Lao động – Thương binh và Xã hội"),
    ("ended", "Phòng Lao động-Thương binh và Xã hội chủ trì", "Phòng Lao động-Thương binh và Xã hội"),
]
