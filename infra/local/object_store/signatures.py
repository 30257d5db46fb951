"""Is this request signed by our key? AWS Signature Version 4 in its three forms.

Header-signed (`Authorization`), query-signed (presigned links) and form-signed (the POST policy is
in `forms.py`, its signature here). Written from Amazon's "Authenticating Requests (AWS Signature
Version 4)" and checked against its published examples. Time is the wall clock's, never the shop's:
clients sign by their own wall clock.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

from .keys import Keys
from .refusals import Refusal

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
MAX_SKEW = timedelta(minutes=15)
MAX_EXPIRES_SECONDS = 7 * 24 * 3600
STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Signed:
    """The request as it came over the wire: the raw path and query, header names in lower case."""

    method: str
    raw_path: str
    raw_query: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Scope:
    """`KEY/20261121/REGION/s3/aws4_request`: whose signature, for which day and region."""

    access_key: str
    day: str
    region: str

    @property
    def text(self) -> str:
        return f"{self.day}/{self.region}/s3/aws4_request"


def query_pairs(raw_query: str) -> list[tuple[str, str]]:
    """Decoded pairs in wire order; unlike `parse_qsl`, a plus stays a plus, as the signer saw it."""
    parts = (part.partition("=") for part in raw_query.split("&") if part)
    return [(unquote(name), unquote(value)) for name, _, value in parts]


def is_signed(request: Signed) -> bool:
    return "authorization" in request.headers or any(
        name in ("X-Amz-Signature", "X-Amz-Algorithm") for name, _ in query_pairs(request.raw_query)
    )


def verify(request: Signed, keys: Keys, now: datetime) -> str:
    """Raise a `Refusal` unless the request is ours; answer the body's promised SHA-256 or `UNSIGNED`."""
    if "authorization" in request.headers:
        return _verify_header(request, keys, now)
    if is_signed(request):
        return _verify_query(request, keys, now)
    raise Refusal("AccessDenied", "Access Denied")


def policy_signature(secret_key: str, scope: Scope, policy: str) -> str:
    """The signature of a browser form: the base64 policy is itself the string to sign."""
    return _hmac(_signing_key(secret_key, scope), policy).hex()


def read_scope(credential: str, problem: str) -> Scope:
    """Parse a credential; `problem` is the refusal's code, which differs between the three forms."""
    parts = credential.split("/")
    if len(parts) != 5 or parts[3:] != ["s3", "aws4_request"] or not re.fullmatch(r"\d{8}", parts[1]):
        raise Refusal(problem, "The credential is malformed; expecting KEY/YYYYMMDD/REGION/s3/aws4_request.")
    return Scope(parts[0], parts[1], parts[2])


def read_stamp(stamp: str, scope: Scope, problem: str) -> datetime:
    try:
        signed_at = datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
    except ValueError:
        raise Refusal(problem, "X-Amz-Date must be in the ISO8601 Long Format yyyyMMdd'T'HHmmss'Z'") from None
    if stamp[:8] != scope.day:
        raise Refusal(problem, "The credential's date is not the date of X-Amz-Date.")
    return signed_at


def check(scope: Scope, keys: Keys, expected: str, given: str) -> None:
    if not hmac.compare_digest(scope.access_key.encode(), keys.access_key.encode()):
        raise Refusal("InvalidAccessKeyId", "The access key Id you provided does not exist in our records.")
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise Refusal(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided.",
        )


