"""Damaged tables: each ends in a table or in one sentence, soon, and with little memory."""

from __future__ import annotations

import io
import time
import tracemalloc
from random import Random

import pytest

from sandbox.reading.layout import NoTable
from sandbox.reading.recipe import Recipe
from sandbox.reading.table import NoNumbers, Table, table_of
from tests.reading.corpus import NAMES, lines_of

MOST_SECONDS = 2.0
MOST_MEMORY = 500e6  # bytes
DAMAGES = 3  # of each file
SIGNS = "\x00\x01\t\n\r,;.:|\"'0195-+eE#% \u00a0\u2212\ufeffß€\u0664²½Ⅷ\U0001d7d8\u2028\x85\x0c"


def ends(text: str) -> str:
    """How reading ends: "table", or the sentence that refuses the text."""
    try:
        table = table_of(list(io.StringIO(text, newline=None)), Recipe())
    except (NoTable, NoNumbers) as refused:
        sentence = str(refused)
    else:
        sentence = ""
    if sentence:
        assert "\n" not in sentence
        assert len(sentence) < 400
        return sentence
    assert isinstance(table, Table)
    assert table.columns
    assert all(len(column.values) == len(table.columns[0].values) for column in table.columns)
    assert all("\n" not in question.text for question in table.questions)
    return "table"


def damaged(text: str, random: Random) -> str:
    """The text cut off, with noise, with lines twice, or with a quote too many."""
    at, lines = random.randrange(len(text) + 1), text.splitlines(keepends=True)
    kind = random.choice("cut noise doubled quote swapped joined huge".split())
    if kind == "cut":
        return text[:at]
    if kind == "noise":
        letters = list(text)
        for _ in range(random.randint(1, 60)):
            letters[random.randrange(len(letters))] = random.choice(SIGNS)
        return "".join(letters)
    if kind == "quote":
        return text[:at] + random.choice("\"'") + text[at:]
    if kind == "huge":
        return text[:at] + random.choice('9x,;" \t-\u00a0') * 50_000 + text[at:]
    if kind == "doubled":
        lines.insert(random.randrange(len(lines)), random.choice(lines) * random.randint(1, 30))
    elif kind == "swapped":
        random.shuffle(lines)
    else:
        lines = [line.rstrip("\n") if random.random() < 0.2 else line for line in lines]
    return "".join(lines)


@pytest.mark.parametrize("name", NAMES)
def test_that_a_damaged_table_is_read_or_refused_in_one_sentence(name: str) -> None:
    random, text = Random(name), "".join(lines_of(name))
    for _ in range(DAMAGES):
        other = damaged(text, random)
        start = time.process_time()
        ends(other)
        assert time.process_time() - start < MOST_SECONDS, other[:500]


EXTREMES = {
    "nothing": "",
    "empty lines": "\n" * 50_000,
    "blanks": (" " * 1000 + "\n") * 300,
    "commas": ("," * 2000 + "\n") * 300,
    "noughts": "\x00" * 10_000,
    "one row of 100,000 numbers": ",".join(["1.5"] * 100_000),
    "one row of 100,000 words": " ".join(["word"] * 100_000),
    "100,000 columns in one of the rows": "a,b\n" + "1,2\n" * 50 + "7," * 100_000 + "\n1,2\n",
    "two rows of 100,000": (";".join(["1,5"] * 100_000) + "\n") * 2,
    "a number of 400,000 digits": "x\n1\n2\n" + "9" * 400_000 + "\n3\n4\n",
    "a word of 1,000,000 letters": "x\n1\n2\n" + "ab " * 333_333 + "\n3\n4\n",
    "a date of many digits": "date,x\n" + "2024-01-01,5\n" * 9 + "2024-01-" + "0" * 9999 + ",5\n",
    "years that do not exist": "date,x\n" + "".join(f"9999-12-{n},{n}\n" for n in range(10, 90)),
    "months that do not exist": "year,month,x\n" + "99999,13,5\n2024,0,6\n2024,2,7\n" * 9,
    "an open quote": 'a,b\n"1,2\n' + "3,4\n" * 20_000,
    "only quotes": '"' * 100_000,
    "brackets": "(" * 50_000 + "\n" + "[" * 50_000 + "\n" + "1\n2\n3\n",
    "minus signs": "-\n" * 1000 + "- - - -\n" * 1000,
    "rules of lines": "-----|-----\n" * 2000,
    "exponents": "x\n" + "".join(f"1e{n}\n" for n in range(-900, 900, 7)),
    "digits of other scripts": "x\n" + "\u0661\u0662\n\u0663\n\u0664.\u0665\n²\n½\nⅧ\n" * 30,
    "numbers with many marks": "x\n" + "1,2,3,4.5.6'7 8\n" * 300,
    "years": "".join(f"{year}\n" for year in range(1500, 2200)),
    "a header alone": "time,level,flow\n",
    "one number": "5",
}


@pytest.mark.parametrize("name", EXTREMES)
def test_that_an_extreme_text_is_read_or_refused_in_one_sentence(name: str) -> None:
    start = time.process_time()
    ends(EXTREMES[name])
    assert time.process_time() - start < MOST_SECONDS


@pytest.mark.parametrize(
    "name", ["two rows of 100,000", "a number of 400,000 digits", "an open quote", "empty lines"]
)
def test_that_an_extreme_text_needs_little_memory(name: str) -> None:
    tracemalloc.start()
    try:
        ends(EXTREMES[name])
        assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY
    finally:
        tracemalloc.stop()
