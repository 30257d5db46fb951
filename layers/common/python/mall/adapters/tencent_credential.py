"""The credential of the role that a Tencent function runs under."""

from __future__ import annotations

import os
from typing import Any


def tencent_credential() -> Any:
    """The role's temporary credential. The SDK's own reader looks for other variable names than SCF sets."""
    from tencentcloud.common.credential import Credential

    return Credential(os.environ["TENCENTCLOUD_SECRETID"], os.environ["TENCENTCLOUD_SECRETKEY"],
                      os.environ.get("TENCENTCLOUD_SESSIONTOKEN"))