def _verify_header(request: Signed, keys: Keys, now: datetime) -> str:
    problem = "AuthorizationHeaderMalformed"
    algorithm, _, rest = request.headers["authorization"].partition(" ")
    fields = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    if algorithm != ALGORITHM or not {"Credential", "SignedHeaders", "Signature"} <= fields.keys():
        raise Refusal(problem, f"The authorization header must be {ALGORITHM} with three fields.")
    scope = read_scope(fields["Credential"], problem)
    stamp = request.headers.get("x-amz-date", "")
    signed_at = read_stamp(stamp, scope, problem)
    payload = request.headers.get("x-amz-content-sha256", "")
    if payload != UNSIGNED and not re.fullmatch(r"[0-9a-f]{64}", payload):
        raise Refusal("NotImplemented", "x-amz-content-sha256 must be UNSIGNED-PAYLOAD or a SHA-256.")
    canonical = _canonical(request, fields["SignedHeaders"], request.raw_query, payload, problem)
    check(scope, keys, _signature(keys.secret_key, scope, stamp, canonical), fields["Signature"])
    if abs(now - signed_at) > MAX_SKEW:
        raise Refusal("RequestTimeTooSkewed", "The difference between the request time and the server's is too large.")
    return payload


def _verify_query(request: Signed, keys: Keys, now: datetime) -> str:
    problem = "AuthorizationQueryParametersError"
    pairs = query_pairs(request.raw_query)
    fields = dict(pairs)
    wanted = {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders"}
    if not (wanted | {"X-Amz-Signature"}) <= fields.keys() or len(fields) != len(pairs):
        raise Refusal(problem, "A presigned link carries each of its six X-Amz parameters once.")
    expires = fields["X-Amz-Expires"]
    if fields["X-Amz-Algorithm"] != ALGORITHM or not re.fullmatch(r"\d{1,6}", expires):
        raise Refusal(problem, f"X-Amz-Algorithm must be {ALGORITHM}, X-Amz-Expires a number of seconds.")
    if not 0 < int(expires) <= MAX_EXPIRES_SECONDS:
        raise Refusal(problem, "X-Amz-Expires must be between one second and one week.")
    scope = read_scope(fields["X-Amz-Credential"], problem)
    signed_at = read_stamp(fields["X-Amz-Date"], scope, problem)
    others = "&".join(part for part in request.raw_query.split("&") if not part.startswith("X-Amz-Signature="))
    canonical = _canonical(request, fields["X-Amz-SignedHeaders"], others, UNSIGNED, problem)
    expected = _signature(keys.secret_key, scope, fields["X-Amz-Date"], canonical)
    check(scope, keys, expected, fields["X-Amz-Signature"])
    if signed_at - now > MAX_SKEW:
        raise Refusal("AccessDenied", "Request is not yet valid")
    if now > signed_at + timedelta(seconds=int(expires)):
        raise Refusal("AccessDenied", "Request has expired")
    return UNSIGNED


def _canonical(request: Signed, signed_headers: str, raw_query: str, payload: str, problem: str) -> str:
    names = signed_headers.split(";")
    unsigned = [name for name in request.headers if name.startswith("x-amz-") and name not in names]
    if payload == UNSIGNED and "x-amz-content-sha256" in unsigned:
        unsigned.remove("x-amz-content-sha256")  # presigned clients may send it; it promises nothing here
    if "host" not in names or unsigned or any(name not in request.headers for name in names):
        raise Refusal(problem, "Host and every x-amz- header must be signed, and every signed header sent.")
    pairs = sorted((_encode(name), _encode(value)) for name, value in query_pairs(raw_query))
    query = "&".join(f"{name}={value}" for name, value in pairs)
    headers = "".join(f"{name}:{' '.join(request.headers[name].split())}\n" for name in names)
    path = _encode(unquote(request.raw_path), safe="/")
    return f"{request.method}\n{path}\n{query}\n{headers}\n{signed_headers}\n{payload}"


def _signature(secret_key: str, scope: Scope, stamp: str, canonical: str) -> str:
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"{ALGORITHM}\n{stamp}\n{scope.text}\n{digest}"
    return _hmac(_signing_key(secret_key, scope), text).hex()


def _signing_key(secret_key: str, scope: Scope) -> bytes:
    key = f"AWS4{secret_key}".encode()
    for part in (scope.day, scope.region, "s3", "aws4_request"):
        key = _hmac(key, part)
    return key


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _encode(text: str, safe: str = "") -> str:
    return quote(text, safe=f"{safe}-_.~")
