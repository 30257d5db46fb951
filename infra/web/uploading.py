"""The pages brought to their host (上传): what has changed and nothing else, the page that names the files last.

Whoever opens a page meanwhile gets the old one whole or the new one whole. Files of older builds stay for KEPT_DAYS
after the build that had them, because a page that is open asks for them still.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from infra.web import hosting
from infra.web.site import Site

KEPT_DAYS = 30
LEFT = "left.json"  # in the bucket: since which day a file is in no build
AT_ONCE = 8


class Done(NamedTuple):
    uploaded: list[str]
    removed: list[str]


def in_order(names: list[str]) -> list[list[str]]:
    """What may be uploaded at once, one group after the other."""
    return [list(group) for _, group in groupby(sorted(names, key=lambda name: (_turn(name), name)), key=_turn)]


def _turn(name: str) -> int:
    if _below_page(name).startswith(hosting.HASHED):
        return 0
    return {hosting.CONFIG: 2, hosting.INDEX: 3}.get(name.rpartition("/")[2], 1)


def _below_page(name: str) -> str:
    page, slash, rest = name.partition("/")
    return rest if slash and page in hosting.PAGES else name


# S3 and COS

def bucket_client(site: Site) -> Any:
    """With the deployer's keys; None where there are none. COS is asked in S3's words."""
    import boto3
    from botocore.config import Config

    plain = Config(signature_version="s3v4", s3={"addressing_style": "virtual"}, connect_timeout=10, read_timeout=60,
                   # COS refuses the chunked trailers that boto3 adds by default since 1.36.
                   request_checksum_calculation="when_required", response_checksum_validation="when_required")
    if site.platform == "aws":
        session = boto3.Session(region_name=site.region)
        return session.client("s3", config=plain) if session.get_credentials() else None
    keys = [os.environ.get(f"TENCENTCLOUD_{name}") for name in ("SECRET_ID", "SECRET_KEY", "SECURITY_TOKEN")]
    if not all(keys[:2]):
        return None
    return boto3.client("s3", endpoint_url=f"https://cos.{site.region}.myqcloud.com", region_name=site.region,
                        aws_access_key_id=keys[0], aws_secret_access_key=keys[1], aws_session_token=keys[2],
                        config=plain)


def to_bucket(client: Any, bucket: str, files: dict[str, bytes], today: date) -> Done:
    """Twice is as once: what stands there with the same content is left."""
    there = _listing(client, bucket)
    changed = [name for name in files if there.get(name) != hashlib.md5(files[name]).hexdigest()]

    def put(name: str) -> None:
        told = hosting.headers(_below_page(name))
        client.put_object(Bucket=bucket, Key=name, Body=files[name], ContentType=told["Content-Type"],
                          CacheControl=told["Cache-Control"])

    with ThreadPoolExecutor(AT_ONCE) as hands:
        for group in in_order(changed):
            list(hands.map(put, group))
    ours = tuple(f"{page}/" for page in hosting.PAGES)
    gone = [name for name in there if name.startswith(ours) and name not in files]
    return Done(changed, _remove_what_left(client, bucket, gone, LEFT in there, today))


def _remove_what_left(client: Any, bucket: str, gone: list[str], is_noted: bool, today: date) -> list[str]:
    """Of the files that are in no build now, those that have not been for KEPT_DAYS."""
    noted = json.loads(client.get_object(Bucket=bucket, Key=LEFT)["Body"].read()) if is_noted else {}
    since = {name: noted.get(name, today.isoformat()) for name in gone}
    oldest = (today - timedelta(days=KEPT_DAYS)).isoformat()
    removed = [name for name in gone if since[name] <= oldest]
    for name in removed:
        client.delete_object(Bucket=bucket, Key=name)
    left = {name: day for name, day in since.items() if name not in removed}
    if left != noted:
        client.put_object(Bucket=bucket, Key=LEFT, Body=json.dumps(left).encode(), ContentType="application/json")
    return removed


def _listing(client: Any, bucket: str) -> dict[str, str]:
    """MD5 of each object by its name; COS and S3 both have it as the tag of what was put whole."""
    listed = client.get_paginator("list_objects").paginate(Bucket=bucket)
    return {each["Key"]: each["ETag"].strip('"') for part in listed for each in part.get("Contents", [])}


# CloudBase

def tcb() -> str | None:
    """Its command line, where it is installed and an environment is named."""
    return shutil.which("tcb") if os.environ.get("CLOUDBASE_ENV_ID") else None


def to_cloudbase(program: str, environment: str, site: Site, files: dict[str, bytes],
                 seen: Callable[[str], bytes | None]) -> Done:
    """`seen`: what stands at an address now. Each page is uploaded where its last two files are not as they are here;
    nothing is removed, tcb has no day of a file. Raises CalledProcessError."""
    last = (hosting.CONFIG, hosting.INDEX)
    changed = [page for page in hosting.PAGES if any(
        seen(f"{site.origins[0]}/{page}/{name}") != files[f"{page}/{name}"] for name in last)]
    if not changed:
        return Done([], [])
    names = [name for name in files if name.partition("/")[0] in (*changed, hosting.INDEX)]
    for group in in_order(names):
        for place in _whole_folders(group):
            subprocess.run([program, "hosting", "deploy", str(site.folder / place), place, "-e", environment],
                           check=True, stdin=subprocess.DEVNULL)
    return Done(names, [])


def _whole_folders(group: list[str]) -> list[str]:
    """What carries its content in its name goes as a folder, the rest file by file."""
    places = []
    for name in group:
        before, folder, _ = name.partition(hosting.HASHED)
        places.append(f"{before}{folder}".rstrip("/") if folder else name)
    return list(dict.fromkeys(places))
