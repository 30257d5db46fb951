"""The stack that hosts the pages on AWS: a bucket that nobody reads but CloudFront, drawn from infra.web.hosting.

`python -m infra.package manifests` writes it to infra/cloudformation/pages.yml. What differs between deployments is
its parameters, which `make pages PLATFORM=aws` writes. On SCF the same is infra/terraform/pages.tf.
"""

from __future__ import annotations

from typing import Any

from infra.web import hosting

CACHED_AS_THE_FILE_SAYS = "658327ea-f89d-4fab-a63d-7e88639e58f6"  # AWS's own policy CachingOptimized, the same for all
# A bucket knows no index of a folder.
FOLDERS = f"""function handler(event) {{
  var request = event.request, uri = request.uri;
  if ({[f"/{page}" for page in hosting.PAGES]}.indexOf(uri) >= 0)
    return {{statusCode: 308, statusDescription: 'Permanent Redirect', headers: {{location: {{value: uri + '/'}}}}}};
  if (uri.endsWith('/')) request.uri += '{hosting.INDEX}';
  return request;
}}
"""
_SAFE = {  # how CloudFront spells what it knows by name; the rest are headers as any other
    "X-Content-Type-Options": lambda value: {"ContentTypeOptions": {"Override": True}},
    "X-Frame-Options": lambda value: {"FrameOptions": {"FrameOption": value, "Override": True}},
    "Referrer-Policy": lambda value: {"ReferrerPolicy": {"ReferrerPolicy": value, "Override": True}},
}


def stack() -> dict[str, Any]:
    return {
        "Description": "Console and shop as static files",
        "Parameters": {
            "Policy": {"Type": "String", "Description": "Content-Security-Policy, from dist/aws/pages.json"},
            "Names": {"Type": "CommaDelimitedList", "Default": "",
                      "Description": "The pages' own host names, with the certificate"},
            "Certificate": {"Type": "String", "Default": "",
                            "Description": "ARN of their certificate in us-east-1; empty for CloudFront's name"},
        },
        "Conditions": {"Named": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Certificate"}, ""]}]}},
        "Resources": _resources(),
        "Outputs": {"Bucket": {"Value": {"Ref": "Bucket"}},
                    "Address": {"Value": {"Fn::Sub": "https://${Pages.DomainName}"}}},
    }


def _resources() -> dict[str, Any]:
    return {
        "Bucket": _resource("S3::Bucket", {
            "BucketName": {"Fn::Sub": "mall-pages-${AWS::AccountId}"},
            "PublicAccessBlockConfiguration": {name: True for name in (
                "BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")}},
            DeletionPolicy="Retain", UpdateReplacePolicy="Retain"),
        "OnlyCloudFront": _resource("S3::BucketPolicy", {
            "Bucket": {"Ref": "Bucket"}, "PolicyDocument": {"Version": "2012-10-17", "Statement": [_may_read()]}}),
        "Access": _resource("CloudFront::OriginAccessControl", {"OriginAccessControlConfig": {
            "Name": {"Fn::Sub": "${AWS::StackName}"}, "OriginAccessControlOriginType": "s3",
            "SigningBehavior": "always", "SigningProtocol": "sigv4"}}),
        "Headers": _resource("CloudFront::ResponseHeadersPolicy", {"ResponseHeadersPolicyConfig": _headers()}),
        "Folders": _resource("CloudFront::Function", {
            "Name": {"Fn::Sub": "${AWS::StackName}-folders"}, "AutoPublish": True, "FunctionCode": FOLDERS,
            "FunctionConfig": {"Comment": "index.html of a folder", "Runtime": "cloudfront-js-2.0"}}),
        "Pages": _resource("CloudFront::Distribution", {"DistributionConfig": _distribution()}),
    }


def _resource(kind: str, properties: dict[str, Any], **more: str) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", **more, "Properties": properties}


def _may_read() -> dict[str, Any]:
    """Listing too, so that what is not there is answered with 404 and not with 403."""
    return {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": ["s3:GetObject", "s3:ListBucket"],
            "Resource": [{"Fn::GetAtt": ["Bucket", "Arn"]}, {"Fn::Sub": "${Bucket.Arn}/*"}],
            "Condition": {"StringEquals": {"AWS:SourceArn": {
                "Fn::Sub": "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Pages}"}}}}


def _headers() -> dict[str, Any]:
    known: dict[str, Any] = {"ContentSecurityPolicy": {"ContentSecurityPolicy": {"Ref": "Policy"}, "Override": True}}
    others = []
    for name, value in hosting.SAFE.items():
        if name in _SAFE:
            known |= _SAFE[name](value)
        else:
            others.append({"Header": name, "Value": value, "Override": True})
    return {"Name": {"Fn::Sub": "${AWS::StackName}"}, "SecurityHeadersConfig": known,
            "CustomHeadersConfig": {"Items": others}}


def _distribution() -> dict[str, Any]:
    return {
        "Enabled": True, "HttpVersion": "http2and3", "Comment": "console and shop",
        "Aliases": {"Fn::If": ["Named", {"Ref": "Names"}, {"Ref": "AWS::NoValue"}]},
        "ViewerCertificate": {"Fn::If": ["Named", {
            "AcmCertificateArn": {"Ref": "Certificate"}, "SslSupportMethod": "sni-only",
            "MinimumProtocolVersion": "TLSv1.2_2021"}, {"CloudFrontDefaultCertificate": True}]},
        "Origins": [{
            "Id": "bucket", "DomainName": {"Fn::GetAtt": ["Bucket", "RegionalDomainName"]},
            "OriginAccessControlId": {"Ref": "Access"}, "S3OriginConfig": {"OriginAccessIdentity": ""}}],
        "DefaultCacheBehavior": {
            "TargetOriginId": "bucket", "ViewerProtocolPolicy": "redirect-to-https", "AllowedMethods": ["GET", "HEAD"],
            "Compress": True, "CachePolicyId": CACHED_AS_THE_FILE_SAYS, "ResponseHeadersPolicyId": {"Ref": "Headers"},
            "FunctionAssociations": [{
                "EventType": "viewer-request", "FunctionARN": {"Fn::GetAtt": ["Folders", "FunctionARN"]}}]},
    }
