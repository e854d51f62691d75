"""What people say between questions, about the answer or around the question itself.

"That was quick! And Step Functions?"   asks: Step Functions?
"that's wrong"  "shorter please"        ask for the last answer again
"""

from __future__ import annotations

import re

# Such a word opens names, too: "Cool tier?", "Right-sizing?"
_APPROVES = (
    r"(?:well|right|great|cool|nice|perfect|wait|brilliant|excellent|awesome|lovely|wonderful"
    r"|amazing|fantastic|super|never ?mind|nvm|forget (?:it|that))"
    r"(?: (?:answer|explanation|stuff|one|work|job))?(?=\s*[,.!:?]|\s*$"
    r"|\s(?:and|so|but|then|if|what|how|which|where|when|why|is|are|does|do|can|i|thanks|thank|thx)\b)"
)
_GREETS = (
    r"(?:hi|hello|hey|good (?:morning|afternoon|evening|day))(?: there| all| everyone| again)?"
)
_THANKS = (
    r"(?>(?:(?:many )?thanks|thank you|thx|ty|cheers|much appreciated)"
    r"(?: (?:again|a lot|a bunch|indeed|in advance|(?:ever |very |so )*much|mate"
    r"|for (?:the|your|all|that|this|explaining)\b[^,.!?:;]*))*)"
)
_JUDGED = (
    r"wonderful|great|perfect|quick|brilliant|excellent|amazing|awesome|fantastic|impressive|lovely"
    r"|helpful|useful|interesting|surprising|confusing|good|nice|cool|fine|neat|clear(?:er)?|right"
    r"|wrong|true|false|correct|incorrect|exactly (?:what|my|the|it)|just what|what i|all i|a lot"
    r"|a pity|a relief|a shame|it(?= *[,.!]|$)"
)
# "That was exactly my question. ...", "it makes sense, ...", up to where the next clause begins.
_REMARK = (
    r"(?:(?:that|this|it)(?:(?:['’]?s| is| was| sounds| looks| seems)"
    rf"(?: (?:so|really|very|too|quite|super|just|all|pretty|not))*? (?:{_JUDGED})"
    r"| (?:really |has )?help(?:s|ed)(?: a lot| much| me| us)?(?= *[,.!:;]| and| but| so|$)"
    r"| makes (?:a lot of |perfect )?sense)|makes (?:a lot of |perfect )?sense"
    r"|(?:you|u)(?:['’]?re| are|r) wrong"
    r"|i am (?:most |much |very )?(?:obliged|grateful)"
    r"|(?:one |a )?(?:last|more|final|other|quick|follow[ -]?up)(?: follow[ -]?up)?"
    r"(?: thing| question)?(?=[,:])(?:,? if i may)?|(?:just )?to be clear|out of curiosity)\b"
    r"(?:(?! (?:and|but|so|then|what|how|which|where|when|why|is|are|does|do|can|could|will)\b)"
    r"[^,.!?:;])*"
)
_OPENING = re.compile(
    rf"^(?:(?:{_APPROVES}|{_REMARK}|{_THANKS}|{_GREETS}"
    r"|and|or|but|so|then|also|ok(?:ay)?|hm+|yes|no|sorry|oh|now|i see|got it|understood"
    r"|interesting|fair enough|good to know|a+h+|aha|wow|alright|all right|sure|gotcha|btw"
    r"|by the way|actually|(?:no,? )?i mean(?:t)?|i (?:asked|was asking) about"
    r"|i wonder(?=,)|not really)"
    r"\b(?!-\w)"
    r"[\s,.!:-]*)*(?:(?:what|how) about\b|what of\b|(?:(?:is|are) (?:it|they) )?(?:the )?same"
    r" (?:for|with)\b"
    r"|(?:(?:please|can you|could you|would you(?: be so kind as to)?)[\s,]+)*(?:tell|show|give)"
    r" me the same (?:for|about|of|on|with)\b"
    r"|same question (?:for|about|on|with)\b|(?:likewise|ditto) (?:for|with)\b"
    r"|(?:does|do|would|will) (?:that|this|the same|it(?= (?:also |still )?hold)) (?:also |still )?"
    r"(?:hold|apply|go)(?: true)? (?:for|to)\b)?"
    r"[\s,]*",
    re.IGNORECASE,
)
_GREETING = re.compile(rf"^(?:(?:{_GREETS}|{_THANKS})\b[\s,.!:-]+)+(?=\w)", re.IGNORECASE)
# "and Wait?", of a state of that name.
_NAMED = re.compile(r"\b(?:and|or) ([A-Z][a-z]+\W*)$")

