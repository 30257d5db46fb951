"""What the pages are hosted by: CloudFront's stack, Terraform's CDN, and the functions that let them call."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.model import ListShape, Shape, StructureShape
from botocore.session import get_session
from mall.app.deployment import Deployment
from mall.app.front_desk import House
from moto import mock_aws

from infra.package import manifests, pages_host
from infra.package.platforms import REPOSITORY
from infra.web import hosting, site
from infra.web.site import Site
from tests.security.test_cors import ask
from tests.support.shop import Shop

pytestmark = pytest.mark.spec("L8", "L2")

STACK = REPOSITORY / "infra" / "cloudformation" / "pages.yml"
TERRAFORM = REPOSITORY / "infra" / "terraform"
PAGES, OWN = "https://mall.example", "https://h5.mall.example"
API = get_session().get_service_model("cloudfront")
AS_CLOUDFORMATION_SPELLS = {"ACMCertificateArn": "AcmCertificateArn", "SSLSupportMethod": "SslSupportMethod"}


# AWS

def _lint(path: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("cfn-lint")  # comes with moto
    return subprocess.run([str(program), str(path)], capture_output=True, text=True)


def test_cloudformation_finds_nothing_wrong_with_the_stack(tmp_path: Path):
    """By AWS's own schemas of its resources."""
    told = _lint(STACK)
    assert told.returncode == 0, told.stdout
    wrong = tmp_path / "pages.yml"
    wrong.write_text(STACK.read_text("utf-8").replace("TargetOriginId:", "TargetOrigin:"), "utf-8")
    assert "TargetOrigin" in _lint(wrong).stdout, "it would be noticed"


def test_cloudfront_sends_every_header_that_goes_with_a_file():
    config = pages_host.stack()["Resources"]["Headers"]["Properties"]["ResponseHeadersPolicyConfig"]
    sent = {each["Header"]: each["Value"] for each in config["CustomHeadersConfig"]["Items"]}
    known = config["SecurityHeadersConfig"]
    assert all(each["Override"] for each in [*known.values(), *config["CustomHeadersConfig"]["Items"]])
    sent |= {"X-Frame-Options": known["FrameOptions"]["FrameOption"],
             "Referrer-Policy": known["ReferrerPolicy"]["ReferrerPolicy"],
             "X-Content-Type-Options": "nosniff" if "ContentTypeOptions" in known else ""}
    assert sent == hosting.SAFE
    assert known["ContentSecurityPolicy"]["ContentSecurityPolicy"] == {"Ref": "Policy"}


def test_the_stack_is_told_what_make_pages_writes_and_the_certificate():
    told = site.told_host(Site("aws", "ap-southeast-1", (PAGES,), ("https://api.mall.example",), ()))
    assert {each.partition("=")[0] for each in told} == set(pages_host.stack()["Parameters"]) - {"Certificate"}


def test_cloudfront_takes_the_distribution_and_reads_a_bucket_that_nobody_else_reads():
    resources = pages_host.stack()["Resources"]
    with mock_aws():
        client = boto3.client("cloudfront", "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")
        access = client.create_origin_access_control(OriginAccessControlConfig=_as_api_takes(
            resources["Access"]["Properties"]["OriginAccessControlConfig"], API.shape_for("OriginAccessControlConfig")))
        config = _as_api_takes(resources["Pages"]["Properties"]["DistributionConfig"],
                               API.shape_for("DistributionConfig"))
        config["Origins"]["Items"][0] |= {"OriginAccessControlId": access["OriginAccessControl"]["Id"],
                                          "DomainName": "mall-pages-1.s3.ap-southeast-1.amazonaws.com"}
        made = client.create_distribution(DistributionConfig={**config, "CallerReference": "1"})["Distribution"]
    behaviour = made["DistributionConfig"]["DefaultCacheBehavior"]
    assert (behaviour["ViewerProtocolPolicy"], behaviour["Compress"]) == ("redirect-to-https", True)
    bucket = resources["Bucket"]["Properties"]["PublicAccessBlockConfiguration"]
    assert len(bucket) == 4 and all(bucket.values())
    statement, = resources["OnlyCloudFront"]["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"} and "AWS:SourceArn" in str(
        statement["Condition"])


def _as_api_takes(value: Any, shape: Shape) -> Any:
    """A property of CloudFormation as a parameter of the API, which counts its lists; a name that the API does not
    have fails. Of a choice the certificate's side is taken, of a reference its name."""
    if isinstance(value, dict) and "Fn::If" in value:
        return _as_api_takes(value["Fn::If"][1], shape)
    if isinstance(value, dict) and {"Ref", "Fn::GetAtt", "Fn::Sub"} & set(value):
        named = str(next(iter(value.values())))
        return {"Quantity": 1, "Items": [named]} if isinstance(shape, StructureShape) else named
    if isinstance(shape, StructureShape) and isinstance(value, list):
        return {"Quantity": len(value), "Items": [_as_api_takes(each, shape.members["Items"].member)
                                                  for each in value]}
    if isinstance(shape, StructureShape):
        names = {AS_CLOUDFORMATION_SPELLS.get(name, name): name for name in shape.members}
        return {names[name]: _as_api_takes(each, shape.members[names[name]]) for name, each in value.items()}
    assert not isinstance(shape, ListShape)
    return value


