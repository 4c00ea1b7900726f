"""Words that stand for a value that is missing, in the languages and data services that use them.

Abbreviations of statistical offices (Destatis, Eurostat, INSEE, ISTAT, INE, GUS, Rosstat), "M" and
"MM" of airports' and buoys' observations, the reasons that the USGS gives in place of a value, and
"n/e" of Europe's electricity markets.
"""

from __future__ import annotations

import re

from sandbox.reading.words_for_numbers import may_be_number

_IN_MANY = (
    "na n/a n.a. n.a nan null none nil nat nd n.d. n/d missing miss #n/a #na #value! #ref! #div/0! "
    "#num! #name? #null! (null) <na> -nan unknown unavail unavailable inf infinity -inf n/e n/r "
    "k.a. k/a n.v. fehlt brak b.d. b/d s/d s.d. n.c. н/д н.д. н/п saknas mangler puuttuu chybí nvt "
    "n.v.t. yok"
).split()
_PHRASES = (
    "k. a.|n. a.|n. v.|n. d.|b. d.|s. d.|no data|no value|no reading|not available|not reported|"
    "not recorded|not measured|keine angabe|keine angaben|keine daten|kein wert|brak danych|"
    "нет данных|нет д.|немає даних|няма данни|non disponible|non disponibile|no disponible|"
    "non communiqué|sin dato|sin datos|sem dados|dato mancante|nincs adat|není k dispozici|"
    "ei tietoa|veri yok|geen gegevens|ingen data|ikke tilgængelig"
).split("|")
_SIGNS = ["", "-", "--", "---", "?", ".", "..", "...", ":", "*", "/", "\\n"]
MISSING = frozenset([*_IN_MANY, *_PHRASES, *_SIGNS])  # however they are written, large or small
AS_WRITTEN = frozenset("M MM Ice Eqp Bkw Mnt Rat Ssn Dis Fld Pmp Tst Zfl".split())
_ABSENT = re.compile(r"\*+|: ?[a-z]{1,2}|#{2,}")  # Eurostat writes ": c", a narrow cell "####"
_SHORT = re.compile(r"[^\W\d_a-zа-я]{2,4}|[^\W\d_a-zа-я]/[^\W\d_a-zа-я]")


def is_missing(text: str) -> bool:
    """Whether a plain cell is empty or a usual word for a value that is missing."""
    return text.lower() in MISSING or text in AS_WRITTEN or _ABSENT.fullmatch(text) is not None


def surely_missing(word: str, times: int, numbers: int) -> bool:
    """Whether a word that is not known, the only one of a column of numbers, stands for no value.

    It is short, in capitals, and comes several times though all else is numbers.
    """
    short = _SHORT.fullmatch(word) is not None and not may_be_number(word)
    return short and times >= 3 and numbers >= 2 * times
