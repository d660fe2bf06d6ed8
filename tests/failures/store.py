"""The media store in S3: `python -m tests.failures.store`. Needs requirements-s3.txt and moto[server] (pip install).

The demo's pictures lie in a bucket of a pretended S3: readers get the public ones through the portal and no others, no
address of the bucket stands on any page, and backup and restore take them along.
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.failures.rig import ROOT, ask, free_port, portal, process, say, until

try:
    import boto3
    import moto  # noqa: F401 - asked for, started as a program below
except ModuleNotFoundError as error:
    sys.exit(f"needs {error.name}: pip install -r requirements-s3.txt 'moto[server]'")

from portal.embedded import Cluster


def environment_of(cluster, bucket, endpoint, home):
    return {
        **os.environ, "DATABASE_URL": cluster.url, "DEBUG": "1", "SECRET_KEY": "only-for-the-trial" * 3,
        "ALLOWED_HOSTS": "127.0.0.1",
        "MEDIA_S3_BUCKET": bucket, "MEDIA_S3_ENDPOINT": endpoint, "MEDIA_S3_REGION": "us-east-1", "MEDIA_S3_KEY": "key",
        "MEDIA_S3_SECRET": "secret", "MEDIA_S3_FOLDER": "phuong", "MEDIA_ROOT": str(home / "nothing"),
        "STATIC_ROOT": str(home / "static"),
        "LOG_LEVEL": "ERROR",
    }  # fmt: skip


def manage(environment, *arguments):
    done = subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"{arguments[0]}: {done.stderr}")
    return done.stdout


def trial(environment, s3, home, cluster):
    manage(environment, "migrate", "-v0")
    manage(environment, "seed_demo", "--quiet")
    keys = [
        item["Key"]
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket="one")
        for item in page.get("Contents", [])
    ]
    fine = say(
        "objects in the bucket, all in their folder",
        len(keys),
        len(keys) > 50 and all(key.startswith("phuong/") for key in keys),
    )
    with portal(environment, workers=1) as (port, _):
        home_page = ask(port, "/")[2].decode()
        pictures = sorted(set(re.findall(r'src="(/media/[^"]+)"', home_page)))
        found = [ask(port, path) for path in pictures]
        right = len(found) > 3 and all(answer[0] == 200 and answer[2][:4] == b"RIFF" for answer in found)
        fine &= say("pictures of the home page through the portal", len(found), right)
        fine &= say(
            "addresses of the bucket on the page",
            home_page.count("amazonaws") + home_page.count(environment["MEDIA_S3_ENDPOINT"]),
            "X-Amz" not in home_page,
        )
        s3.put_object(Bucket="one", Key="phuong/images/" + "0" * 32 + ".webp", Body=b"RIFF")
        hidden = ask(port, "/media/images/" + "0" * 32 + ".webp")[0]
        fine &= say("a picture that nothing public shows", hidden, hidden == 404)
        gone = pictures[0].removeprefix("/media/")
        kept = s3.get_object(Bucket="one", Key=f"phuong/{gone}")["Body"].read()
        s3.delete_object(Bucket="one", Key=f"phuong/{gone}")
        lost = ask(port, pictures[0])[0]
        fine &= say("a public picture that was lost", lost, lost == 404)
        s3.put_object(Bucket="one", Key=f"phuong/{gone}", Body=kept)
    print(manage(environment, "backup", home / "backups").strip())
    (path,) = (home / "backups").iterdir()
    with contextlib.suppress(FileNotFoundError):
        (home / "static" / "x").unlink()
    print(manage({**environment, "MEDIA_S3_BUCKET": "two"}, "restore", path, "--overwrite").strip())
    pages = [s3.get_paginator("list_objects_v2").paginate(Bucket=bucket) for bucket in ("one", "two")]
    tags = [{item["Key"]: item["ETag"] for page in listed for item in page.get("Contents", [])} for listed in pages]
    return fine & say("objects restored into another bucket, the same", len(tags[1]), tags[0] == tags[1])


def main():
    port, home, cluster = free_port(), Path(tempfile.mkdtemp(prefix="store-")), Cluster(f"store-{os.getpid()}")
    endpoint = f"http://127.0.0.1:{port}"
    try:
        cluster.start()
        with process(
            [sys.executable, "-m", "moto.server", "-p", str(port)], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        ):
            until(lambda: ask(port, "/moto-api/")[0] in {200, 404}, what="the pretended S3")
            s3 = boto3.client(
                "s3",
                endpoint_url=endpoint,
                region_name="us-east-1",
                aws_access_key_id="key",
                aws_secret_access_key="secret",
            )
            for bucket in ("one", "two"):
                s3.create_bucket(Bucket=bucket)
            sys.exit(not trial(environment_of(cluster, "one", endpoint, home), s3, home, cluster))
    finally:
        cluster.stop()
        for folder in (cluster.home, home):
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
