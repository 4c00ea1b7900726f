"""The sample that `own` uses until the user opens a text: a tale that grows line by line."""

from __future__ import annotations

import textwrap

NOUNS = """
lamp keeper storm wind bird boat sailor weaver child bell bridge road stranger dog baker
song teacher garden river painter train letter miller
"""
# What each but the first did to the one before it.
VERBS = """
lit woke chased carried followed called mended taught heard guarded crossed knew followed
fed loved wrote kept watered drew passed brought named
"""


def tale() -> str:
    """The sample: "This is the keeper that lit the lamp.", and more for every further noun."""
    nouns, paragraphs = NOUNS.split(), list[str]()
    for last, noun in enumerate(nouns):
        sentence = f"This is the {noun}"
        for before in range(last)[::-1]:
            sentence += f" that {VERBS.split()[before]} the {nouns[before]}"
            if before and (before == last - 1 or before % 4 == 3):
                sentence += ","
        paragraphs.append(textwrap.fill(f"{sentence}.", 80) + "\n")
    return "\n".join(paragraphs)
