"""docs/errors.md: every refusal by its code, from the classes themselves."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import mall
from mall.app import registry
from mall.kit.errors import MallError

from infra.docs.words import table

_HEAD = """# Errors

Every refusal has this shape, whatever the entrance; `status` is also the HTTP status:

```json
{"ok": false, "request_id": "...",
 "error": {"code": "...", "message": "...", "field": null, "data": {}, "retryable": false}}
```

The client decides by `code`, shows `message`, and may send the same request again when `retryable` is true. `data`
holds what this one case is about, such as what is left of the stock.

"""


@cache
def all_errors() -> tuple[type[MallError], ...]:
    """Every error class of the mall: its modules are loaded and the functions too."""
    registry.load()
    for module in pkgutil.walk_packages(mall.__path__, "mall."):
        importlib.import_module(module.name)
    found: list[type[MallError]] = []
    waiting = [MallError]
    while waiting:
        error = waiting.pop()
        waiting += error.__subclasses__()
        if error not in found and error.__module__.split(".")[0] in ("mall", "functions"):
            found.append(error)
    return tuple(sorted(found, key=lambda error: (error.status, error.code, error.__module__)))


def page() -> str:
    rows = [[f"`{error.code}`", str(error.status), error.message, "yes" if error.retryable else "no",
             f"`{error.__module__.removeprefix('mall.')}`"] for error in all_errors()]
    return _HEAD + table(["code", "status", "sentence", "retryable", "where"], rows)
