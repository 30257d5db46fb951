"""The Pythons of this machine, by version: packages are compiled and tried with that of their platform."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

# Where version managers keep them: pyenv, uv.
KEPT = (".pyenv/versions/{version}.*/bin/python{version}",
        ".local/share/uv/python/cpython-{version}.*/bin/python{version}")


@cache
def interpreter(version: str) -> str | None:
    """A Python of this version ("3.10") on this machine, or None."""
    if version == f"{sys.version_info[0]}.{sys.version_info[1]}":
        return getattr(sys, "_base_executable", sys.executable)
    kept = [str(path) for pattern in KEPT for path in sorted(Path.home().glob(pattern.format(version=version)))]
    for candidate in [*kept, shutil.which(f"python{version}")]:
        if candidate and subprocess.run([candidate, "-c", ""], capture_output=True).returncode == 0:
            return candidate
    return None
