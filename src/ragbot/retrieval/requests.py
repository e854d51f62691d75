"""What a polite or a wide question comes down to: "Could you give me an overview of X?" is "Tell me
about X."

The models that read a question with the notes look for what answers it, and no note is an overview.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_WIDE = re.compile(
    r"\W*(?:please,? )?(?:(?:can|could|would|will) you (?:please )?)?"
    r"(?:give|show|write|provide)(?: me)? (?:an?|the|some) "
    r"(?:(?:quick|short|brief|general|rough|little) )*"
    r"(?:overview|summary|introduction|rundown|explanation) (?:of|to|on|about) (?P<what>.+?)"
    r"(?:,? please)?\W*",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"\W*(?:please,? )?(?:can|could|would|will) you (?:please )?"
    r"(?P<verb>explain|describe|tell me about|name|list)(?: to me)? (?P<what>.+?)(?:,? please)?\W*",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\W*(?:tell me about|explain|describe) (?P<name>[\w .&+/-]+?)\W*", re.IGNORECASE
)
_SUCH_AS = re.compile(r",? such as [^?.!;]+(?=[?.!]*$)")


def plainly_asked(question: str) -> str:
    """The question without courtesy, and without the examples that it ends with."""
    if wide := _WIDE.fullmatch(question):
        return f"Tell me about {_SUCH_AS.sub('', wide['what'])}."
    if polite := _POLITE.fullmatch(question):
        return f"{polite['verb'].capitalize()} {_SUCH_AS.sub('', polite['what'])}."
    return question


def asked_what_it_is(question: str, knows: Callable[[str], bool]) -> str:
    """ "Tell me about Boxes" is "What is Boxes?", where the notes know the name."""
    about = _ABOUT.fullmatch(question)
    return f"What is {about['name']}?" if about and knows(about["name"]) else question
