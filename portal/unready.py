"""What a production server lacks, one sentence each: it shall say so at the start, not to its first reader."""

import ipaddress
import os
from pathlib import Path

SHORTEST_KEY = 50


def in_environment(env, development_key):
    """What is missing or wrong among the variables; read by `settings`, so nothing here may ask them."""
    sentences = [
        sentence
        for name, sentence in {
            "SECRET_KEY": "Thiếu SECRET_KEY: 50 ký tự ngẫu nhiên, cách tạo ở .env.example.",
            "ALLOWED_HOSTS": "Thiếu ALLOWED_HOSTS: các tên miền của cổng, cách nhau bằng dấu phẩy.",
            "DATABASE_URL": "Thiếu DATABASE_URL: postgres://người-dùng:mật-khẩu@máy:5432/tên-cơ-sở-dữ-liệu.",
        }.items()
        if not env(name, default="")
    ]
    key = env("SECRET_KEY", default="")
    if key and (len(key) < SHORTEST_KEY or key == development_key):
        sentences.append(f"SECRET_KEY quá ngắn hoặc là khoá mẫu: cần ít nhất {SHORTEST_KEY} ký tự ngẫu nhiên.")
    if "*" in env.list("ALLOWED_HOSTS", default=[]):
        sentences.append("ALLOWED_HOSTS không được là *: hãy ghi đúng các tên miền của cổng.")
    url = env("DATABASE_URL", default="")
    if url and not url.startswith(("postgres://", "postgresql://")):
        sentences.append("DATABASE_URL phải bắt đầu bằng postgres://: cổng chỉ chạy trên PostgreSQL.")
    replica = env("DATABASE_REPLICA_URL", default="")
    if replica and not replica.startswith(("postgres://", "postgresql://")):
        sentences.append("DATABASE_REPLICA_URL phải bắt đầu bằng postgres://.")
    sentences += [
        f"CDN_PURGE_HEADERS: “{line}” phải có dạng Tên: giá trị."
        for line in env.list("CDN_PURGE_HEADERS", default=[])
        if ": " not in line
    ]
    sentences += [
        f"TRUSTED_PROXIES: “{proxy}” không phải địa chỉ hay dải địa chỉ, ví dụ 10.0.0.2 hoặc 10.0.0.0/24."
        for proxy in env.list("TRUSTED_PROXIES", default=[])
        if not _is_network(proxy)
    ]
    return sentences


def _is_network(text):
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def on_disk(settings):
    """What is missing in the folders that a server needs."""
    sentences = []
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    is_collected = not settings.STORAGES["staticfiles"]["BACKEND"].endswith(".StaticFilesStorage")
    if is_collected and not manifest.exists():
        sentences.append(f"Thiếu tệp tĩnh trong STATIC_ROOT ({settings.STATIC_ROOT}): chạy manage.py collectstatic.")
    if settings.MEDIA_S3_BUCKET:
        return sentences
    media = Path(settings.MEDIA_ROOT)
    nearest = next(folder for folder in (media, *media.parents) if folder.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        sentences.append(
            f"Không ghi được vào MEDIA_ROOT ({media}): tạo thư mục đó và trao quyền cho tài khoản chạy cổng."
        )
    return sentences