_ASKED = r"(?:(?:please|just|can you|could you|would you|will you)[\s,]+)*"
_MORE = (
    r"(?:tell|show|give|explain|describe|elaborate)\b"
    r"(?: me| us)?(?: (?:a bit|some|any|an))?(?: (?:more|further|details?|examples?))*"
    r"(?: (?:of|about|on))?(?: (?:it|that|this|them))?|go on|continue|(?:anything|what) else|more"
    r"|expand(?: on (?:it|that|this))?|go deeper"
    r"|(?:some |any |an |more )?(?:details?|examples?)|like what|such as|for (?:example|instance)"
)
_DOUBTS = (
    r"really|seriously|for real|(?:not )?(?:wrong|true|right|correct)|incorrect|nonsense|nope"
    r"|no way|what|huh|what do you mean(?: by (?:that|this|it))?|meaning"
    r"|(?:that|this|it) (?:can['’]?t|cannot|doesn['’]?t|does not) (?:be|sound|look|seem)"
    r" (?:right|true|correct)|i doubt (?:it|that|this)|(?:you|u) are (?:wrong|mistaken)"
    r"|(?:are )?(?:you |u )?(?:really |absolutely |quite |very |so |100 ?% )*"
    r"(?:sure|certain|positive)(?: (?:about|of) (?:it|that|this))?"
    r"|(?:is|was) (?:that|it|this) (?:still )?(?:so|all|right|true|correct|sure|ok(?:ay)?)"
    r"|i (?:still |really )*(?:don['’]?t|do not|can['’]?t) (?:get|understand|follow|believe)"
    r"(?: (?:it|that|this|you))?|(?:i['’]?m|i am) (?:lost|confused|not (?:sure|convinced))"
    r"|(?:double[ -]?)?check (?:again|(?:it|that|this)(?: again)?)|pardon|come again"
)
_FORM = (
    r"(?:(?:much |a bit |even )?(?:shorter|simpler|briefer)|briefly|simply|tl;? ?dr|eli ?5"
    r"|(?:as|in) (?:bullets|bullet points)|in short|short answer"
    r"|(?:just|only) the (?:number|answer)"
    r"|too (?:long|complicated|short)|like i['’]?(?:m| am) (?:five|5|a \w+)"
    r"|(?:in|as|with) (?:a|an|one|two|three|other|short|simple|simpler|plain|fewer|your own)"
    r"(?: (?:short|simple|few|single))? (?:table|list|sentences?|words?|terms|points|nutshell))"
)
_WISHES = (
    r"(?:make|say|put|explain|repeat|rephrase|summari[sz]e|sum|cite|quote|prove|shorten|dumb)"
    r"(?: it| that| this)?(?: up| down)?(?: to me)?(?: again| once more| short)?"
    rf"(?: {_FORM})?|{_FORM}|(?:once more|again)"
    r"|(?:(?:give|show|make|write)(?: me| us)? )?(?:a |the )?(?:short |brief )?summary"
    r"|(?:give|show|make|write)(?: me| us)? (?:a|the) (?:table|list|short version|overview)"
    r"(?: of (?:it|that|this))?"
)
_SOURCES = (
    r"(?:what(?:['’]?s| is| are) (?:the|your) )?(?:sources?|references?|citations?)"
    r"|(?:do you have )?(?:a|any) (?:source|reference|link)s?(?: for (?:it|that|this))?|link"
    r"|(?:in |on |from )?(?:which|what) (?:page|file|document)"
    r"(?: is (?:that|it|this)(?: on| from| in)?)?"
    r"|where is (?:that|it|this) written|show me where|who says (?:so|that|this)|says who"
    r"|where (?:does it|do the notes|do they) say (?:so|that|this)|how do you know(?: that| this)?"
    r"|where did you (?:get|find|read|see) (?:it|that|this)(?: from)?"
)
_AGAIN = re.compile(
    rf"{_ASKED}(?:{_MORE}|{_DOUBTS}|{_WISHES}|{_SOURCES})(?:,? please)?", re.IGNORECASE
)


def without_opening(question: str) -> str:
    """The question without what it was opened with: greetings, thanks, remarks and connectives."""
    opening = _OPENING.match(question)
    rest = question[opening.end() :].strip() if opening else question
    named = _NAMED.search(question)
    return named[1] if named and not rest.strip(" ?!.") else rest


def without_greeting(question: str) -> str:
    return _GREETING.sub("", question)


def asks_again(text: str) -> bool:
    """Whether it asks for no more than the last answer: for more of it, its source, another form,
    or whether it is right."""
    return _AGAIN.fullmatch(text) is not None
