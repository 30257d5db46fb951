"""A browser for the tests (测试浏览器): the machine's Chromium, else Debian's, for everybody or for this user alone.

    found = ensure_installed()        # None, loudly, where it cannot be had
    found.program, found.environment

A font with Chinese letters comes with it, so that pictures show what people read.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from infra.local import debian

PACKAGES = ("chromium-headless-shell",)  # all of the browser that a test needs, and no desktop
FONTS = ("fonts-wqy-microhei",)
NAMES = ("chromium-headless-shell", "chromium", "google-chrome")
_UNPACKED = "usr/lib/chromium/chromium-headless-shell"  # itself, not the script that starts it
_FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>/usr/share/fonts</dir><dir>{fonts}/usr/share/fonts</dir><cachedir>{fonts}/cache</cachedir>
</fontconfig>
"""


class Chromium(NamedTuple):
    program: str
    environment: dict[str, str]


def find() -> Chromium | None:
    """The machine's, else the one that was unpacked for this user."""
    installed = next(filter(None, map(shutil.which, NAMES)), None)
    own = debian.private_folder("chromium")
    if installed:
        return Chromium(installed, _with_fonts(dict(os.environ)))
    if not (own / _UNPACKED).is_file():
        return None
    return Chromium(str(own / _UNPACKED), _with_fonts(debian.environment(own)))


def ensure_installed() -> Chromium | None:
    try:
        debian.provide(PACKAGES, debian.private_folder("chromium"), lambda: find() is not None)
    except debian.NotProvided as problem:
        print(f"!!! CHROMIUM IS NOT AVAILABLE: {problem}. Everything that needs it is skipped.", file=sys.stderr,
              flush=True)
        return None
    try:
        debian.provide(FONTS, debian.private_folder("fonts"), _shows_chinese)
    except debian.NotProvided as problem:
        print(f"no font with Chinese letters, so pages are drawn with boxes: {problem}", file=sys.stderr, flush=True)
    return find()


def _shows_chinese() -> bool:
    if _unpacked_fonts() is not None:
        return True
    if shutil.which("fc-list") is None:
        return any(Path("/usr/share/fonts/truetype/wqy").glob("*"))
    return bool(subprocess.run(["fc-list", ":lang=zh"], check=False, capture_output=True).stdout)


def _unpacked_fonts() -> Path | None:
    own = debian.private_folder("fonts")
    return own if (own / "usr/share/fonts").is_dir() else None


def _with_fonts(environment: dict[str, str]) -> dict[str, str]:
    fonts = _unpacked_fonts()
    if fonts is None:
        return environment
    written = fonts / "fonts.conf"
    if not written.is_file():
        written.write_text(_FONTCONFIG.format(fonts=fonts), encoding="utf-8")
    return {**environment, "FONTCONFIG_FILE": str(written)}


if __name__ == "__main__":
    sys.exit(ensure_installed() is None)
