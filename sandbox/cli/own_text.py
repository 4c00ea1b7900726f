"""`data FILE` for a text: how it is read, and the tokens that a net would know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError, create_model

from sandbox.cli import output
from sandbox.reading.columns import settled_by
from sandbox.reading.text_questions import (
    encoding_in_words,
    line_ends,
    share_in_words,
    text_questions,
)
from sandbox.reading.text_recipe import TextRecipe
from sandbox.tasks.alphabet import Alphabet, notes_in_words, summary
from sandbox.tasks.corpus_files import read_corpus
from sandbox.tasks.own import OwnParams
from sandbox.tasks.tokens import MANY_WORDS, Source
from sandbox.validation import refusal

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sandbox.reading.doubts import Question

OF_THE_TASK = ("level", "normal_form", "vocabulary")
MOST_ROWS, NAME_WIDE = 40, 60  # of the table in words


def show_text(arguments: Namespace, path: Path, choices: Mapping[str, str]) -> int:
    """Print how a text is read, each token that is kept, and each question."""
    params = _task_params({name: choices[name] for name in OF_THE_TASK if name in choices})
    others = {name: value for name, value in choices.items() if name not in OF_THE_TASK}
    recipe = TextRecipe().with_choices(others, beside=OF_THE_TASK)
    source = Source("", params["level"], params["normal_form"] == "C", str(recipe))
    alphabet = Alphabet(read_corpus(path, source), source.level, params["vocabulary"])
    questions = text_questions(alphabet.text.notes, recipe)
    words = _in_words(path.name, alphabet, source, questions, recipe)
    events = _events(alphabet, source, params, questions, recipe)
    output.answer(arguments, "\n".join(words), *events)
    return 0


def _task_params(choices: Mapping[str, str]) -> dict[str, Any]:
    """Those parameters of the task that decide its tokens; ExperimentError names a wrong one."""
    given: dict[str, Any] = dict(choices)
    if str(given.get("vocabulary", "")).isdecimal():
        given["vocabulary"] = int(given["vocabulary"])
    if given.get("level") == "words":
        given.setdefault("vocabulary", MANY_WORDS)
    fields = {name: OwnParams.model_fields[name] for name in OF_THE_TASK}
    kind = create_model(
        "Tokens", **{name: (each.annotation, each) for name, each in fields.items()}
    )  # type: ignore[call-overload]
    try:
        return dict(kind.model_validate(given).model_dump())
    except ValidationError as error:
        raise refusal(error, kind) from None


def _events(
    alphabet: Alphabet,
    source: Source,
    params: Mapping[str, Any],
    questions: tuple[Question, ...],
    recipe: TextRecipe,
) -> Iterator[dict[str, Any]]:
    """How the text is read, each token and each question, for --json."""
    text, notes = alphabet.text, alphabet.text.notes
    yield {
        "event": "reading",
        "kind": "text",
        "encoding": notes.encoding,
        "line_ends": line_ends(notes),
        **params,
        "tokens": len(text),
        "different": alphabet.kept + alphabet.others,
        "kept": alphabet.kept,
        "sure": recipe.accept or not questions,
        "notes": list(notes_in_words(alphabet, source)),
    }
    for place in range(len(alphabet)):
        row = alphabet.row(place)
        rare = {"others": alphabet.others} if place == alphabet.kept else {}
        token = {"token": row.token or None, "shown": row.shown, "name": row.name}
        yield {"event": "token", **token, "count": row.times, "share": row.share, **rare}
    for question in questions:
        answers = [{"text": words, "set": dict(choices)} for words, choices in question.mends]
        yield {
            "event": "question",
            "about": question.about,
            "text": question.text,
            "answers": answers,
        }


def _in_words(
    name: str,
    alphabet: Alphabet,
    source: Source,
    questions: tuple[Question, ...],
    recipe: TextRecipe,
) -> Iterator[str]:
    """The same for people: the first tokens as a table, and the rare ones together."""
    encoding = encoding_in_words(alphabet.text.notes.encoding)
    yield f"{name}: {encoding} text, {summary(alphabet, source)}"
    places = [*range(min(alphabet.kept, MOST_ROWS)), *range(alphabet.kept, len(alphabet))]
    rows = (alphabet.row(place) for place in places)
    cells = [
        (row.shown, f"{row.times:,}", share_in_words(row.share), _short(row.name)) for row in rows
    ]
    more = alphabet.kept - MOST_ROWS
    if more > 0:
        cells.insert(MOST_ROWS, ("…", "", "", f"{more:,} more"))
    yield from ("", output.table(("token", "count", "share", "what it is"), cells, left=(0, 3)))
    if questions:
        yield ""
    for each in questions:
        yield f"accepted: {each.text}" if recipe.accept else f"? {settled_by(each)}"


def _short(name: str) -> str:
    return name if len(name) <= NAME_WIDE else f"{name[: NAME_WIDE - 1]}…"
