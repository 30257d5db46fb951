"""The pages as a host gets them: what stands in dist/<platform>/pages/, and what the host is told besides."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from mall.app.deployment import Misconfigured
from moto import mock_aws

from infra.web import deploying, hosting, pages, site, uploading
from infra.web.node import Node

pytestmark = pytest.mark.spec("L8", "L2")

INDEX = ('<!doctype html>\n<html><head>\n    <meta charset="utf-8" />\n'
         '    <script src="./assets/a-12345678.js"></script></head>')
API = ("https://api.mall.example", "https://api2.mall.example/base")
VARIABLES = {
    "MALL_PAGES_ORIGINS": "https://mall.example https://www.mall.example", "MALL_PAGES_API": " ".join(API),
    "MALL_PAGES_BUCKET": "mall-pages-1250000000", "MALL_REGION": "ap-guangzhou",
    "MALL_STORAGE_BUCKET": "mall-1250000000", "MALL_STORAGE_PUBLIC_URL": "https://pictures.mall.example/mall",
}


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two pages, of two files each, and what the gateway alone needs of them."""
    for page in hosting.PAGES:
        (tmp_path / page / "assets").mkdir(parents=True)
        (tmp_path / page / "index.html").write_text(INDEX)
        (tmp_path / page / "config.json").write_bytes(hosting.config())
        (tmp_path / page / "assets" / "a-12345678.js").write_text(f"// {page}")
        (tmp_path / page / "assets" / "a-12345678.js.gz").write_bytes(b"packed")
    monkeypatch.setattr(pages, "BUILT", tmp_path)
    monkeypatch.setattr(site, "REPOSITORY", tmp_path / "repository")
    return tmp_path


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.mark.parametrize("platform", site.PLATFORMS)
def test_exactly_what_is_uploaded_stands_in_dist(platform: str, built: Path, declared: pytest.MonkeyPatch):
    found = site.read_site(platform)
    stale = found.folder / "shop" / "assets" / "of-another-build.js"
    stale.parent.mkdir(parents=True)
    stale.touch()
    site.write(found)
    assert found.folder == built / "repository" / "dist" / platform / "pages"
    assert sorted(path.relative_to(found.folder).as_posix() for path in found.folder.rglob("*") if path.is_file()) == [
        "console/assets/a-12345678.js", "console/config.json", "console/index.html", "index.html",
        "shop/assets/a-12345678.js", "shop/config.json", "shop/index.html"]
    for page in hosting.PAGES:
        assert json.loads((found.folder / page / "config.json").read_text()) == {"api": list(API)}
    assert 'url=shop/"' in (found.folder / "index.html").read_text("utf-8")


def test_where_a_host_sets_no_header_the_policy_stands_in_the_page_before_all_that_it_is_about(
        built: Path, declared: pytest.MonkeyPatch):
    found = site.read_site("cloudbase")
    index = site.files(found)["shop/index.html"].decode()
    tag = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', index)
    assert index.index("<meta charset") < tag.start() < index.index("<script")
    assert f"{tag[1]}; frame-ancestors 'none'" == hosting.policy(API, found.store), "that one no page can say of itself"
    assert "connect-src 'self' https://api.mall.example https://api2.mall.example https://pictures.mall.example " \
        "https://mall-1250000000.cos.ap-guangzhou.myqcloud.com;" in tag[1]
    assert index.replace(f"\n    {tag[0]}", "") == INDEX
    assert site.files(site.read_site("aws"))["shop/index.html"].decode() == INDEX


def test_the_cdn_is_told_the_names_and_the_headers(built: Path, declared: pytest.MonkeyPatch):
    cos = site.told_host(site.read_site("scf"))["pages"]
    assert (cos["bucket"], cos["names"]) == ("mall-pages-1250000000", ["mall.example", "www.mall.example"])
    always = hosting.headers("index.html", api=API, store=site.read_site("scf").store)
    assert cos["headers"].items() <= always.items()
    assert set(always) - set(cos["headers"]) == {"Content-Type", "Cache-Control"}, "each file's own, told with it"
    aws = dict(each.split("=", 1) for each in site.told_host(site.read_site("aws")))
    assert aws["Names"] == "mall.example,www.mall.example"
    assert "https://mall-1250000000.s3.ap-guangzhou.amazonaws.com" in aws["Policy"], "where a browser uploads to"
    found = site.read_site("scf")
    site.write(found)
    assert json.loads((found.folder.parent / "pages.tfvars.json").read_text("utf-8")) == {"pages": cos}


