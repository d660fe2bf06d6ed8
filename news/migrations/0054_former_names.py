"""Names of ministries, departments and districts that ended in 2025; staff edit the list."""

from django.db import migrations, models

NAMES = """
2025-03-01 | Bộ Lao động - Thương binh và Xã hội | Bộ Nội vụ (lao động, người có công), Bộ Y tế (trẻ em, bảo trợ xã hội)
2025-03-01 | Sở Lao động - Thương binh và Xã hội | Sở Nội vụ (lao động, người có công), Sở Y tế (trẻ em, bảo trợ xã hội)
2025-03-01 | Bộ LĐTBXH | Bộ Nội vụ (lao động, người có công), Bộ Y tế (trẻ em, bảo trợ xã hội)
2025-03-01 | Sở LĐTBXH | Sở Nội vụ (lao động, người có công), Sở Y tế (trẻ em, bảo trợ xã hội)
2025-03-01 | Bộ LĐTB&XH | Bộ Nội vụ (lao động, người có công), Bộ Y tế (trẻ em, bảo trợ xã hội)
2025-03-01 | Sở LĐTB&XH | Sở Nội vụ (lao động, người có công), Sở Y tế (trẻ em, bảo trợ xã hội)
2025-03-01 | Bộ LĐ-TB&XH | Bộ Nội vụ (lao động, người có công), Bộ Y tế (trẻ em, bảo trợ xã hội)
2025-03-01 | Sở LĐ-TB&XH | Sở Nội vụ (lao động, người có công), Sở Y tế (trẻ em, bảo trợ xã hội)
2025-03-01 | Bộ LĐTB và XH | Bộ Nội vụ (lao động, người có công), Bộ Y tế (trẻ em, bảo trợ xã hội)
2025-03-01 | Sở LĐTB và XH | Sở Nội vụ (lao động, người có công), Sở Y tế (trẻ em, bảo trợ xã hội)
2025-03-01 | LĐTBXH | Nội vụ; trẻ em và bảo trợ xã hội: Y tế
2025-03-01 | LĐTB&XH | Nội vụ; trẻ em và bảo trợ xã hội: Y tế
2025-03-01 | Bộ Thông tin và Truyền thông | Bộ Khoa học và Công nghệ
2025-03-01 | Sở Thông tin và Truyền thông | Sở Khoa học và Công nghệ
2025-03-01 | Bộ TT&TT | Bộ Khoa học và Công nghệ
2025-03-01 | Sở TT&TT | Sở Khoa học và Công nghệ
2025-03-01 | Bộ TTTT | Bộ Khoa học và Công nghệ
2025-03-01 | Sở TTTT | Sở Khoa học và Công nghệ
2025-03-01 | Bộ Giao thông vận tải | Bộ Xây dựng
2025-03-01 | Sở Giao thông vận tải | Sở Xây dựng
2025-03-01 | Bộ GTVT | Bộ Xây dựng
2025-03-01 | Sở GTVT | Sở Xây dựng
2025-03-01 | Bộ Kế hoạch và Đầu tư | Bộ Tài chính
2025-03-01 | Sở Kế hoạch và Đầu tư | Sở Tài chính
2025-03-01 | Bộ KH&ĐT | Bộ Tài chính
2025-03-01 | Sở KH&ĐT | Sở Tài chính
2025-03-01 | Bộ Nông nghiệp và Phát triển nông thôn | Bộ Nông nghiệp và Môi trường
2025-03-01 | Sở Nông nghiệp và Phát triển nông thôn | Sở Nông nghiệp và Môi trường
2025-03-01 | Bộ NN&PTNT | Bộ Nông nghiệp và Môi trường
2025-03-01 | Sở NN&PTNT | Sở Nông nghiệp và Môi trường
2025-03-01 | Bộ Tài nguyên và Môi trường | Bộ Nông nghiệp và Môi trường
2025-03-01 | Sở Tài nguyên và Môi trường | Sở Nông nghiệp và Môi trường
2025-03-01 | Bộ TN&MT | Bộ Nông nghiệp và Môi trường
2025-03-01 | Sở TN&MT | Sở Nông nghiệp và Môi trường
2025-03-01 | Ủy ban Dân tộc | Bộ Dân tộc và Tôn giáo
2025-07-01 | UBND quận | UBND phường, xã (không còn cấp huyện)
2025-07-01 | UBND huyện | UBND phường, xã (không còn cấp huyện)
2025-07-01 | UBND thị xã | UBND phường, xã (không còn cấp huyện)
2025-07-01 | Ủy ban nhân dân quận | Ủy ban nhân dân phường, xã (không còn cấp huyện)
2025-07-01 | Ủy ban nhân dân huyện | Ủy ban nhân dân phường, xã (không còn cấp huyện)
2025-07-01 | Ủy ban nhân dân thị xã | Ủy ban nhân dân phường, xã (không còn cấp huyện)
2025-07-01 | HĐND quận | HĐND phường, xã (không còn cấp huyện)
2025-07-01 | HĐND huyện | HĐND phường, xã (không còn cấp huyện)
2025-07-01 | HĐND thị xã | HĐND phường, xã (không còn cấp huyện)
2025-07-01 | Quận ủy | Đảng ủy phường
2025-07-01 | Huyện ủy | Đảng ủy xã
"""


def write(apps, schema_editor):
    Mistake = apps.get_model("news", "Mistake")
    known = {wrong.lower() for wrong in Mistake.objects.values_list("wrong", flat=True)}
    rows = (line.split(" | ") for line in NAMES.strip().splitlines())
    Mistake.objects.bulk_create(
        Mistake(wrong=wrong, right=right, since=since) for since, wrong, right in rows if wrong.lower() not in known
    )


def forget(apps, schema_editor):
    apps.get_model("news", "Mistake").objects.exclude(since=None).delete()


class Migration(migrations.Migration):
    dependencies = [("news", "0053_what_expires")]
    operations = [
        migrations.AddField(
            model_name="mistake",
            name="since",
            field=models.DateField(
                blank=True,
                help_text="Of a former name: the day of the change. Articles of later days get a hint, once for each name.",
                null=True,
                verbose_name="since",
            ),
        ),
        migrations.RunPython(write, forget),
    ]
