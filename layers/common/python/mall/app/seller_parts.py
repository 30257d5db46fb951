"""What is told of a seller (商家资料), however it comes about: the words that its actions share."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mall.app.fields import in_form
from mall.domains.sellers.rules import licence_of

LicenceNo = Annotated[str, Field(pattern=r"^[0-9A-Z]{18}$", max_length=18), in_form(licence_of)]  # 统一社会信用代码
