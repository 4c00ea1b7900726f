"""Which encoding of one language or script the words of a table are written in.

Tables hold few words, too few for statistics alone. What cannot be is therefore ruled out first:
signs inside words, two scripts in one word, letters that no language has side by side. What is
left is weighed by chardet, by the words alone and by the lines without their numbers.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import sqrt
from typing import TYPE_CHECKING

from sandbox.reading.alphabets import LETTERS

if TYPE_CHECKING:
    from collections.abc import Callable

WESTERN = "cp1252"  # Latin-1 with quotation marks and dashes
PLAUSIBLE = 0.7  # of the weight of the likeliest
MOST = 0.75  # the least share of words that can be words, and have the letters of one language
MOST_WORDS = 2000
LEAST_KANA = 4  # of Japanese, in Shift JIS
_WESTERN_LANGUAGES = (
    *("French", "German", "Spanish", "Portuguese", "Italian", "Catalan", "Swedish, Finnish"),
    *("Danish, Norwegian", "Dutch", "Icelandic"),
)
_CENTRAL_LANGUAGES = (
    *("Polish", "Czech", "Slovak", "Hungarian", "Croatian, Slovene", "Romanian", "German"),
)
_LANGUAGES = {
    WESTERN: _WESTERN_LANGUAGES,
    "cp1250": _CENTRAL_LANGUAGES,
    "iso8859-2": _CENTRAL_LANGUAGES,
    "cp1254": ("Turkish",),
    "cp1257": ("Lithuanian", "Latvian", "Estonian"),
    "mac-roman": _WESTERN_LANGUAGES,
    "cp850": _WESTERN_LANGUAGES,
}  # that an encoding is made for
_LATIN = (WESTERN, "cp1250", "iso8859-2", "cp1254", "cp1257")
_OF_OLD_SYSTEMS = ("mac-roman", "cp850")  # have letters where Windows has signs
_OTHER_SCRIPTS = (
    "cp1251",
    "koi8-r",
    "cp866",
    "iso8859-5",
    "cp1253",
    "iso8859-7",
    "cp1255",
    "cp1256",
)
_EAST_ASIAN = ("cp932", "euc-jp", "gb18030", "big5", "cp949")
_SCRIPTS = ("CYRILLIC", "GREEK", "HEBREW", "ARABIC")
_EAST_ASIAN_SCRIPTS = ("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "FULLWIDTH")
_ALIASES = {
    WESTERN: ("iso8859-1",),
    "cp1254": ("iso8859-9",),
    "cp866": ("cp1125",),
    "cp932": ("shift_jis_2004", "shift_jis"),
    "euc-jp": ("euc_jis_2004",),
    "gb18030": ("gb2312",),
    "big5": ("big5hkscs",),
    "cp949": ("euc_kr",),
}  # what chardet may call them
_COMMONNESS = {
    WESTERN: 1.6,
    "cp1254": 0.9,
    "cp1257": 0.8,
    "mac-roman": 0.8,
    "cp850": 0.6,
    "iso8859-5": 0.6,
    "cp866": 0.8,
}
_RARE = frozenset("ðþýÐÞÝ")  # in Icelandic alone, where Turkish has g, s and i of its own
_SIGNS = "°²³µ·€£¥$§±–—‘’“”„…«»‰×©®™¿¡ªº†•№׳״،؛ʼ\u00a0"
_BETWEEN = "·’‘–—…׳״ʼ\u00a0"  # two letters
_BEFORE = "“„‘’«¿¡µ€£§°±–—©®™№\u00a0"
_BEHIND = re.compile(
    r"(?:[kcdmµ]?m|[A-Za-z]|ft|in|[kcdm]?[lL])[²³]|[nN][°º]|.*[°’‘”“»…–—®™©‰׳״\u00a0]"
)
_UNIT = re.compile(
    r"(?:[kcdmn]?m|ft|in|[A-Za-z])[²³]|[°º][CFKNSEW]?|µ[A-Za-z]{1,4}|n[°º]|[€£¥§±²³–—…µ°]+", re.I
)
_ALONE = "àéèóíáòùúêôÀÉÈåÅöÖ"  # letters that are words
_WORD = re.compile(rb"[A-Za-z\x80-\xff]+")
_LONG_WORD = re.compile(rb"[A-Za-z\x80-\xff|{}~^\[\]@\\`_]+")  # as bytes of two may be
_FIGURES = re.compile(rb"[0-9;,\t|\"]+")
_OLD_LETTER = re.compile(
    rb"[A-Za-z][\x80-\x9f][A-Za-z\x80-\xff]|(?<![A-Za-z\x80-\xff])[\x80-\x9f][a-z]"
    rb"|[a-z][\x80-\x9f](?![A-Za-z\x80-\xff])"
)


@dataclass
class _Reading:
    """Words in one encoding, and the share of them that can be words."""

    encoding: str
    words: list[str]
    share: float


def plausible_encodings(lines: list[bytes]) -> tuple[str, ...]:
    """The encodings in which these lines can be read, the likeliest first; () if there is none.

    Of two in which all words are the same, only one is named.
    """
    told = [line for line in lines if not line.isascii()]
    words = list(dict.fromkeys(word for line in told for word in _words(line)))[:MOST_WORDS]
    if not words:
        return (WESTERN,)
    found = _readings(words, told)
    best = max((reading.share for reading in found), default=0.0)
    if best < MOST:
        return ()
    found = [reading for reading in found if reading.share >= best - 1e-9]
    weights = _weights(found, words, told)
    found.sort(key=lambda reading: -weights[reading.encoding])
    least = PLAUSIBLE * weights[found[0].encoding]
    return tuple(each.encoding for each in found if weights[each.encoding] >= least)


def _words(line: bytes) -> list[bytes]:
    """Its words that are not all ASCII, without units, which most encodings write alike."""
    words = [word for word in _WORD.findall(line) if not word.isascii()]
    return [word for word in words if not _UNIT.fullmatch(word.decode(WESTERN, "replace"))]


def _readings(words: list[bytes], lines: list[bytes]) -> list[_Reading]:
    """The words in each encoding that has all their letters."""
    mixed = sum(len(word) for word in words if any(byte < 128 for byte in word))
    if 2 * mixed >= sum(len(word) for word in words if len(word) > 1):
        old = any(map(_OLD_LETTER.search, lines))
        found = _decoded(words, _LATIN + _OF_OLD_SYSTEMS * old, _share_of_latin)
    else:
        found = _decoded(words, _OTHER_SCRIPTS, lambda _, told: _share(_is_of_one_script, told))
    if max((each.share for each in found), default=0.0) >= MOST and mixed:
        return found
    long = [word for line in lines for word in _LONG_WORD.findall(line) if not word.isascii()]
    east = _decoded(long, _EAST_ASIAN, lambda _, told: _share(_is_east_asian, told))
    fitting = [each for each in east if each.share == 1]
    japanese = [each for each in fitting if _proves_itself(each)]
    return found + (japanese or fitting)


def _proves_itself(reading: _Reading) -> bool:
    """Whether a reading is Japanese by its kana, which are rare letters in other encodings."""
    letters = Counter(map(_script, "".join(reading.words)))
    kana = letters["HIRAGANA"] + letters["KATAKANA"]
    return reading.encoding == "cp932" and kana >= LEAST_KANA


def _decoded(
    words: list[bytes], encodings: tuple[str, ...], share: Callable[[str, list[str]], float]
) -> list[_Reading]:
    found: list[_Reading] = []
    for encoding in encodings:
        try:
            told = [word.decode(encoding) for word in words]
        except UnicodeDecodeError:
            continue
        reading = _Reading(encoding, told, share(encoding, told))
        same = [each for each in found if each.words == told]
        if not same or same[0].share < reading.share:
            found = [*(each for each in found if each.words != told), reading]
    return found


def _share(fits: Callable[[str], bool], words: list[str]) -> float:
    return sum(map(fits, words)) / len(words)


def _share_of_latin(encoding: str, words: list[str]) -> float:
    """How many words can be words, and have the letters of one language."""
    alphabets = [LETTERS[language] for language in _LANGUAGES[encoding]]
    fitting = max(
        _share(partial(_has_only, letters + letters.upper()), words) for letters in alphabets
    )
    return (_share(_is_latin, words) + fitting) / 2


def _has_only(letters: str, word: str) -> bool:
    return all(
        letter.isascii() or letter in letters or letter in _SIGNS or not letter.isalpha()
        for letter in word
    )


def _is_latin(word: str) -> bool:
    """Whether letters and signs stand where they do in words."""
    return all(letter.isascii() or _may_stand(word, at, letter) for at, letter in enumerate(word))


def _may_stand(word: str, at: int, letter: str) -> bool:
    left = at > 0 and word[at - 1].isalpha()
    right = at + 1 < len(word) and word[at + 1].isalpha()
    if letter.isalpha() and letter not in _SIGNS and unicodedata.category(letter) != "Lm":
        odd = letter.isupper() and left and word[at - 1].islower()
        return not odd and (len(word) > 1 or letter in _ALONE)
    if letter not in _SIGNS:
        return False
    if left and right:
        return letter in _BETWEEN
    if left:
        return _BEHIND.fullmatch(word[: at + 1]) is not None
    return not right or letter in _BEFORE


def _is_of_one_script(word: str) -> bool:
    """Whether a word is of letters of one script other than Latin, and signs."""
    letters = [letter for letter in word if letter.isalpha() and letter not in _SIGNS]
    scripts = {_script(letter) for letter in letters}
    if scripts == {"LATIN"} and "".join(letters).isascii():
        return True  # °C
    rest = [letter for letter in word if not letter.isalpha() and letter not in _SIGNS]
    cases = pairwise(word)
    return (
        scripts <= set(_SCRIPTS)
        and len(scripts) <= 1
        and all(unicodedata.category(letter) == "Mn" for letter in rest)
        and not any(before.islower() and after.isupper() for before, after in cases)
    )


def _is_east_asian(word: str) -> bool:
    return all(
        letter.isascii() or letter in "℃°" or _script(letter) in _EAST_ASIAN_SCRIPTS
        for letter in word
    )


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").split()[0]


def _weights(found: list[_Reading], words: list[bytes], lines: list[bytes]) -> dict[str, float]:
    """How likely each encoding is, by the words alone, by the lines, and by how common it is."""
    if len(found) < 2:
        return {reading.encoding: 1.0 for reading in found}
    stripped = dict.fromkeys(_FIGURES.sub(b" ", line).strip() for line in lines)
    by_words, by_lines = _confidences(b" ".join(words)), _confidences(b"\n".join(stripped))
    weights = {}
    for reading in found:
        names = [_name(each) for each in (reading.encoding, *_ALIASES.get(reading.encoding, ()))]
        product = max(by_words.get(name, 0.0) * by_lines.get(name, 0.0) for name in names)
        common = _COMMONNESS.get(reading.encoding, 1.0)
        if reading.encoding == WESTERN and not _RARE.isdisjoint("".join(reading.words)):
            common = 0.4
        weights[reading.encoding] = sqrt(product) * common
    return weights


def _confidences(text: bytes) -> dict[str, float]:
    """What chardet says of each encoding, by Python's name."""
    import chardet

    found: dict[str, float] = {}
    for each in chardet.detect_all(text, ignore_threshold=True, compat_names=False):
        if each["encoding"]:
            name = _name(each["encoding"])
            found[name] = max(found.get(name, 0.0), each["confidence"])
    return found


def _name(encoding: str) -> str:
    return codecs.lookup(encoding).name
