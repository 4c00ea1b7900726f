"""The letters of languages beyond a to z, by which a wrong encoding is told from a right one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
LETTERS = {
    "French": "àâæçéèêëîïôœùûüÿ",
    "German": "äöüßéèàç",
    "Spanish": "áéíñóúüªºç",
    "Portuguese": "áâãàçéêíóôõúüªº",
    "Italian": "àèéìíîòóùªº",
    "Catalan": "àçèéíïòóúü",
    "Swedish, Finnish": "åäöéàü",
    "Danish, Norwegian": "æøåéèêòôóäöü",
    "Dutch": "áéíóúàèëïöüçâêî",
    "Icelandic": "áðéíóúýþæö",
    "Estonian": "äöõüšž",
    "Polish": "ąćęłńóśźż",
    "Czech": "áčďéěíňóřšťúůýž",
    "Slovak": "áäčďéíĺľňóôŕšťúýž",
    "Hungarian": "áéíóöőúüű",
    "Romanian": "ăâîșțşţé",
    "Croatian, Slovene": "čćđšžé",
    "Turkish": "çğıöşüâîû",
    "Lithuanian": "ąčęėįšųūž",
    "Latvian": "āčēģīķļņšūž",
    "Russian": RUSSIAN,
    "Bulgarian": RUSSIAN.replace("ы", "").replace("э", "") + "ѝ",
    "Ukrainian": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "Belarusian": "абвгдеёжзійклмнопрстуўфхцчшыьэюя",
    "Serbian, Macedonian": "абвгдђѓежзѕијјклљмнњопрстћќуфхцчџшѐѝ",
    "Greek": "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋΐΰ",
    "Hebrew": "אבגדהוזחטיךכלםמןנסעףפץצקרשת",
    "Arabic": "ءآأؤإئابةتثجحخدذرزسشصضطظعغـفقكلمنهوىيًٌٍَُِّْ",
    "Persian": "ءآأؤئابپتثجچحخدذرزژسشصضطظعغـفقکگكلمنهويًٌٍَُِّْ",
}
ROUND = "،؛؟«»„“”‚‘’‹›•·*§©®™°±²³¹ºª½¼¾µ×÷€£¥¢¿¡¶№\u00a0\u00ad"  # about a word, not in it
_FINAL = frozenset("ςךםןףץ")  # at the end of a word only
_BREAKS = re.compile("[–—…\u00a0\u00ad’·]")
_ONE_SCRIPT = re.compile("[a-zß-ɏ]*|[а-џґ]*|[ά-ώΐ]*|[א-ת]*|[ء-گ]*")


def explained(words: Sequence[str]) -> float:
    """The share of words that can be words of one language, 0 to 1; each has a letter beyond z."""
    spelled = (part for word in words for part in _BREAKS.split(word.replace("İ", "I")))
    parts = [part for each in spelled if (part := each.strip(ROUND))]
    likely = [part.lower() for part in parts if _is_spelled(part)]
    if not parts:
        return 1.0
    fits = (re.compile(f"[a-z{letters}]*").fullmatch for letters in LETTERS.values())
    return max(sum(fit(word) is not None for word in likely) for fit in fits) / len(parts)


def _is_spelled(word: str) -> bool:
    """Whether a word is of one script, in lower case, in capitals, or with the first one only."""
    low = word.lower()
    if word not in (low, word.upper(), word[:1].upper() + low[1:]):
        return False
    return _ONE_SCRIPT.fullmatch(low) is not None and _FINAL.isdisjoint(low[:-1])
