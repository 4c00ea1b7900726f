"""How a person wants a text to be read; what is left open is guessed or asked."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.reading.recipe import Recipe
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KEPT, LEFT_OUT = "kept", "left out"
ACCEPTED: Mapping[str, str] = {
    "encoding": "the name of an encoding, such as utf-8 or cp1252",
    "controls": f"{KEPT} or {LEFT_OUT}",
    "accept": "true or false",
}


class TextRecipe(BaseModel):
    """Choices that settle guesses; "" leaves a guess as it is, or a question open.

    encoding: how letters are written as bytes.  controls: what becomes of control characters.
    accept: whether all that is in doubt is taken as it was read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    encoding: str = Field("", max_length=40)
    controls: Literal["", "kept", "left out"] = ""
    accept: bool = False

    def __str__(self) -> str:
        """What was settled, as one line that `text_recipe_of` reads: encoding=cp1252."""
        settled = {name: value for name, value in self.model_dump().items() if value}
        return shlex.join(f"{name}={value}" for name, value in settled.items())

    def with_choices(self, choices: Mapping[str, object], beside: Sequence[str] = ()) -> TextRecipe:
        """The recipe with other choices; ExperimentError names the field, as in `data.encoding`.

        beside: what else may be chosen there, for the sentence about an unknown field.
        """
        for name, value in choices.items():
            if name not in TextRecipe.model_fields:
                raise ExperimentError(f"data.{name}", value, _no_choice(name, beside))
            if name == "encoding" and value and not is_text_encoding(str(value)):
                raise ExperimentError("data.encoding", value, ACCEPTED["encoding"])
        try:
            return TextRecipe.model_validate({**self.model_dump(), **choices})
        except ValidationError as error:
            name = str(error.errors()[0]["loc"][0])
            raise ExperimentError(f"data.{name}", choices[name], ACCEPTED[name]) from None


def text_recipe_of(text: str) -> TextRecipe:
    """The recipe that a line says; ExperimentError if it says none."""
    try:
        choices = dict(part.split("=", 1) for part in shlex.split(text))
    except ValueError:
        accepts = "choices such as encoding=cp1252, controls='left out'"
        raise ExperimentError("recipe", text, accepts) from None
    return TextRecipe().with_choices(choices)


def is_text_encoding(name: str) -> bool:
    """Whether a codec of that name turns bytes into letters."""
    try:
        return isinstance(b"a".decode(name, "replace"), str)
    except (LookupError, ValueError):  # unknown, from bytes to bytes, or not a name at all
        return False


def _no_choice(name: str, beside: Sequence[str]) -> str:
    """Why a text has no such choice, and which it has."""
    *most, last = *beside, *TextRecipe.model_fields
    known = f"{', '.join(most)} and {last}"
    why = "is about tables" if name in Recipe.model_fields else "is unknown"
    return f"no value: {name} {why}, and the choices for a text are {known}"
