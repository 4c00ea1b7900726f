"""Words among numbers: those that stand for no number, and those that may well stand for one."""

from __future__ import annotations

import re

# Nothing, or nothing happened.
_NOTHING = (
    "zero null nil none nought nothing calm dry empty closed shut free gratis off holiday nul zéro "
    "aucun aucune rien néant nulle vide sec sèche fermé fermée férié calme gratuit "
    "kein keine keiner keines keins nichts leer trocken geschlossen zu feiertag ruhetag frei "
    "kostenlos aus windstill nada ninguno ninguna vacío vacio seco seca cerrado cerrada "
    "festivo calma nenhum nenhuma vazio fechado fechada feriado nessuno nessuna niente nulla vuoto "
    "secco chiuso chiusa geen niets leeg droog gesloten dicht ingen inget inga intet ingenting tom "
    "tomt torr tør tørr stängt stengt lukket ei tyhjä kuiva suljettu nolla zamknięte zamknięty "
    "nieczynne nic puste sucho prázdné zavřeno nula žádný zatvoreno zatvorené zárva semmi "
    "нет ноль нуль закрыто пусто сухо выходной штиль ничего зачинено нема κλειστό κλειστά μηδέν "
    "kapalı sıfır închis nimic затворено soldout sold ausverkauft"
).split()
# A little, and more or less than can be measured or told.
_SIZES = (
    "t tr trc tce trace traces spur spuren sp traza trazas traccia tracce traço vestígios spoor "
    "sporen spor spår stopy stopa ślad ślady следы slight little few some several many much lots "
    "einige viele wenig viel peu beaucoup poco mucho negligible neg tntc "
    "over under overflow underflow overrange overload ovfl ovf ovr ovl ol or ur range exceeded "
    "sat saturated saturation satur max min maximum minimum high low hi lo hh ll h l upper lower "
    "above below beyond limit full bdl bld bql blq lod loq mdl nn nachweisbar nachweisgrenze "
    "detected detectable détecté détectée detectado rilevato påvist hoch niedrig mittel medium "
    "voll stark schwach über unter "
    "haut bas élevé faible plein alto bajo baja alta basso bassa lleno pieno hoog laag vol hög låg "
    "høy høj lav korkea matala wysoki niski высокий низкий выше ниже overlauf überlauf gesättigt"
).split()
# Numbers and answers that are spelled out, and what repeats the cell above.
_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve once twice half dozen double "
    "eins ein eine zwei drei vier fünf sechs sieben acht neun zehn halb un une deux trois quatre "
    "cinq sept huit neuf dix uno una dos tres cuatro cinco seis siete ocho nueve diez due tre "
    "quattro cinque sette otto nove dieci een twee drie vijf zes en to två fem sex один два три "
    "on an yes no true false ja nein oui non sí sì sim não nee nej nei da tak nie да не "
    "hundred thousand million idem ditto dito dto do ebenso same unchanged unverändert"
).split()
_MAY_BE_NUMBERS = frozenset(_NOTHING + _SIZES + _NUMBERS)
# Within a longer phrase these say nothing of a size.
_IN_PHRASES = frozenset(
    "no non not nicht nie ei inte ikke niet не en un une ein eine to da do or on an off due una "
    "uno t h l sp zu i u die der das once some same".split()
)
# Before a noun these say that there was none of it, unless it is what tells or measures.
_NO = frozenset("no kein keine keinen sans sin sem senza geen ingen inget bez без aucun ei".split())
_TELLS = re.compile(
    r"data|daten|dat[oa]s?|données?|dane|данных|readings?|signals?|señal|segnale|records?|access|"
    r"samples?|proben?|values?|werte?|mess(?:ung(?:en)?|werte?)|mesures?|medici[óo]n|reports?|"
    r"connection|verbindung|responses?|antwort|contact|info|information|power|strom|tietoa|"
    r"\w+[aei]d[oa]s?|\w+tt[uy]"  # no medido and ei mitattu: not measured
)
_LETTERS_ALONE = re.compile(r"\(?[^\W\d_][^\d_;:=<>%]*")
_LIKE_DIGITS = re.compile(
    r"[OoIl|.,\- ]+|(?!X+$)[IVX]+|[ivx]{2,}|[A-Fa-f]"
)  # O for 0, Roman numbers, marks


def may_be_number(word: str) -> bool:
    """Whether a cell that is no number may well stand for one: nothing, a trace, too much, ten.

    Whatever holds a digit or a sign of a limit may.
    """
    if _LETTERS_ALONE.fullmatch(word) is None or _LIKE_DIGITS.fullmatch(word):
        return True
    parts = re.findall(r"[^\W\d_]+", word.lower())
    if all(len(part) == 1 for part in parts):
        return "".join(parts) in _MAY_BE_NUMBERS  # o.l. as well
    if len(parts) == 1:
        return parts[0] in _MAY_BE_NUMBERS
    first, *others = parts
    if first in _NO and not any(map(_TELLS.fullmatch, others)):
        return True
    told = others if first in _NO else parts
    return any(part in _MAY_BE_NUMBERS - _IN_PHRASES for part in told)
