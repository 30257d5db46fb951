"""What the clients of the clouds' own services have in common: the function's role, and their time budget."""

from __future__ import annotations

import os
from typing import Any

from mall.kit.deadline import Budget


def tencent_credential() -> Any:
    """The role's temporary credential. The SDK's own reader looks for other variable names than SCF sets."""
    from tencentcloud.common.credential import Credential

    return Credential(os.environ["TENCENTCLOUD_SECRETID"], os.environ["TENCENTCLOUD_SECRETKEY"],
                      os.environ.get("TENCENTCLOUD_SESSIONTOKEN"))


def tencent_profile(budget: Budget) -> Any:
    """Its SDK has one timeout, for connecting and for reading, and waits 60 s when it is not told one; it asks once."""
    from tencentcloud.common.profile.client_profile import ClientProfile
    from tencentcloud.common.profile.http_profile import HttpProfile

    return ClientProfile(httpProfile=HttpProfile(reqTimeout=budget.read_s))


def aws_config(budget: Budget) -> Any:
    """Its SDK waits 60 s and tries five times when it is not told otherwise."""
    from botocore.config import Config

    return Config(connect_timeout=budget.connect_s, read_timeout=budget.read_s,
                  retries={"mode": "standard", "total_max_attempts": budget.tries})
