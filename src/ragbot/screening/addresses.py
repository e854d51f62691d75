"""Addresses of the web and of mail, with a scheme or bare.

Everything is bounded, so that no run of dots or letters makes a search slow.
"""

from __future__ import annotations

import re

# Resources of Kubernetes, libraries and some products are named like an address, and a path may
# begin with the name of a file or of a product ("Node.js/Express").
_NO_HOST = (
    r"(?:[\w-]{1,63}\.){0,8}(?:(?:k8s|kubernetes|draw|socket|java)\.io"
    r"|(?:asp|ado|vb|javax?|system)\.net|(?:log|logger|logging)\.info)\b"
)
_ENDINGS = (
    "com|net|org|io|co|dev|app|info|biz|xyz|click|link|site|online|top|shop|live|support|help"
    "|example|test"
)
_FILES = "cc|cs|db|gz|go|hs|js|kt|md|pl|ps|py|rb|rs|sh|tf|ts"
ADDRESS = re.compile(
    r"\bhttps?:\S+|\bwww\.\w\S*|(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}\w{1,24}"
    rf"|(?<![\w-])(?!{_NO_HOST})(?:[\w-]{{1,63}}\.){{1,8}}"
    rf"(?:(?:{_ENDINGS})\b(?:[/:?]\S*)?|(?!(?:{_FILES})/)[a-z]{{2}}/\S+)",
    re.IGNORECASE,
)
