"""Questions for the instructions and settings of the chatbot itself, and replies that tell them."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from ragbot.screening.folding import fold
from ragbot.screening.phrases import any_of

LEAK = 8  # consecutive words of the system text that no reply may hold
_FEW_WORDS = 15  # "summarize everything above" behind a pasted text means that text

_NAMES = {
    "OWN": "ACTUAL|first|base|custom|own|basic",
    "ACTUAL": "SYSTEM|full|current",
    "SYSTEM": """system|initial|original|hidden|secret|internal|exact|starting|core|developer
        |pre-?configured""",
    # A manual has prompt flows and programming models, too.
    "TOLD": r"""(?:prompt|instructions?|system_messages?|directives?|guidelines|programming)
        (?!_(?:flow|choice|librar|management|model|language|sets?\b))""",
    # "Your rules" and "your prompts" are the reader's in every manual.
    "ANYBODYS": """(?:prompts|rules|settings|configuration|constraints|restrictions
        |KEYS(?!_files?))NOTOTHERS""",
    "KEYS": "api_keys?|credentials|environment_variables|secret_keys?",
    # "your instructions for a Bedrock agent" are not ours.
    "NOTOTHERS": r"""(?!_(?:for|of|in|on|when|about)_(?:an?\b|the|my|amazon|aws|bedrock|lambda
        |agents?|each|every|this_(?:agent|service|bucket)|(?:how_to_)?(?:choos|sett?|configur|creat
        |build|design|deploy|migrat|install|nam|tag|pick|select|secur|stor|encrypt|connect)
        (?!\w*_(?:sources|passages|answers|notes))))""",
    # "told to store in Secrets Manager" is told to anybody.
    "NOTDOING": r"""(?!_to_(?!do|say|tell|answer|reply|respond|behave|act|talk|hide|keep|refuse
        |never|not|avoid|ignore|reveal)\w)""",
    "OFTHIS": r"(?!_sets?)(?!_of_(?!th|you|our)\w)NOTOTHERS",
    "SESSION": r"session(?!_in_(?!full)\w)",
    "DOYOUHAVE": "do_you_have(?!_(?:to|for|on|in))",
    "NOTSET": "(?!_(?:set|put|add|write|define|create|configure|change|store))",
    "WHAT": "what|which|what_?s",
    "ABOUT": r"all|about|exactly|out|of|(?:the|an?)_\w+_(?:of|in|on|about|from|with|behind)",
    "NOTIGNORE": r"(?!ignore|disregard|forget)\w+",  # an order that somebody quotes
    "NOTWITH": "(?!_(?:with|in|on|as|to|for|without|under|using|from))",
    "TELL": """repeat|print|output|show|write|display|copy|recite|quote|echo|translate|summari[sz]e
        |encode|spell|give|tell|reveal|return|dump|paste|list|type|disclose|share|leak|describe
        |explain|say|state|reproduce""",
    "ASK": "TELL|provide|send|hand_over|expose|paraphrase|rephrase|recount",
    "RULES": "(?:prompt|instruction|directive|guideline|message|rule|setting|text|key)s?",
    "FOLLOW": "were|are|have_been|got|received|follow|obey|must_follow|use",
    "THIS": "this|my|our|the_(?:question|conversation|chat)",
    "TEXT": """text|words?|everything|all|messages?|prompts?|instructions?|sentences?|paragraphs?
        |lines?|content|what_(?:is|was|stands)""",
    "ABOVE": """above|before_this|so_far|up_to_(?:here|this|now)|preceding|prior_to_(?:this|my)
        |earlier_in_(?:this|the)_(?:prompt|context)""",
    "MADE": "told|instructed|asked|programmed|configured|prompted|given|set_up",
}  # fmt: skip
_ASKS = r"""
    (your|ur) SYSTEM ~OWN (TOLD|prompts|rules)NOTOTHERS
    (TELL|WHAT|is|are) ..5 (your|ur) ~OWN ~OWN (TOLD)NOTOTHERS
    ^ ~NOTIGNORE ~NOTIGNORE (your|ur) ~OWN ~OWN (TOLD)NOTOTHERS
    (i(?!/)NOTSET|let_me) ..6 (your|ur) ~OWN ~OWN (TOLD|ANYBODYS)NOTOTHERS
    ^ ~(can|could|will|would)_you ~please ASK ~(me|us) ~ABOUT ~ABOUT (your|ur) ~ACTUAL ANYBODYS
    (and|then) ASK ~(me|us) ~ABOUT (your|ur) ~ACTUAL (settings|configuration|rules)NOTOTHERS
    WHAT ~exactly (is|are|was|were) ~(all|among) (your|ur) ~OWN ANYBODYS
    WHAT ..3 (is|are) in (your|ur) ~OWN ANYBODYS
    WHAT ~exactly (your|ur) ~OWN ANYBODYS (is|are|say)
    TELL ..6 (the|any|all) OWN ~OWN (prompt|message|instructions?)OFTHIS
    (KEYS|settings|configuration) ..5 (are_you|DOYOUHAVE|in_your_(context|prompt|memory))
    RULES ~that you (FOLLOW)
    RULES ~that (precedes?|preceded|comes?_before|came_before) THIS
    (what|how) (were|are|have) you ~been (MADE)NOTDOING
    what (did|does) (your|the) (developer|creator|maker|operator)s? (tell|ask|instruct) youNOTDOING
    (beginning|start|top) of (this|the|our) (conversation|chat|SESSION|prompt|context)
    first message (of|in) (this|the|our|each|every) (conversation|chat|session)
    (before|prior_to|preceding) my ~very first (message|question)
    things ~that you (are|were) (not_allowed|not_permitted|never_allowed|forbidden) to \w+NOTWITH
