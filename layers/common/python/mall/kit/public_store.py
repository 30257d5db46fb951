"""What everybody may read of object storage: the address of an object, and of a picture in the size that is shown.

A picture under CHECKED is there in each of SIZES: as a file beside it, or, on COS, drawn from it by the service itself
when it is asked for (数据万象, `imageMogr2`). Other addresses are shown as they are.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote, unquote

PUBLIC = "public/"
CHECKED = "public/checked/"  # what lies below went through a check, and nobody writes there but who checks
FOR_EVER = "public, max-age=31536000, immutable"  # of an object whose name is never used again
SMALL, MEDIUM, LARGE = SIZES = (160, 480, 1080)  # pixels wide
PICTURES = (".jpg", ".png", ".webp")


class Unfit(Exception):
    """A file that is not taken. Its text is the sentence that its owner reads."""


class PublicStore(NamedTuple):
    """`base`: what stands before `/public/...`; `flavour`: s3, or cos, which draws the sizes itself."""

    base: str
    flavour: str = "s3"

    def url_of(self, key: str) -> str:
        return f"{self.base}/{quote(key)}"

    def key_of(self, url: str) -> str | None:
        """None: it is not ours."""
        start = f"{self.base}/"
        return unquote(url.removeprefix(start)) if self.base and url.startswith(start) else None

    def small(self, url: str | None) -> str | None:
        """As a face is shown."""
        return self.sized(url, SMALL)

    def medium(self, url: str | None) -> str | None:
        """As a card of a list or a line of an order is shown."""
        return self.sized(url, MEDIUM)

    def large(self, url: str | None) -> str | None:
        """As a page shows it, from side to side."""
        return self.sized(url, LARGE)

    def sized(self, url: str | None, width: int) -> str | None:
        """The address of the picture at this width (one of SIZES)."""
        key = url and self.key_of(url)
        if not key or not key.startswith(CHECKED) or not key.endswith(PICTURES):
            return url
        if self.flavour == "cos":  # never larger than the picture; where it cannot be drawn, the picture itself
            return f"{self.url_of(key)}?imageMogr2/thumbnail/{width}x{width * 15}%3E/format/webp/ignore-error/1"
        return self.url_of(sized_key(key, width))


def sized_key(key: str, width: int) -> str:
    """`a/b.jpg` at 480: `a/b_480.webp`."""
    return f"{key.rpartition('.')[0]}_{width}.webp"
