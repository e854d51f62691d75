"""What the attributes of an HTML tag say, and whether they but lay it out."""

from __future__ import annotations

import html
import re

_ATTRIBUTE = re.compile(r"([\w:-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+)))?")
_HARMLESS = frozenset(
    """align alt bgcolor border cellpadding cellspacing class color colspan dir face height id lang
    name open rel rowspan scope size span start target title type valign width""".split()
)
_LOOKS = re.compile(
    r"(?:\s*(?:text-align|vertical-align|(?:min-|max-)?(?:width|height)|border|padding|margin"
    r"|background|white-space|font-weight|font-style)[\w-]*\s*:[^;:()]*(?:;|$))*\s*"
)


def attributes_of(more: str) -> dict[str, str]:
    return {
        name.lower(): one or other or third or ""
        for name, one, other, third in _ATTRIBUTE.findall(more)
    }


def only_looks(more: str) -> bool:
    """Whether a tag's attributes run nothing, hide nothing and fetch nothing."""
    told = attributes_of(more)
    style, link = told.pop("style", ""), told.pop("href", "")
    told.pop("src", "")  # of a picture, whose words alone are kept
    safe = re.match(r"\s*(?:javascript|data|vbscript)\s*:", html.unescape(link), re.I) is None
    return safe and _LOOKS.fullmatch(style) is not None and _HARMLESS.issuperset(told)