"""
_ASKS_ABOVE = r"""
    TELL ..6 TEXT ..4 ABOVE
    TELL ~the (above|preceding|previous) ~TEXT ~(verbatim|word_for_word|again|exactly) $
"""
_ASKS_ELSEWHERE = r"""
    (deine?|ihre?)[nrs]? ~\w+ (system-?_?prompt|anweisung|instruktion|vorgaben|einstellung)\w*
    (wiederhol|gib|zeig|nenn|ubersetz)\w* ..5 (text_oben|obigen?|alles_(dar)?uber|systemprompt)
    (tes|vos|ton|votre) ~\w+ (instructions?|consignes?|prompt|parametres|directives)
    (repet|affich|montr|donn|traduis)\w* ..5 (ci-dessus|au-dessus|prompt_systeme|qui_precede)
    (tus?|sus?|vuestras) ~\w+ (instrucciones|prompt|indicaciones|ajustes|configuracion)
    (repit|repet|muestr|imprim|dime|traduc)\w* ..5 (arriba|texto_anterior|prompt_del?_sistema)
    (tue|tuoi|tuo|vostre) ~\w+ (istruzioni|prompt|impostazioni|direttive)
    (ripet|mostra|stampa|tradu)\w* ..5 (testo_(sopra|precedente)|qui_sopra|prompt_di_sistema)
    (suas?|tuas?|seus?|teus?) ~\w+ (instrucoes|prompt|configuracoes|diretrizes)
    (repit|repet|mostr|imprim|traduz)\w* ..5 (acima|prompt_do_sistema)
    (je|jouw|uw) ~\w+ (instructies|systeem-?prompt|instellingen)
    herhaal ..4 (hierboven|bovenstaande)
    (twoje|swoje|twoj) ~\w+ (instrukcje|prompt|ustawienia)
    (talimatlarin|sistem_(istemi|mesaj))\w*
    системн\w+ (промпт|подсказк|сообщени|инструкц)\w*
    (тво|ваш)\w+ ~\w+ (инструкц|промпт|настройк|указани)\w*
    (повтори|выведи|покажи|переведи)\w* ..4 (выше|промпт|инструкц)\w*
    系统提示|系統提示|[你您]的?(系统|系統|初始)?(提示|指令|指示|设定|設定|设置)
    (重复|重複|复述|输出|翻译).{0,8}(上面|以上|上述|之前)
    システムプロンプト|(あなた|君|貴方)の.{0,8}(指示|プロンプト|設定|命令)
    [上前](の|記の)(文|テキスト|文章|指示|内容).{0,10}(繰り返|出力|表示|翻訳)
    시스템.?프롬프트|(너|당신|네)(의|가)?.{0,9}(지침|지시|프롬프트|설정)
    위(의|에).{0,12}(반복|출력)
    تعليماتك|موجه_النظام|[اإ]عداداتك|كرر.{0,20}([اأ]علاه|السابق)
"""


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """(what asks for it anywhere, what asks for it unless much stands before)."""
    return any_of(_ASKS + _ASKS_ELSEWHERE, _NAMES), any_of(_ASKS_ABOVE, _NAMES)


def asks_about_the_chatbot(question: str) -> bool:
    """Whether a question wants the prompt, the instructions or the settings behind the answers."""
    text = fold(question).text
    asks, asks_above = _patterns()
    if asks.search(text):
        return True
    above = asks_above.search(text)
    return above is not None and len(text[: above.start()].split()) < _FEW_WORDS


class LeakDetector:
    """Watches one reply for a run of words of the system text, across its sentences.

    Case, punctuation, white space and invisible characters between the words do not matter.
    """

    def __init__(self, secret: str, length: int = LEAK) -> None:
        self._runs = _runs_of(secret, length)
        self._longest = max(map(len, self._runs), default=0)
        self._said = ""

    def leaks(self, sentence: str) -> bool:
        """Whether the sentence completes such a run; to be asked for each in turn."""
        said = self._said + _letters(sentence)
        self._said = said[-self._longest :]
        return any(run in said for run in self._runs)


@lru_cache(maxsize=8)
def _runs_of(secret: str, length: int) -> frozenset[str]:
    words = [_letters(word) for word in secret.split()]
    words = [word for word in words if word]
    starts = range(max(1, len(words) - length + 1)) if words else ()
    return frozenset("".join(words[at : at + length]) for at in starts)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, fold(text).text))
