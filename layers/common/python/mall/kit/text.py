r"""Text as people type it, in the one form in which it is kept, compared and searched.

A phone pasted in full-width digits, a name with a blank that no screen shows, a code with a mark of direction in it:
each door of the mall (input, import, page, notice) brings text into its form by these functions, so that what is
saved can be saved again and what is stored can be found. `line`, `lines`, `code` and `phone` never fail; the patterns
and `shows` say what is then refused. Patterns name ASCII digits and letters: `\d` and `\w` mean those of every script.
"""

from __future__ import annotations

import re
import unicodedata

# No width on any screen, and no business in a name: soft hyphen, zero-width space, word joiner, byte order mark, tags.
# Joiners and selectors stay where emoji and some scripts are written with them, and go where a plain letter is before
# them. Marks of Mongolian stay behind its letters.
_UNSEEN = (r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2060-\u2065\u206a-\u206f"
           r"\ufeff\uffa0")
_BLANK_LETTERS = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # letters and marks by name, blanks by sight
_TURNING = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # they turn the letters after them around
_CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufff9-\ufffb"
_MARKS = re.compile(f"[{_TURNING}]")
_PLAIN = "0-9A-Za-z\u00c0-\u024f\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3"
_DROPPED = re.compile("[\u00ad\u034f\u17b4\u17b5\u200b\u2060-\u2065\u206a-\u206f\ufe00-\ufe0d\ufeff"
                      "\U000e0000-\U000e0fff]|(?<![\u1800-\u18aa])[\u180b-\u180f]+")
_JOINING = re.compile(f"(?<=[{_PLAIN}])[\u200c\u200d\ufe0e\ufe0f]+(?!\u20e3)")
_EDGES = re.compile(rf"^[\s{_UNSEEN}]+|[\s{_UNSEEN}]+$")  # every blank of every script
_BLANKS = re.compile("[\u00a0\u115f\u1160\u1680\u2000-\u200a\u202f\u205f\u2800\u3000\u3164\uffa0]")
_ENDS = re.compile("\r\n?")
_HALF_WIDTH = {wide: wide - 0xFEE0 for first, last in ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A))
               for wide in range(first, last + 1)}
_PHONE_MARKS = re.compile(  # what people and address books set between and around the digits
    rf"[ \t()\-\u00b7\u2010-\u2015\u2212\u200c\u200d{_TURNING}{_UNSEEN}]")
_BETWEEN_NAMES = re.compile(r"[\s.\u00b7\u2022\u2027\u30fb]+")  # 阿依古丽·买买提 is written with any of them
_GROUPS, _BLANK = re.compile(r"[ \t\u2010-\u2015\u2212-]+"), re.compile(r"[ \t]+")
_COUNTRY = re.compile(r"(?:\+|00)?86(?=1[3-9][0-9]{9}$)")

ONE_LINE = rf"^[^{_CONTROLS}\t\n\r\u2028\u2029{_TURNING}]*$"
LINES = rf"^[^{_CONTROLS}{_TURNING}]*$"
PHONE = r"^1[3-9][0-9]{9}$"
SKU_CODE = r"^[0-9A-Za-z_.:-]{1,64}$"
URL = (r"^https?://[^\x00-\x20\x7f-\xa0\u00ad\u061c\u115f\u1160\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f"
       r"\u2800\u3000\u3164\ufeff\uffa0\"'<>]+$")


def line(text: str) -> str:
    """A name or title: composed (NFC), letters and digits half-width, blanks as blanks, nothing unseen at its edges."""
    return text.strip() if text.isascii() else _composed(_BLANKS.sub(" ", text.translate(_HALF_WIDTH)))


def _composed(text: str) -> str:
    """NFC, without what nobody sees. What goes may bring letters and marks together: until nothing changes."""
    while (kept := _EDGES.sub("", _JOINING.sub("", unicodedata.normalize("NFC", _DROPPED.sub("", text))))) != text:
        text = kept
    return text


def name_key(text: str) -> str:
    """What a person's name is found by: the name without its blanks and dots, in one case."""
    return _BETWEEN_NAMES.sub("", code(line(text))).casefold()


def lines(text: str) -> str:
    """Longer text: composed, its lines ending one way. What its maker set in full width stays so."""
    text = _ENDS.sub("\n", text)
    return text.strip() if text.isascii() else _composed(text)


def pasted(text: str) -> str:
    """What was copied from somewhere: without the marks that a phone's address book sets around a number."""
    return lines(_MARKS.sub("", text))


def code(text: str) -> str:
    """What a machine or a label gave: compatible letters are one letter (NFKC), nothing unseen at its edges."""
    return text.strip() if text.isascii() else _EDGES.sub("", unicodedata.normalize("NFKC", text))


def ungrouped(text: str, *, dashes: bool = True) -> str:
    """A code that is printed in groups: without the blanks between them, and without the dashes unless they count."""
    return code((_GROUPS if dashes else _BLANK).sub("", code(text)))


def typed_id(text: str) -> str:
    """The id behind what a person typed, read out or pasted: in any case, with blanks between its groups."""
    prefix, mark, number = ungrouped(text, dashes=False).partition("_")
    return f"{prefix.lower()}{mark}{number.upper()}"


def phone(text: str) -> str:
    """A mobile number of the mainland by its eleven digits: without +86, 0086, blanks, dashes and brackets."""
    return _COUNTRY.sub("", code(_PHONE_MARKS.sub("", code(text))), count=1)


def shows(text: str) -> bool:
    """Whether a screen shows anything of it: a letter, digit, sign or picture."""
    return any(unicodedata.category(each)[0] in "LNPS" and each not in _BLANK_LETTERS for each in text)


def hides(text: str) -> bool:
    """Whether something in it cannot be seen or is a blank of its own making: no code may."""
    return _composed(text) != unicodedata.normalize("NFC", text) or any(
        unicodedata.category(each) in ("Cc", "Cf", "Cs", "Zl", "Zp") or each in _BLANK_LETTERS for each in text)
