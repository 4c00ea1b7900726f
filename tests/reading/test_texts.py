"""Letters in one form, and characters as people count them."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.reading import text_pieces
from sandbox.reading.data import adopt_file
from sandbox.reading.text_notes import TextNotes
from sandbox.reading.text_pieces import How
from sandbox.reading.texts import clusters, tidy
from sandbox.tasks.corpus_files import corpus_of_file
from sandbox.tasks.tokens import Source

LETTERS = st.text(
    st.sampled_from(
        "ae o\n\r\a\u0301\u0308\u0327\u00e9\u00ad\u200e\u200d"
        "\U0001f468\U0001f1e9\U0001f1ea\u1100\u1161"
    ),
    max_size=60,
)


def read(text: str, size: int, *, tidy_it: bool) -> tuple[str, list[str]]:
    """A text that is read in pieces of so many bytes: itself, and its characters."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "a.txt"
        path.write_bytes(text.encode())
        patch.setattr(text_pieces, "BYTES", size)
        found = list(text_pieces.pieces(path, How("utf-8", tidy_it), TextNotes()))
    for piece in found:
        assert piece.codes.tolist() == list(map(ord, piece.text))
        assert piece.times.tolist() == np.bincount(piece.codes).tolist()
        assert piece.joined or clusters(piece.text) == list(piece.text)
    return "".join(piece.text for piece in found), [
        each for piece in found for each in clusters(piece.text)
    ]


@given(LETTERS, st.integers(1, 40), st.booleans())
def test_that_a_text_in_pieces_is_read_as_if_it_were_whole(
    text: str, size: int, tidy_it: bool
) -> None:
    expected = text.replace("\r\n", "\n").replace("\r", "\n")
    expected = tidy(expected) if tidy_it else expected
    assert read(text, size, tidy_it=tidy_it) == (expected, clusters(expected))


def test_that_composed_and_decomposed_accents_are_one_letter() -> None:
    assert tidy("e\u0301te\u0301") == "\u00e9t\u00e9"
    assert tidy(unicodedata.normalize("NFD", "Größe \u1ea4")) == "Größe \u1ea4"


@pytest.mark.parametrize("unseen", ["\u00ad", "\u200e", "\u200f", "\u202a", "\u2066", "\ufeff"])
def test_that_what_cannot_be_seen_is_left_out(unseen: str) -> None:
    assert tidy(f"so{unseen}ft") == "soft"


def test_that_characters_are_those_that_people_count() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert clusters(f"q\u0323\u0307{family}\U0001f1e9\U0001f1eax") == [
        "q\u0323\u0307",
        family,
        "\U0001f1e9\U0001f1ea",
        "x",
    ]


@pytest.mark.parametrize(
    ("level", "tidy_it", "kinds"),
    [
        ("characters", True, {"\u00e9", "q\u0323", "\n"}),
        ("characters", False, {"e\u0301", "\u00e9", "q\u0323", "\n", "\u00ad"}),
        ("code points", True, {"\u00e9", "q", "\u0323", "\n"}),
        ("code points", False, {"e", "\u0301", "\u00e9", "q", "\u0323", "\n", "\u00ad"}),
        ("words", True, {"\u00e9q\u0323\u00e9"}),
    ],
)
def test_that_a_file_is_read_in_the_form_that_was_asked_for(
    tmp_path: Path, level: str, tidy_it: bool, kinds: set[str]
) -> None:
    path = tmp_path / "accents.txt"
    path.write_text("e\u0301q\u0323\u00ad\u00e9\n" * 50, encoding="utf-8")
    assert set(corpus_of_file(Source(adopt_file(path), level, tidy_it)).words) == kinds
