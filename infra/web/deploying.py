"""`make pages PLATFORM=...`: the files in dist/, what the host must be told, and up there where the keys are."""

from __future__ import annotations

import os
import sys
from datetime import date

import httpx
from mall.app.deployment import Misconfigured

from infra.web import site as sites
from infra.web import uploading
from infra.web.site import Site
from infra.web.workspace import REPOSITORY

APPLY = {
    "aws": "aws cloudformation deploy --stack-name mall-pages --template-file infra/cloudformation/pages.yml "
           "--parameter-overrides file://{told}",
    "scf": "terraform -chdir=infra/terraform apply -var-file=shop.tfvars -var-file=../../{told}",
}


def deploy(platform: str) -> int:
    try:
        site = sites.read_site(platform)
    except Misconfigured as problem:
        print(problem, file=sys.stderr)
        return 1
    files = sites.write(site)
    print(f"\n{len(files)} files in {site.folder.relative_to(REPOSITORY)}/")
    if platform in APPLY:
        print("the host, the first time and whenever an address has changed, from the repository's root:\n  "
              + APPLY[platform].format(told=sites.told_in(site).relative_to(REPOSITORY)))
    if not site.origins:
        print("then export MALL_PAGES_ORIGINS, the stack's Address, and deploy the functions, which let it call")
    done = _upload(site, files)
    if isinstance(done, str):
        print(f"not uploaded: {done}")
    else:
        print(f"{len(done.uploaded)} files uploaded, {len(done.removed)} of older builds removed")
    return 0


def _upload(site: Site, files: dict[str, bytes]) -> uploading.Done | str:
    """What was done, or what is missing for it."""
    if site.platform == "cloudbase":
        program = uploading.tcb()
        if program is None:
            return "install tcb, sign in with it, and export CLOUDBASE_ENV_ID"
        return uploading.to_cloudbase(program, os.environ["CLOUDBASE_ENV_ID"], site, files, _seen)
    if not site.bucket:
        return "export MALL_PAGES_BUCKET, the bucket of the host"
    client = uploading.bucket_client(site)
    if client is None:
        return "no keys of the deployer are here"
    return uploading.to_bucket(client, site.bucket, files, date.today())


def _seen(address: str) -> bytes | None:
    try:
        answer = httpx.get(address, timeout=20, headers={"Cache-Control": "no-cache"})
    except httpx.HTTPError:
        return None
    return answer.content if answer.status_code == 200 else None
