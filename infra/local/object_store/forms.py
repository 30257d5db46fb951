"""A browser's form upload: may these fields, with this file, be stored under this policy?

From Amazon's "POST Policy": the policy is what we signed, so everything that a form may carry must
be named in it, and what it names must hold.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from . import signatures
from .keys import Keys
from .refusals import Refusal

FREE_FIELDS = {"x-amz-signature", "policy", "file"}
NEEDED_FIELDS = ("key", "policy", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature")


def admit(fields: Mapping[str, str], bucket: str, size_bytes: int, keys: Keys, now: datetime) -> None:
    """Raise a `Refusal` unless the policy is ours, unexpired, and met. `fields`: names in lower case, no file."""
    policy = _signed_policy(fields, keys)
    if now >= _expiration(policy):
        raise Refusal("AccessDenied", "Invalid according to Policy: Policy expired.")
    values = {**fields, "bucket": bucket}
    covered = {_check(condition, values, size_bytes) for condition in policy["conditions"]}
    extra = sorted(name for name in values if name not in covered | FREE_FIELDS and not name.startswith("x-ignore-"))
    if extra:
        raise Refusal("AccessDenied", f"Invalid according to Policy: Extra input fields: {', '.join(extra)}")


def _signed_policy(fields: Mapping[str, str], keys: Keys) -> dict[str, Any]:
    missing = [name for name in NEEDED_FIELDS if name not in fields]
    if missing:
        raise Refusal("AccessDenied", f"The form lacks the fields {', '.join(missing)}.")
    if fields["x-amz-algorithm"] != signatures.ALGORITHM:
        raise Refusal("InvalidArgument", f"x-amz-algorithm must be {signatures.ALGORITHM}.")
    scope = signatures.read_scope(fields["x-amz-credential"], "InvalidArgument")
    signatures.read_stamp(fields["x-amz-date"], scope, "InvalidArgument")
    expected = signatures.policy_signature(keys.secret_key, scope, fields["policy"])
    signatures.check(scope, keys, expected, fields["x-amz-signature"])
    try:
        policy = json.loads(base64.b64decode(fields["policy"], validate=True))
    except (binascii.Error, ValueError):
        raise Refusal("InvalidPolicyDocument", "The policy is not base64 of JSON.") from None
    if not isinstance(policy, dict) or not isinstance(policy.get("conditions"), list):
        raise Refusal("InvalidPolicyDocument", "The policy lacks its conditions.")
    return policy


def _expiration(policy: Mapping[str, Any]) -> datetime:
    try:
        moment = datetime.fromisoformat(str(policy.get("expiration")))
    except ValueError:
        raise Refusal("InvalidPolicyDocument", "The policy's expiration is not an ISO 8601 time.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _check(condition: Any, values: Mapping[str, str], size_bytes: int) -> str:
    """The field that this condition covers; raises when it does not hold."""
    match condition:
        case dict() if len(condition) == 1:
            ((name, wanted),) = condition.items()
            return _equal(str(name).lower(), wanted, values, condition)
        case ["eq", str() as name, wanted] if name.startswith("$"):
            return _equal(name[1:].lower(), wanted, values, condition)
        case ["starts-with", str() as name, str() as start] if name.startswith("$"):
            if not values.get(name[1:].lower(), "").startswith(start):
                raise _failed(condition)
            return name[1:].lower()
        case ["content-length-range", low, high] if str(low).isdigit() and str(high).isdigit():
            if size_bytes < int(low):
                raise Refusal("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
            if size_bytes > int(high):
                raise Refusal("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
            return "file"
    raise Refusal("InvalidPolicyDocument", f"Unknown policy condition: {json.dumps(condition)}")


def _equal(name: str, wanted: Any, values: Mapping[str, str], condition: Any) -> str:
    if values.get(name) != wanted:
        raise _failed(condition)
    return name


def _failed(condition: Any) -> Refusal:
    return Refusal("AccessDenied", f"Invalid according to Policy: Policy Condition failed: {json.dumps(condition)}")
