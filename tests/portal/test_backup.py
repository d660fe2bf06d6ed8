"""Backups on the disk: which are whole, which may go, what a manifest may not name. See tests/failures/restore_drill.py."""

import json
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from portal import backup


def stored(folder, name, **manifest):
    path = folder / name
    path.mkdir(parents=True)
    (path / backup.DUMP).write_bytes(b"dump")
    said = {"size": 4, "sha256": backup.sha256(path / backup.DUMP)}
    whole = {"format": 1, "database": said, "tables": {}, "media": {}, **manifest}
    (path / backup.MANIFEST).write_text(json.dumps(whole))
    return path


def test_two_backups_of_one_second_are_both_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(backup, "dump", lambda file: {"database": {}, "tables": {}})
    monkeypatch.setattr(backup, "copy_media", lambda folder, before: {})
    monkeypatch.setattr("os.umask", lambda mask: 0)  # that of the tests' process stays
    at = datetime(2026, 11, 29, 5, 59, 59, tzinfo=UTC)
    made = [backup.make(tmp_path, at) for _time in range(2)]
    assert made == backup.kept(tmp_path) == [tmp_path / "portal-20261129-125959", tmp_path / "portal-20261129-130000"]


def test_only_whole_backups_are_kept_and_thinned(tmp_path):
    names = [f"portal-2026110{n}-021000" for n in range(1, 6)]
    for name in names:
        stored(tmp_path, name)
    (tmp_path / "portal-20261106-021000.partial").mkdir()
    (tmp_path / "portal-20261107-021000").mkdir()  # without a manifest
    (tmp_path / "portal-cua-toi").mkdir()
    assert [path.name for path in backup.kept(tmp_path)] == names
    assert [path.name for path in backup.thin(tmp_path, 2)] == names[:3]
    left = [
        "portal-20261104-021000",
        "portal-20261105-021000",
        "portal-20261106-021000.partial",
        "portal-20261107-021000",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == [*left, "portal-cua-toi"]


def test_a_whole_backup_is_sound(tmp_path):
    path = stored(tmp_path, "portal-20261101-021000")
    assert backup.verify(path)["tables"] == {}


@pytest.mark.parametrize("name", ["../portal.env", "/etc/passwd", "images/../../x"])
def test_a_manifest_names_no_file_outside(tmp_path, name):
    path = stored(tmp_path, "portal-20261101-021000", media={name: [1, "0" * 64]})
    with pytest.raises(backup.Unsound, match="tên không hợp lệ"):
        backup.verify(path)


def test_everything_that_is_wrong_is_told(tmp_path):
    path = stored(tmp_path, "portal-20261101-021000", media={"images/a.webp": [1, "0" * 64]})
    (path / backup.DUMP).write_bytes(b"dumq")
    with pytest.raises(backup.Unsound) as caught:
        backup.verify(path)
    assert str(caught.value).splitlines() == ["database.dump: nội dung đã khác", "media/images/a.webp: thiếu"]


def test_what_is_no_backup_says_so(tmp_path):
    with pytest.raises(backup.Unsound, match="không phải một bản sao lưu"):
        backup.verify(tmp_path)
    with pytest.raises(backup.Unsound, match="phiên bản khác"):
        backup.verify(stored(tmp_path, "portal-20261101-021000", format=2))


def test_a_folder_that_takes_no_file_is_told_in_one_sentence(tmp_path):
    (tmp_path / "backups").write_text("a file")
    with pytest.raises(CommandError, match=f"Không đọc hay ghi được {tmp_path}/backups — "):
        call_command("backup", tmp_path / "backups")
