"""XML 1.0 written by hand: text and attributes escaped, what XML cannot hold replaced.

No tree is built: a page of a hundred records is put together from texts.
"""

from __future__ import annotations

import re
from typing import Any, Final

DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"

# Source: XML 1.0 (fifth edition), production 2 (Char). Not even a character reference may stand for these.
_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PLAIN: Final = re.compile("[^&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]*")
_MARKUP: Final = re.compile("[&<>\r]")
_IN_ATTRIBUTES: Final = re.compile("[&<>\"'\t\n\r]")
_REFERENCES: Final = {
    "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;",
    "\t": "&#9;", "\n": "&#10;", "\r": "&#13;",
}  # fmt: skip
_REPLACEMENT: Final = "\ufffd"


def text(value: Any) -> str:
    """`value` as the content of an element; characters that XML 1.0 forbids become U+FFFD."""
    said = str(value)
    if _PLAIN.fullmatch(said):
        return said
    return _MARKUP.sub(_reference, _FORBIDDEN.sub(_REPLACEMENT, said))


def attribute(value: Any) -> str:
    """`value` as the content of an attribute in quotes of either kind."""
    return _IN_ATTRIBUTES.sub(_reference, _FORBIDDEN.sub(_REPLACEMENT, str(value)))


def _reference(found: re.Match[str]) -> str:
    return _REFERENCES[found.group()]


def element(name: str, value: Any, **attributes: Any) -> str:
    """`<name a="b">value</name>` with escaped value and attributes; attributes without value are left out.

    Args:
        attributes: a colon of a name is written as two underscores (`rdf__resource`).
    """
    return f"<{name}{_attributes(attributes)}>{text(value)}</{name}>"


def empty(name: str, **attributes: Any) -> str:
    """`<name a="b"/>`, as `element` without a value."""
    return f"<{name}{_attributes(attributes)}/>"


def _attributes(attributes: dict[str, Any]) -> str:
    return "".join(
        f' {name.replace("__", ":")}="{attribute(value)}"' for name, value in attributes.items() if value is not None
    )
