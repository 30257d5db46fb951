"""Towns in which two callers want the same order, stock, coupon or seat at the same moment.

A file a chapter, or a subject of a chapter; each file of this folder is read, so that a new one needs no list.
"""

from __future__ import annotations

import importlib
import pkgutil

from tests.crash.pairs.kept import PAIRS, Pair

__all__ = ["PAIRS", "Pair"]

for _chapter in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_chapter.name}")