@pytest.mark.parametrize("missing", ["MALL_PAGES_API", "MALL_STORAGE_PUBLIC_URL", "MALL_REGION", "MALL_PAGES_ORIGINS"])
def test_without_an_address_that_it_needs_nothing_is_written(missing: str, declared: pytest.MonkeyPatch):
    declared.delenv(missing)
    with pytest.raises(Misconfigured, match=missing):
        site.read_site("scf")


def test_on_aws_the_address_may_be_what_the_stack_will_tell(built: Path, declared: pytest.MonkeyPatch):
    declared.delenv("MALL_PAGES_ORIGINS")
    assert site.told_host(site.read_site("aws"))[0] == "Names="


@pytest.mark.parametrize("wrong", ["http://api.mall.example", "api.mall.example", "https://"])
def test_an_address_of_a_deployment_is_encrypted_and_whole(wrong: str, declared: pytest.MonkeyPatch):
    declared.setenv("MALL_PAGES_API", f"https://api.mall.example {wrong}")
    with pytest.raises(Misconfigured, match=re.escape(wrong)):
        site.read_site("aws")


def test_one_command_writes_and_uploads_and_again_uploads_nothing(
        built: Path, declared: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        declared.setenv(name, "testing")
    declared.setattr(deploying, "REPOSITORY", built / "repository")
    with mock_aws():
        client = uploading.bucket_client(site.read_site("aws"))
        client.create_bucket(Bucket=VARIABLES["MALL_PAGES_BUCKET"],
                             CreateBucketConfiguration={"LocationConstraint": "ap-guangzhou"})
        assert deploying.deploy("aws") == 0
        first = capsys.readouterr().out
        assert deploying.deploy("aws") == 0
        stands = client.get_object(Bucket=VARIABLES["MALL_PAGES_BUCKET"], Key="shop/config.json")["Body"].read()
    assert "7 files uploaded" in first and "file://dist/aws/pages.json" in first
    assert "\n0 files uploaded" in capsys.readouterr().out
    assert json.loads(stands) == {"api": list(API)}


@pytest.mark.parametrize(("platform", "absent", "said"), [
    ("aws", "MALL_PAGES_BUCKET", "export MALL_PAGES_BUCKET"), ("scf", "TENCENTCLOUD_SECRET_ID", "no keys"),
    ("cloudbase", "CLOUDBASE_ENV_ID", "install tcb"), ("scf", "MALL_PAGES_API", "export MALL_PAGES_API")])
def test_what_is_missing_for_an_upload_is_said_and_the_files_are_there(
        platform: str, absent: str, said: str, built: Path, declared: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str]):
    declared.setattr(deploying, "REPOSITORY", built / "repository")
    declared.delenv(absent, raising=False)
    is_refused = absent == "MALL_PAGES_API"
    assert deploying.deploy(platform) == is_refused
    told = capsys.readouterr()
    assert said in told.out + told.err
    assert (built / "repository" / "dist" / platform / "pages").exists() is not is_refused


def test_a_page_without_its_charset_first_is_not_guessed_at():
    with pytest.raises(ValueError, match="charset"):
        hosting.with_policy(b"<html><head><title>shop</title></head>", (), ())


def test_what_the_build_puts_below_assets_carries_its_content_in_its_name(node: Node):
    """It is kept for a year under that name."""
    pages.build(node)
    for page in hosting.PAGES:
        names = [path.name for path in (pages.BUILT / page / "assets").iterdir()]
        assert len(names) > 20
        assert [name for name in names if not re.fullmatch(r".+-[\w-]{8}\.\w+(\.gz)?", name)] == []
