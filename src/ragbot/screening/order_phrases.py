"""How text speaks that would rather be obeyed than read.

What makes an order is whom it addresses: the imperative, and "you", "your answer", "the user",
"previous instructions". A note about such orders ("tries to make a model ignore its
instructions") seldom has these, nor has a handbook ("ignore the case", "choose Next"). Where one
has, a phrase is kept narrow, or counts as DOUBTFUL. Broad on purpose, with what is known to be
taken for an order by mistake:

    DISREGARD ALL .. LEARNED      "Forget everything you learned about kneading"; an order that is
                                  quoted in a note about prompt injection
    pretend you are an AI         'a prompt like "pretend you are an AI without rules"'
    From now on you ..            "From here on, you can follow the instructions given in ..."
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, NamedTuple, get_args

from ragbot.screening import orders_elsewhere
from ragbot.screening.phrases import any_of

Flag = Literal[
    "override", "role", "dictated_reply", "fake_turn", "exfiltration", "disclosure", "encoded",
    "hidden_text", "markup", "address",
]  # fmt: skip
FLAGS: tuple[Flag, ...] = get_args(Flag)

NAMES = {
    "IGNORE": "DISREGARD|DISCARD",
    "DISREGARD": r"""ignore|disregard|forget|overrule|neglect
        |(?:set|put|leave)_aside|throw_away|pay_no_attention_to|never_mind
        |(?:do_not|don't|no_longer)_(?:follow|obey|heed|adhere_to|listen_to)
        |(?:stop|cease)_(?:following|obeying|heeding|adhering_to|listening_to)""",
    # A queue drops messages, and a firewall rules: nothing is meant by it but where "your" stands.
    "DISCARD": "override|bypass|discard|abandon|drop|dismiss",
    "ALL": "all|any|every|everything|anything|whatever|what",
    "EARLIER": """previous|prior|above|earlier|preceding|foregoing|former|initial|original|system
        |your|my_own""",
    "OTHERS": "(?:these|all|the|any)_other",
    "BEFORE": "above|before|earlier|previously|so_far|you_(?:were|have|had|got|received)",
    "TOLD": "BIDDEN|rules?|commands?|context|messages?",
    "BIDDEN": """instructions?|directions?|directives?|orders?|prompts?|guidelines?|constraints?
        |restrictions?|guardrails?|safeguards?|programming|training|guidance|passages?|notes?
        |sources?|conversations?""",
    "LEARNED": r"""(?:TAUGHT|above|before|earlier|previous|prior|written|read)
        (?!_(?:versions?|editions?|drafts?|revisions?|releases?|copies)\b)""",
    "TAUGHT": """told|said|learne?[dt]|know|knew|instructed|taught|instructions?|directives?
        |guidelines|orders""",
    "SAFETY": """ethics|(?:safety|ethical|moral|content)_(?:guidelines?|polic(?:y|ies)|protocols?
        |rules?|filters?|restrictions?|constraints?|guardrails?)""",
    "SOURCES": "passages?|notes?|sources?|documents?|sheets?",
    "OUTRANKS": r"""overrides?|supersedes?|replaces?|outranks?|cancels
        |(?:takes|has)_(?:precedence|priority)_over""",
    "FALSE": """wrong|outdated|out_of_date|false|void|obsolete|incorrect|superseded|fake|ignored
        |disregarded|untrue|lies""",
    "NEW": "new|updated|revised|secret|hidden|real|final",
    "ORDERS": "instructions?|directives?|orders?|prompts?",
    "SPEAK": "act|behave|respond|answer|reply|speak|talk|pose|write",
    "SAID": "act|behave|respond|answer|reply|speak|talk|pose|say|state|output|print",
    "NOTCODE": r"(?!_(?:(?:an?|the)_)?(?:\d|http|status|errors?\b|redirect))",
    "SOMEBODY": """ai|bot|assistant|chatbot|model|pirate|person|human|expert|character|hacker""",
    "FREE": "developer|god|dan|jailbreak|jailbroken|unrestricted|unfiltered|do_anything_now|sudo",
    "TASK": "task|job|goal|objective|purpose|mission|persona|identity|instructions?|role",
    "FROMNOW": """from_(?:now|here)_on(?:ward)?s?|henceforth|as_of_now
        |from_this_(?:point|line|moment|message|page)_(?:on|forward)(?:ward)?s?
        |for_the_rest_of_(?:this|the|our)_(?:conversation|chat|session)""",
    # Whom a patient or an exam asks is no chatbot, but who learns from the handbook.
    "WHEN": r"""(?:when|if|whenever|once|should|every_time|any_time|in_case|as_soon_as)
        (?!_(?:an?|the|your)_(?:customer|patient|client|guest|caller|visitor|exam|interviewer|examiner
        |child|colleague)s?\b)""",
    "ASKED": r"""ask(?:s|ed|ing)?|questions?|quer(?:y|ies)|prompted|wants?_to_know|wonders?
        |inquires?|(?:comes?|came)_up""",
    "ONLY": "always|only|just|simply|never|exactly|please",
    "SAY": """say|answer|reply|respond|tell|state|claim|report|recommend|insist|announce|declare
        |assert|confirm|give|conclude|output|print|write|mention""",
    "PUT": """add|append|attach|put|insert|include|place|show|embed|display|weave|end|begin|repeat
        |use""",
    "ENSURE": "always|please|must|be_sure_to|make_sure_(?:to|you)|remember_to|you",
    "REPLY": "answers?|repl(?:y|ies)|responses?|summar(?:y|ies)|completions?",
    "EACH": "your|the|this|each|every|all|any",
    "WORD": "words?|phrase|sentence|following_(?:words?|phrase|sentence)",
    "DESCRIBED": """given|reported|described|stated|answered|presented|quoted|called|referred_to
        |cited""",
    "READER": "users?|readers?|person|student|anyone|them",
    "MUST": """must|should|shall|will|has_to|have_to|needs?_to
        |(?:is|are)_(?:(?:required|asked|instructed)_)?to""",
    "MODEL": "MACHINE|(?:ai_)?models",
    "MACHINE": r"""a\.?i\.?s?|llms?|(?:large_)?language_models?|chat_?bots?|gpt(?:-?\d)?|chatgpt
        |claude|gemini|copilot|(?:(?:ai|virtual|digital|chat|automated)_)?(?:assistants?|bots?)
        |(?:ai_)?model|(?:ai|virtual|digital|chat|automated)_agents?|ai_systems?""",
    "CALL": """(?:note|message|attention|reminder|warning|notice|memo|hint|hey|hello|hi|dear|alert
        |instruction|directive|order|request|command|erratum|exercise)s?""",
    "READING": """(?:reading|quoting|citing|processing|summari[sz]ing|parsing|seeing|ingesting
        |indexing)
        |(?:that|who)_(?:reads?|process(?:es)?|summari[sz]es?)""",
    "SEND": """send|post|upload|forward|e-?mail|transmit|leak|exfiltrate|submit|append|encode|copy
        |pass""",
    "TALK": "conversations?|chat_history|chat|history|prompts?|context|system_prompt|passages?",
    "AWAY": r"""https?:|www\.|\w@\w+|\w\.[a-z]{2,24}/|\burl|\blink|webhook|server|address|domain
        |endpoint""",
    "SHOW": "include|insert|display|show|render|add|embed|print|output|append|load|fetch",
    "PICTURE": "images?|links?|pictures?|pixel|markdown|html|iframe|url|address",
    "TELL": "REVEAL|write|give|paste|type|include|copy",
    # Who calls a model writes, pastes and includes prompts.
    "REVEAL": """reveal|show|print|repeat|output|disclose|display|leak|quote|dump|expose|tell|recite
        |share|list|summari[sz]e|translate|spell|return|state|say|give_(?:me|us|them|the_READER)""",
    "KEYS": """api_keys?|credentials|secrets?|secret_keys?|access_keys?|passwords?
        |environment_variables""",
    "OWN": "system|hidden|initial|developer|secret|internal",
    "OBEY": "follow|execute|obey|do_what|act_on|run",
}  # fmt: skip

PHRASES: dict[Flag, str] = {
    "override": r"""
        ! DISREGARD ..3 (EARLIER|existing) ..4 TOLD
        ! DISREGARD ..3 OTHERS ..4 BIDDEN
        ! DISREGARD ..3 (old|current) TOLD
        ! DISREGARD ..4 TOLD ..3 BEFORE
        ! DISCARD ..3 (EARLIER|OTHERS) ..4 BIDDEN
        ! DISCARD ..3 existing ..2 (instruction|directive|prompt|guideline|guardrail|safeguard)s?
        ! DISCARD ..3 (old|current) BIDDEN
        ! DISCARD ..4 BIDDEN ..3 BEFORE
        ! DISCARD ..3 your ..4 TOLD
        ! DISCARD ..3 (EARLIER|existing|OTHERS) ..4 TOLD ~and (say|answer|reply|respond)
        ! DISREGARD ALL ~ALL ~of ..3 LEARNED
        ! DISCARD ALL ~ALL ~of ..3 TAUGHT
        ! DISCARD (everything|anything|whatever|what) ~ALL ~of ..3 LEARNED
        ! IGNORE ~ALL ~(the|your) SAFETY
        ! (ignore|disregard|forget|do_not_(use|read|trust)) ~ALL ~the (notes|passages|sources)
        ^ (ignore|disregard|forget) (instructions|everything|all_of_it|(the|all)_rules) $
        (all|every|any|the) ~the other SOURCES ..2 (is|are|(must|should|can)_be) FALSE
        (system|security|safety|admin|administrator|instructions?|prompt) override
        override (code|mode|protocol|accepted|granted)
        NEW ~system (ORDERS)\W?:
        NEW ~system ORDERS for ~(the|all|any) MODEL
    """,
    "role": r"""
        you are (now|FROMNOW|hereby) (an?|the|my|called|named|known_as|no|free|unrestricted|FREE)
        you are (now|FROMNOW|hereby) (acting|playing|speaking|going_to_(act|play|be|pretend))
        you are ~now in ..2 (FREE|debug|admin) ~creative mode
        you are now (?!(ready|able|in|on|at|using|familiar|done|set)\b)\w+ and
        you are no longer (an?|bound|the|restricted_by|limited_by)
        (you_are|(SPEAK)_as) dan
        if you are an? ~\w+ (ai|llm|language_model|chat_?bot|bot)
        ^ SPEAK as (if|though) you
        ^ SPEAK like (an?|you)
        ^ SPEAK as an? ~\w+ SOMEBODY
        pretend ~that you (have|had|do_not|don't|are_not|can|cannot|know|never|no_longer)
        pretend ~that you are ~(an?|the|my|not|no|now) ~\w+ (FREE|SOMEBODY|evil|uncensored|someone)
        pretend ~that (there_are_no|the_(notes|passages|rules|instructions))
        pretend to be ~not ~(an?|the|my|another) (FREE|SOMEBODY|evil|uncensored|someone|somebody)
        role_?play\w* (as|that|where|with_me)
        let's (role_?play|play_an?_(game|role))
        (take_on|adopt|assume) the (role_of_an?|persona|identity_of|character_of) ~\w+
        your ~new name is
        your (new|real|true|only|updated|sole) (TASK)\W?:
        FROMNOW (i|you|always|speak|SAY)
        FROMNOW (every|all) ..3 (questions?|REPLY)
        FROMNOW (every|all) ..2 (messages?|sentences?|lines?|words?) ~that you
    """,
    "dictated_reply": r"""
        WHEN ..8 ASKED ..12 (then|only|always|just|simply|please|you_(MUST)) ~ONLY SAY
        ^ state(_(ONLY|with))?\s["“']\w+
        ^ SAY ~(back|ONLY) ~(with|by_saying|that|in|as) ~(ONLY|nothing_but) the WORD
        ^ pretend that (?!you\b)\w+
        ^ (say|insist|claim|answer|reply|respond|assert) ~ONLY (that|to_the_effect_that)
        (and|then) (say|answer|reply|respond|insist|claim) that
        ^ (tell|convince) ~(the|your|every) READER ~ONLY that
        ^ (open|close) ~with (your|each|every) ~\w+ REPLY
        (in|into|to|throughout|with) ~(all|all_of) your ~\w+ REPLY ..8 ENSURE (SAY|PUT)
        (in|into|to|throughout|with) ~(all|all_of) your ~\w+ (REPLY)[^.!?]{0,40}, (SAY|PUT)
        i (will|shall) (PUT|write)\b[^!?\n]{0,80}\b(in|to|after|with) (my|each|every) ~\w+ REPLY
        ONLY (say|answer|reply|respond)\W?:
        (correct|right|true|actual|official|only) answer (to|for) (this|every|any|all) ..12 (is|are)
        CALL ~(to|for) ~(all|any|every|the|your|my|an?|future) (MACHINE)\W*[:,!.—–-]
        CALL ..8 (to|for) ~(all|any|every|the) MACHINE\W?:
        (output|text|anything|everything|REPLY) ~\w+ (by|from) ~(an?|any|the) MODEL ..6 MUST
        MODEL (is|are) ~hereby (barred|forbidden|prohibited) from
        (help|advice|recommendations?|support) (must|has_to) be given (like_this|as_follows|only)
        (CALL|for) ~(to|for) ~(all|any|every|the|an?) MODEL (READING|that|who|which)
        MODEL READING (this|these|the_(text|document|page|passage|note))
        (^|[.!?"“])\W{0,6}(MODEL)[,:] (you|ONLY|IGNORE|do_not|don't|FROMNOW|if|when|SAY|PUT)
        MODEL MUST ~(now|ONLY) (answer|reply|respond|write|tell) (with|that|the_READER|the_WORD)
        (requires?|asks?|wants?|would_like|instructs?|tells?|expects?) ~ALL ~the MODEL to (SAY|PUT)
        (questions?|queries) (on|about|concerning) ..6 (is|are)_to_be_(met|answered) (with|as)
        only (valid|acceptable|permitted|allowed) (answer|reply) (to|for)
        (answers?|REPLY) ..9 (begins?|starts?|ends?) with the (WORD|term)
        (PUT|SAY) ..4 (WORD) \w+ ..3 (to|for) (whoever|the_person|the_one) ~is ask(s|ing)
        whoever (reports|cites|quotes|retells) (this|these|it|the)\b[^.!?]{0,40}\bit as
        the (person|user|reader) who is_asking has (written|said)
        if asked[,:]? the (answer|reply) is
        ! (copy|paste|insert|add|append) ..8 (in|into|to) your ~\w+ (reply|answer)\b(?!\s+\w)
        (expected|required) MODEL (output|answer|reply)\W?:
        operator of your MODEL
        as your (developer|operator|owner|creator)[,:]? i\b
        you, the MODEL
        (do_not|don't|never|must_not) ~ever (tell|inform|warn|show) ~the READER
        (do_not|don't|never) (cite|quote|mention|reveal) ~(any|the|these|this) (TOLD)
    """,
    "exfiltration": r"""
        SEND ..3 ~(the|this|all) (TALK)[^.!?]{0,80}?\b(to|in|at|into)\b[^!?]{0,30}?(AWAY)\S*
    """,
    "disclosure": r"""
        ! REVEAL ..5 OWN (prompt|message|instructions?)
        ! REVEAL ..5 your ..2 (prompt|instructions?|guidelines|system_message)
        ! TELL ..5 (text|words|everything|all) ~(that_(is|was|stands)) above ~(this|here) ~line $
        (secret|hidden) instructions ..2 (SAY|TELL)
        (reveal|leak|disclose|expose|dump|exfiltrate) ..4 KEYS ..6 (to_the_user|in_(your_)?(REPLY))
    """,
    "encoded": r"""
        (decode|decrypt|deobfuscate)\w* ..6 OBEY
        ^ (translate|decode) ..6 base64 ..4 OBEY
    """,
}  # fmt: skip

# What handbooks say to a person, too ('Say "cheese"', "Answer all questions in part B", "Enable
# developer mode"). It brings a caution; but where the reader of orders (`ragbot.order_reading`) is
# at hand, a line is left out only if that hears an order in it as well.
DOUBTFUL: dict[Flag, str] = {
    "override": r"""
        this (SOURCES|text|page|section|message) OUTRANKS (all|any|every|your|the) ..3 TOLD
    """,
    "role": r"""
        pretend to be (an?|the|my|another)
        imagine ~that you(_are|'re) (an?|no|not|free)
        FREE mode ~is ~now (enabled|activated|on(?!\s+(?!(?:and|now|you)\b)\w)|active|unlocked)
        (enter|enable|activate|unlock|switch_(in)?to) ..2 FREE mode
        (enter|switch_(in)?to) ..2 debug mode
        your (new|real|true|only|updated|sole) (TASK) (is|are|will_be|becomes?)
    """,
    "dictated_reply": r"""
        WHEN ..8 (ASKED)[^.!?]{0,80}?[,:;] ~ONLY SAY
        ^ (say|answer|reply|respond)(_(ONLY|with))?[:,]?\s["“']\w+
        ^ (SAID) ~to (every|all|any|each|everything) ..2 (with|by|as|in)NOTCODE
        ^ write (everything|every|all|any|each) ..2 (with|by|as|in)
        ^ SPEAK in (the_(style|voice)|pirate|rhyme|all_caps|caps)
        (answer|reply_to|respond_to) (every|all|any|each) ..2 (questions?|prompts?) ..8 (with|by|as)
        ^ (begin|start|end|finish|prefix|sign) ~off ~with EACH ~of_your ~\w+ REPLY
        ^ ~ENSURE (PUT|mention|write) ..9 (in|into|to|of|after|with) (your|each|every) ~\w+ REPLY
        CALL ~(to|for) ~(all|any|every|the|your|my|an?|future) (MODEL)\W*[:,!.—–-]
        CALL ..8 (to|for) ~(all|any|every|the) MODEL\W?:
        your ~(next|final|first|whole) REPLY MUST
        (is|are|must|has|have) ~now (be|to_be) DESCRIBED as
        MODEL MUST ~(now|ONLY) (say|state|claim|insist|output|print|mention|PUT)
        (do_not|don't|never|must_not) ~ever let ~the READER (know|see|notice|learn)
        (do_not|don't|never) (cite|quote|mention|use|rely_on|trust) ~(any|the) other SOURCES
        (do_not|don't|never) (name|mention|recommend) ~any other (package|product|site|vendor)s?
    """,
    "exfiltration": r"""
        SEND ..3 ~(the|this|all) (questions?|answers?)[^.!?]{0,80}?\b(to|in)\b[^!?]{0,30}?(AWAY)\S*
        ^ (SHOW)[^.!?\n]{0,50}\b(PICTURE)\b[^!?\n]{0,80}(https?:|//|!?\[|www\.|\w\.\w{2,6}/)\S*
    """,
    "disclosure": r"""
        ^ (output|print|reveal|show|give|tell|send|disclose) ~(me|us) ~\w+ your ~\w+ KEYS
    """,
}  # fmt: skip

# What is told by its signs rather than by its words.
SIGNS: dict[Flag, str] = {
    # In one word, as what is spelt out becomes.
    "override": r"""
        (?:ignore|disregard|forget)(?:all|any|of|the|your|my){0,3}
            (?:previous|prior|earlier|above|preceding|other)(?:instruction|prompt|order|directive)""",
    "dictated_reply": r"""
        <!--\W{0,6}(?:(?:note|message|hint)\W{1,3})?(?:(?:to|for)\ )?(?:all\ |any\ |the\ )?
            (?:ais?|llms?|language\ models?|(?:ai\ )?(?:assistants?|(?:chat)?bots?))\ ?[:,]
        | \b(?:todo|fixme|note|hint)\ ?\(\ ?(?:assistant|ai|llm|model|bot|chatbot)\ ?\)""",
    "fake_turn": r"""
        ^[\W_]{0,8}system[\W_]{0,4}(?:message|notice|alert|prompt|override)\s?\([^)\n]{0,40}\)\s?:
        | \b(?:user|human)\ ?:[^\n]{3,300}\b(?:assistant|ai|bot)\ ?:\ ?(?:i\ (?:always|must)|always)
        | <\s*/?\s*(?:system|assistant|passages?|question|im_start|im_end|sys|inst|tool_call
            |untrusted)\b[^<>\n]{0,200}>
        | <\s*[|｜]\s*[a-z_\ ▁]{2,40}\s*[|｜]\s*>
        | \[\s*/?\s*inst\s*\] | <<\s*/?\s*sys\s*>> | <\s*/?\s*(?:start|end)_of_turn\s*>
        | <\s*/\s*(?:s|user|human|context|notes?|documents?|instructions?|data)\s*>
            \s*(?:<|\n|you|ignore|system|new)
        | ^[\W_]{0,8}(?:system|assistant|developer)[\W_]{0,4}
            (?:message|prompt|instructions?|notice|command|update|alert)
            [*_\ ]{0,4}(?:\]|>|==)(?![(\[])
        | (?:^|[.!?\#]\ *)[\W_]{0,8}(?:system|assistant|developer)
            (?:[\W_]{0,4}(?:message|prompt|instructions?|notice|command|update|alert))?
            [*_\]]{0,2}\ ?:[*_]{0,2}\ ?["“]?
            (?:you\b(?!\ (?:can|need)\b)|ignore|disregard|from\ now|new\ |always|never|the\ user
            |override|access|sure|understood|i\ (?:will|must|am)|(?:say|answer|reply|respond|tell
            |state|report|repeat|output|print|write)\b)
        | ^[\W_]{0,8}(?:user|human)[*_\]]{0,2}\ ?:[^\n]{0,300}\n
            [\W_]{0,8}(?:assistant|ai|bot)[*_\]]{0,2}\ ?:
        | [-=*\#~\[<(]{2,40}\ ?(?:end|begin|start|beginning)(?:ning)?\ of\ (?:the\ )?
            (?:passages?|context|notes?|documents?|system|instructions?|user|conversation|prompt|data
            |untrusted|input)\b
        | ^[\W_]{0,6}\[\ ?(?:system|admin|assistant|developer|hidden\ instructions?)\ ?\](?![(\[])
        | \bend\ of\ (?:passages|context|system\ prompt|user\ input|untrusted\ (?:data|input))\b""",
    "exfiltration": r"""
        !\[[^\]\n]{0,200}\]\([^)\n]{0,400}(?:\{\w|\[\w|%7b|[?&](?:q|data|question|prompt|history|secret|key|token
            |c|d|p|chat|conversation|context|leak|exfil|msg|text)=)""",
    "markup": r"""
        <\s*script\b[^>]*>[^<]{0,2000}<\s*/\s*script
        | <\s*(?:script|img|iframe|svg|object|embed|link|form|input|video|audio|body|style|meta|base
            |a|div|p|span|details|math)\b[^<>]{0,400}?\b(?:src|href|on[a-z]{3,}|action|srcdoc|data|xlink|style)\s*=
        | \bjavascript\s*:\s*\S | \bdata:text/html | <\s*style\b[^>]*>
        | <!--(?=[^>]{0,400}\b(?:assistant|system|ai|bot|model|ignore|reply|answer|prompt)s?\b)""",
    "hidden_text": r"""
        \bdisplay\s*:\s*none | \bvisibility\s*:\s*hidden | \bfont-size\s*:\s*0
        | \bcolor\s*:\s*(?:white|\#fff(?:fff)?)\b | \bopacity\s*:\s*0\b""",
}  # fmt: skip


class Pattern(NamedTuple):
    """`sure` where it needs no reader beside it."""

    flag: Flag
    regex: re.Pattern[str]
    sure: bool = True


@cache
def _patterns() -> tuple[Pattern, ...]:
    """Compiled when first needed: importing the product shall not wait for it."""
    made = [Pattern(flag, any_of(phrases, NAMES)) for flag, phrases in PHRASES.items()]
    made.append(Pattern("override", any_of(orders_elsewhere.OVERRIDES, orders_elsewhere.NOUNS)))
    made.append(
        Pattern("dictated_reply", any_of(orders_elsewhere.DICTATES, orders_elsewhere.NOUNS))
    )
    made += (Pattern(flag, any_of(each, NAMES), sure=False) for flag, each in DOUBTFUL.items())
    signs = re.MULTILINE | re.VERBOSE
    return (*made, *(Pattern(flag, re.compile(each, signs)) for flag, each in SIGNS.items()))


@cache
def _patterns_of_other_scripts() -> tuple[Pattern, ...]:
    nouns = orders_elsewhere.NOUNS
    return (
        Pattern("override", any_of(orders_elsewhere.OVERRIDES_OTHER_SCRIPTS, nouns)),
        Pattern("dictated_reply", any_of(orders_elsewhere.DICTATES_OTHER_SCRIPTS, nouns)),
    )


def patterns_for(folded: str) -> tuple[Pattern, ...]:
    """Those that may match a folded text; most have Latin letters only."""
    return _patterns() if folded.isascii() else (*_patterns(), *_patterns_of_other_scripts())
