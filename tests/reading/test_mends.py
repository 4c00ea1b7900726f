"""Each answer that a question offers settles it, for every table in the corpus."""

from __future__ import annotations

import pytest

from sandbox.reading.recipe import Recipe
from sandbox.reading.table import table_of
from tests.reading.corpus import NAMES, lines_of, read

ASKED = [name for name in NAMES if read(name).questions]


@pytest.mark.parametrize("name", ASKED)
def test_that_each_answer_settles_its_question(name: str) -> None:
    for question in read(name).questions:
        assert question.mends, question.text
        for _, choices in question.mends:
            recipe = Recipe().with_choices(dict(choices))
            left = table_of(lines_of(name), recipe).questions
            assert question.text not in {other.text for other in left}, choices