def test_a_folder_is_answered_with_its_page():
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on this machine")
    asked = ["/", "/shop/", "/shop", "/console", "/shop/config.json", "/console/assets/a-1.js", "/other"]
    script = f"{pages_host.FOLDERS}; console.log(JSON.stringify({asked}.map((uri) => handler({{request: {{uri}}}}))))"
    answers = json.loads(subprocess.run([node, "-e", script], capture_output=True, text=True, check=True).stdout)
    assert [answer.get("uri") or (answer["statusCode"], answer["headers"]["location"]["value"])
            for answer in answers] == ["/index.html", "/shop/index.html", (308, "/shop/"), (308, "/console/"),
                                       "/shop/config.json", "/console/assets/a-1.js", "/other"]


# SCF

def test_terraform_is_told_what_make_pages_writes_and_forgets_no_page_by_itself():
    told = site.told_host(Site("scf", "ap-guangzhou", (PAGES,), ("https://api.mall.example",), (), "mall-pages-1"))
    variables = (TERRAFORM / "variables.tf").read_text("utf-8")
    declared = re.search(r'variable "pages" \{(.*?)\n\}', variables, re.DOTALL)[1]
    assert set(re.findall(r"^    (\w+) +=", declared, re.MULTILINE)) == set(told["pages"])
    assert "default " not in declared, "a forgotten file is asked for"
    hosted = (TERRAFORM / "pages.tf").read_text("utf-8")
    assert set(re.findall(r"var\.pages\.(\w+)", hosted)) == set(told["pages"])
    packed = json.loads(re.search(r'rule_type  = "file"\n +rule_paths = (\[.+\])', hosted)[1])
    assert {f".{suffix}" for suffix in packed} <= set(hosting.PACKED)


# the functions follow

def _cloudbase(variables: dict[str, str]) -> str:
    declared = json.loads(manifests.cloudbase())["functions"][0]["envVariables"]["MALL_WEB_ORIGINS"]
    return re.sub(r"\{\{env\.(\w+)\}\}", lambda found: variables[found[1]], declared)


def _aws(variables: dict[str, str]) -> str:
    declared = re.search(r"MALL_WEB_ORIGINS: (.+)", manifests.serverless())[1]
    return re.sub(r"\$\{env:(\w+), ''\}", lambda found: variables[found[1]], declared)


def _scf(variables: dict[str, str]) -> str:
    """What Terraform itself makes of it, of the locals as they stand in pages.tf."""
    terraform = shutil.which("terraform")
    if terraform is None:
        print("!!! NO TERRAFORM HERE: MALL_WEB_ORIGINS OF SCF IS NOT CHECKED", file=sys.stderr)
        pytest.skip("no terraform on this machine")
    text = (TERRAFORM / "pages.tf").read_text("utf-8")
    names = json.dumps([origin.removeprefix("https://") for origin in variables["MALL_PAGES_ORIGINS"].split()])
    asked = " ".join(re.search(r"web_origins = (.+?\n  \)\)\))", text, re.DOTALL)[1].split())
    asked = asked.replace("local.page_names", names).replace("var.settings", json.dumps(
        {"MALL_WEB_ORIGINS": variables["MALL_WEB_ORIGINS"]}))
    told = subprocess.run([terraform, "console"], input=asked, capture_output=True, text=True,
                          cwd=TERRAFORM.parent)
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


@pytest.mark.parametrize("declared", [_cloudbase, _aws, _scf])
@pytest.mark.parametrize("own", ["", OWN])
def test_the_functions_let_the_pages_call_from_where_they_are_hosted(declared: Any, own: str, shop: Shop,
                                                                     monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MALL_WEB_ORIGINS", declared({"MALL_WEB_ORIGINS": own, "MALL_PAGES_ORIGINS": PAGES}))
    origins = Deployment.from_environment().web_origins
    shop.house = House(replace(shop.house.deployment, platform="aws", web_origins=origins), shop.database)
    for origin, status in ((PAGES, 204), (OWN, 204 if own else 403), ("https://evil.example", 403)):
        assert ask(shop, "catalog.list_products", "aws", "OPTIONS", origin)["statusCode"] == status


@pytest.mark.parametrize("declared", [_cloudbase, _aws, _scf])
def test_without_pages_nobody_more_may_call(declared: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MALL_WEB_ORIGINS", declared({"MALL_WEB_ORIGINS": "", "MALL_PAGES_ORIGINS": ""}))
    assert Deployment.from_environment().origins == ()
