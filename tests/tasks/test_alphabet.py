"""The tokens of a text before training, counted by hand."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from sandbox.reading.data import adopt_file
from sandbox.tasks.alphabet import Alphabet, shown, summary
from sandbox.tasks.corpus_files import corpus_of_file
from sandbox.tasks.own import Own, OwnParams
from sandbox.tasks.tokens import Source, tokens_in

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "aaaa bbb cc\u00a0d e\u0301\u200d\n" * 30


def alphabet(
    folder: Path, text: str, vocabulary: int, level: str = "characters", *, tidy: bool = True
) -> tuple[Alphabet, Source]:
    path = folder / "a.txt"
    path.write_bytes(text.encode())
    source = Source(adopt_file(path), level, tidy)
    return Alphabet(corpus_of_file(source), level, vocabulary), source


@pytest.mark.parametrize("vocabulary", [2, 5, 9, 10, 200])
def test_that_rows_are_the_tokens_that_the_task_knows(tmp_path: Path, vocabulary: int) -> None:
    found, source = alphabet(tmp_path, TEXT, vocabulary)
    rows = [found.row(place) for place in range(len(found))]
    task = Own(OwnParams(data=source.data, vocabulary=vocabulary))
    assert len(rows) == len(task.inputs.words)
    counts = Counter(TEXT.replace("e\u0301", "\u00e9"))
    counts["\u00e9\u200d"] = counts.pop("\u200d")
    del counts["\u00e9"]
    told = {row.token: row.times for row in rows if row.token}
    assert told == {token: counts[token] for token in told}
    assert sum(row.times for row in rows) == counts.total()
    assert sum(row.share for row in rows) == pytest.approx(1)
    assert found.others == max(len(counts) - vocabulary, 0)
    with pytest.raises(IndexError):
        found.row(len(found))


def test_that_the_rare_ones_are_named_in_one_row(tmp_path: Path) -> None:
    found, source = alphabet(tmp_path, TEXT, 3)
    last = found.row(3)
    assert (last.token, last.shown) == ("", "□")
    assert last.name == "5 others: c ⏎ d U+00A0 éU+200D"
    assert last.times == 30 * 6
    assert summary(found, source) == (
        "480 characters, 8 different, of which the 5 rarest (37.50% of the text) are read as □; "
        "30 accents joined to the letter before"
    )


def test_that_words_tell_what_is_left_out(tmp_path: Path) -> None:
    found, source = alphabet(tmp_path, "(the) “rain” fell – the end.\n" * 10, 100, "words")
    assert summary(found, source) == (
        "60 words, 5 different; brackets, quotation marks, dashes and the like left out, "
        "17.24% of the file"
    )
    assert [found.row(at).token for at in range(len(found))] == ["the", "rain", "fell", "end", "."]


def test_that_the_share_that_words_leave_out_is_that_of_a_slow_count(tmp_path: Path) -> None:
    text = "'Who?' — “it's the (well-known) 'tale'” -- - it began...\r\n#1: end-\n" * 7
    found, source = alphabet(tmp_path, text, 100, "words")
    read = text.replace("\r\n", "\n")
    seen = sum(not letter.isspace() for letter in read)
    kept = sum(
        len(word) * many for word, many in zip(found.text.words, found.text.counts, strict=True)
    )
    assert found.text.notes.dropped == seen - kept == 7 * 14
    assert f"the like left out, {(seen - kept) / len(read):.2%} of the file" in summary(
        found, source
    )


@pytest.mark.parametrize("control", ["\0", "\a", "\v", "\x1b", "\x7f", "\x81", "\x9f"])
def test_that_no_control_character_is_part_of_a_word(tmp_path: Path, control: str) -> None:
    path = tmp_path / "a.txt"
    text = f"a{control}b {control} so on é"
    path.write_bytes((text * 3).encode())
    read = {}
    for choice in ("kept", "left out"):
        source = Source(adopt_file(path), "words", recipe=f"controls='{choice}'")
        read[choice] = Alphabet(corpus_of_file(source), "words", 9)
        (told,) = summary(read[choice], source).split("; ")[1:]
        assert told == f"6 control characters {'read as blanks' if choice == 'kept' else choice}"
    assert set(read["kept"].text.words) == set(tokens_in(text * 3, "words"))
    assert set(read["kept"].text.words) == {"a", "b", "so", "on", "éa", "é"}
    assert set(read["left out"].text.words) == {"ab", "so", "on", "éab", "é"}


def test_that_what_the_normal_form_did_is_counted(tmp_path: Path) -> None:
    text = "e\u0301 \u212b \u0958 so\u00adft \u200e\u202a\ufeff \ufffd\t\r\n\r"
    found, source = alphabet(tmp_path, text, 100)
    assert summary(found, source).split("; ")[1:] == [
        "1 accent joined to the letter before",
        "2 letters replaced by the usual one",
        "1 soft hyphen and 2 direction marks and 1 byte order mark left out",
        "1 letter lost before the file was saved (�)",
        "1 CRLF and 1 CR line ends, each read as one",
        "1 tab",
    ]
    kept, source = alphabet(tmp_path, text, 100, tidy=False)
    assert "direction marks and 1 byte order mark kept" in summary(kept, source)
    assert "joined" not in summary(kept, source)


@pytest.mark.parametrize(
    ("token", "told"),
    [
        (" ", "␣"),
        ("\n", "⏎"),
        ("\t", "⇥"),
        ("\u00a0", "U+00A0"),
        ("\u200b", "U+200B"),
        ("\x00", "U+0000"),
        ("\u0301", "◌\u0301"),
        ("a\u200d", "aU+200D"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
        ("é", "é"),
        ("rain", "rain"),
    ],
)
def test_that_nothing_is_shown_as_nothing(token: str, told: str) -> None:
    assert shown(token) == told
