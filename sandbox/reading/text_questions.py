"""What is said of a text that was read, and what a person should decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.reading.doubts import Question
from sandbox.reading.text_notes import DIRECTIONS, ORDER_MARK, REPLACED, SOFT_HYPHEN
from sandbox.reading.text_recipe import KEPT, LEFT_OUT
from sandbox.reading.unseen import code_point

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.reading.text_notes import TextNotes
    from sandbox.reading.text_recipe import TextRecipe

TOLD = 3  # control characters that are named
WORDS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "cp1252": "Windows-1252 (Latin-1)"}
UNSEEN = (
    (SOFT_HYPHEN, "soft hyphen"),
    (DIRECTIONS, "direction mark"),
    (ORDER_MARK, "byte order mark"),
)


def encoding_in_words(name: str) -> str:
    """An encoding as people know it."""
    return WORDS.get(name, name.upper() if name.startswith("utf") else name)


def line_ends(notes: TextNotes) -> str:
    """Which ends the lines have in the file: "LF", "CRLF", "CR", "mixed" or "none"."""
    there = [kind for kind, many in _ends(notes) if many]
    return there[0] if len(there) == 1 else "mixed" if there else "none"


def text_questions(notes: TextNotes, recipe: TextRecipe) -> tuple[Question, ...]:
    """What is in doubt, until the recipe settles it."""
    found = [*_about_encoding(notes)]
    if notes.controls and not recipe.controls:
        found.append(_about_controls(notes))
    return tuple(found)


def _about_encoding(notes: TextNotes) -> Iterator[Question]:
    if len(notes.guesses) < 2:
        return
    read = [f"{each.encoding}{f' (“{each.words}”)' * bool(each.words)}" for each in notes.guesses]
    text = f"Several encodings are plausible: {', '.join(read)}. Which is right?"
    mends = tuple((each.encoding, (("encoding", each.encoding),)) for each in notes.guesses)
    yield Question("encoding", text, mends)


def _about_controls(notes: TextNotes) -> Question:
    named = [code_point(letter) for letter in list(notes.controls)[:TOLD]]
    more = ", …" if len(notes.controls) > TOLD else ""
    many = _counted(sum(notes.controls.values()), "control character")
    text = f"There are {many} ({', '.join(named)}{more}), which are rare in texts: do they belong?"
    ways = (("Leave them out", LEFT_OUT), ("Keep them", KEPT))
    return Question("controls", text, tuple((words, (("controls", way),)) for words, way in ways))


def text_notes_in_words(
    notes: TextNotes, recipe: TextRecipe, *, tidy: bool, words: bool
) -> Iterator[str]:
    """What was changed, left out or met, a clause each; words: whether it was split into words."""
    if notes.joined and tidy:
        yield f"{_counted(notes.joined, 'accent')} joined to the letter before"
    if notes.replaced and tidy:
        yield f"{_counted(notes.replaced, 'letter')} replaced by the usual one"
    there = [_counted(notes.times(signs), what) for signs, what in UNSEEN if notes.times(signs)]
    if there:
        yield f"{' and '.join(there)} {LEFT_OUT if tidy else KEPT}"
    if notes.dropped:
        share = share_in_words(notes.dropped / notes.letters)
        yield f"brackets, quotation marks, dashes and the like left out, {share} of the file"
    if notes.controls and recipe.controls:
        many = _counted(sum(notes.controls.values()), "control character")
        yield f"{many} {'read as blanks' if words and recipe.controls == KEPT else recipe.controls}"
    if notes.times(REPLACED):
        yield f"{_counted(notes.times(REPLACED), 'letter')} lost before the file was saved (�)"
    if notes.crlf or notes.cr:
        told = [f"{many:,} {kind}" for kind, many in _ends(notes) if many]
        yield f"{' and '.join(told)} line ends, each read as one"
    if notes.times("\t"):
        yield _counted(notes.times("\t"), "tab")


def share_in_words(share: float) -> str:
    """A share in percent, which is 0% and 100% only where it is exactly that."""
    if 0 < share < 0.0001:
        return "under 0.01%"
    if 0.9999 < share < 1:
        return "over 99.99%"
    return f"{share:.2%}"


def _ends(notes: TextNotes) -> tuple[tuple[str, int], ...]:
    """How many line ends of each kind the file has."""
    alone = notes.times("\n") - notes.crlf - notes.cr
    return ("LF", alone), ("CRLF", notes.crlf), ("CR", notes.cr)


def _counted(many: int, what: str) -> str:
    return f"{many:,} {what}{'s' * (many != 1)}"
