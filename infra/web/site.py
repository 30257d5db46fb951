"""The pages as a host gets them (静态托管): the files in dist/<platform>/pages/, and what the host is told besides.

The files are the built pages with a `config.json` of this deployment. On AWS and COS the headers that go with every
file are the CDN's (infra/cloudformation/pages.yml, infra/terraform/pages.tf), which gets the policy from here; on
CloudBase, which sets none, the policy stands in each index.html.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mall.adapters.object_storage import StorageConfig, upload_url
from mall.app.deployment import Deployment, Misconfigured

from infra.web import hosting, pages
from infra.web.workspace import REPOSITORY

PLATFORMS = ("aws", "scf", "cloudbase")
FRONT = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>商城</title>
<link rel="icon" href="shop/icon.svg" type="image/svg+xml">
<meta http-equiv="refresh" content="0; url=shop/"><a href="shop/">商城</a></html>
""".encode()  # at the site's own address
_NEEDED = {
    "MALL_PAGES_ORIGINS": "where the pages are: origins with a blank between them (https://mall.example.cn)",
    "MALL_PAGES_API": "the addresses of the API in the order in which they are tried, with a blank between them",
    "MALL_REGION": "the region of the pictures' bucket",
    "MALL_STORAGE_PUBLIC_URL": "where pictures are read",
}


@dataclass(frozen=True)
class Site:
    """`origins`, `bucket`: empty where they are not known yet."""

    platform: str
    region: str
    origins: tuple[str, ...]
    api: tuple[str, ...]
    store: tuple[str, ...]
    bucket: str = ""

    @property
    def folder(self) -> Path:
        return REPOSITORY / "dist" / self.platform / "pages"

    @property
    def headers(self) -> dict[str, str]:
        """That go with every file, whatever it is called."""
        return {"Content-Security-Policy": hosting.policy(self.api, self.store), **hosting.SAFE}


def read_site(platform: str) -> Site:
    """From the variables that the functions are deployed with, and MALL_PAGES_.... Raises Misconfigured."""
    missing = [f"{name} ({meaning})" for name, meaning in _NEEDED.items()
               if not os.environ.get(name) and (platform, name) != ("aws", "MALL_PAGES_ORIGINS")]  # its stack tells it
    if missing:
        raise Misconfigured(f"export {'; '.join(missing)}")
    deployment = replace(Deployment.from_environment(), storage_flavour="s3" if platform == "aws" else "cos")
    origins, api = (tuple(os.environ.get(name, "").split()) for name in ("MALL_PAGES_ORIGINS", "MALL_PAGES_API"))
    for url in (*origins, *api, deployment.storage_public_url):
        if urlsplit(url).scheme != "https" or not urlsplit(url).netloc:
            raise Misconfigured(f"{url!r}: an address of a deployment is https://HOST")
    return Site(platform, deployment.region, origins, api, _stores(deployment), os.environ.get("MALL_PAGES_BUCKET", ""))


def _stores(deployment: Deployment) -> tuple[str, ...]:
    """Where browsers read pictures, and where they upload them to."""
    place = StorageConfig(endpoint_url=deployment.storage_url or None, region=deployment.region,
                          bucket=deployment.storage_bucket, access_key="", secret_key="",
                          flavour=deployment.storage_flavour, public_base_url=deployment.storage_public_url)
    return deployment.storage_public_url, upload_url(place)


def files(site: Site) -> dict[str, bytes]:
    """Every file that is uploaded, by its path below the site's address."""
    found = {hosting.INDEX: FRONT}
    for page in hosting.PAGES:
        built = (pages.BUILT / page).resolve()
        found |= {f"{page}/{path.relative_to(built).as_posix()}": path.read_bytes()
                  for path in sorted(built.rglob("*")) if path.is_file() and path.suffix != ".gz"}
        found[f"{page}/{hosting.CONFIG}"] = hosting.config(site.api)
        if site.platform == "cloudbase":
            index = f"{page}/{hosting.INDEX}"
            found[index] = hosting.with_policy(found[index], site.api, site.store)
    return found


def write(site: Site) -> dict[str, bytes]:
    """The files, as they stand in dist/ now and nothing else with them."""
    shutil.rmtree(site.folder, ignore_errors=True)
    found = files(site)
    for name, content in found.items():
        path = site.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    if told := told_host(site):
        told_in(site).write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return found


def told_in(site: Site) -> Path:
    """Beside the files: what the host's declaration takes in."""
    return site.folder.with_name({"aws": "pages.json", "scf": "pages.tfvars.json"}[site.platform])


def told_host(site: Site) -> Any:
    """Parameters of the CloudFormation stack, variables of Terraform; None where a host is told nothing."""
    names = [urlsplit(origin).netloc for origin in site.origins]
    if site.platform == "aws":
        told = {"Names": ",".join(names), "Policy": hosting.policy(site.api, site.store)}
        return [f"{name}={value}" for name, value in told.items()]
    if site.platform == "scf":
        return {"pages": {"bucket": site.bucket, "names": names, "headers": site.headers}}
    return None
