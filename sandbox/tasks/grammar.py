"""The embedded Reber grammar as a walk from node to node, for many strings at once.

A node is a symbol at one place of the grammar, so it determines what may follow.  Each node has
two successors, equally likely; they are the same one where the grammar leaves no choice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from sandbox.tasks.base import Drawn, Role, Sequences
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


SYMBOLS = ("B", "T", "P", "S", "X", "V", "E")
OUTER = ("T", "P")
# State -> two equally likely (symbol, next state); state 5 has only the E that ends the string.
TRANSITIONS = (
    (("T", 1), ("P", 2)),
    (("S", 1), ("X", 3)),
    (("T", 2), ("V", 4)),
    (("X", 2), ("S", 5)),
    (("P", 3), ("V", 5)),
)
LAST_STATE = 5
INNER_MEAN = 8  # symbols of an inner string: B, E, and 6 transitions from state 0 on average
BEGIN, END, PADDING = 0, 1, 2  # nodes of every grammar here
BITS = 4  # steps that one look-up takes
_BETWEEN = re.compile(r"[\s,.;_-]+")


@dataclass(frozen=True)
class Grammar:
    """A grammar of C nodes, of which BEGIN and END are the first and last node of a string.

    symbols: intp (C,), places in SYMBOLS.   roles: uint8 (C,).   follows: intp (C, 2).
    """

    symbols: NDArray[np.intp]
    roles: NDArray[np.uint8]
    follows: NDArray[np.intp]

    @cached_property
    def legal(self) -> NDArray[np.uint8]:
        """(C, 7), 1 where the symbol may follow."""
        legal = np.zeros((len(self.symbols), len(SYMBOLS)), np.uint8)
        legal[np.arange(len(legal))[:, None], self.symbols[self.follows]] = 1
        return legal

    @cached_property
    def transitions(self) -> NDArray[np.intp]:
        """(C · 2^BITS, BITS): the nodes of the next BITS steps, by node and random bits."""
        node = np.repeat(np.arange(len(self.symbols)), 1 << BITS)
        bits = np.tile(np.arange(1 << BITS), len(self.symbols))
        steps = []
        for step in range(BITS):
            node = self.follows[node, bits >> step & 1]
            steps.append(node)
        return np.stack(steps, axis=1)

    def strings(
        self, rng: np.random.Generator, outer: NDArray[np.intp], length: int
    ) -> NDArray[np.intp]:
        """The nodes (N, `length`) of strings with these outer symbols (N,), padded on the right.

        A string that would be longer is drawn again.
        """
        nodes = np.empty((len(outer), length), np.intp)
        nodes[:, 0], nodes[:, 1] = BEGIN, self.follows[BEGIN, outer]
        again = np.arange(len(outer))
        while len(again):
            nodes[again, 2:] = self.walk(rng, nodes[again, 1], length - 2)
            again = again[~np.isin(nodes[again, -1], (END, PADDING))]
        return nodes

    def walk(
        self, rng: np.random.Generator, node: NDArray[np.intp], steps: int
    ) -> NDArray[np.intp]:
        """The nodes (N, `steps`) of random walks from the nodes (N,), BITS steps at a time."""
        bits = rng.integers(1 << BITS, size=(-(-steps // BITS), len(node)), dtype=np.uint8)
        walked = []
        for drawn in bits:
            walked.append(np.take(self.transitions, node * (1 << BITS) + drawn, axis=0))
            node = walked[-1][:, -1]
        return np.concatenate(walked, axis=1)[:, :steps]

    def drawn(self, nodes: NDArray[np.intp]) -> Drawn:
        """Nodes (N, T) as inputs, legal next symbols, and whether anything follows."""
        followed = (self.follows[:, 0] != PADDING) & (self.roles != Role.PADDING)
        inputs = np.take(self.symbols.astype(np.int32), nodes)
        return inputs, np.take(self.legal, nodes, axis=0), np.take(followed, nodes)


def sequences(grammar: Grammar, nodes: NDArray[np.intp], outer_only: bool = False) -> Sequences:
    """Nodes (N, T) as sequences, scored wherever a symbol follows.

    outer_only: scored only where the outer symbol has to be predicted again.
    """
    inputs, legal, scored = grammar.drawn(nodes)
    roles = np.take(grammar.roles, nodes)
    return Sequences(inputs, legal, roles == Role.QUERY if outer_only else scored, roles)


def share(grammar: Grammar, role: Role, steps: int) -> float:
    """The expected share of a role's nodes in the first `steps` steps of a walk."""
    after = np.zeros((len(grammar.symbols), len(grammar.symbols)))
    np.add.at(after, (np.arange(len(after))[:, None], grammar.follows), 0.5)
    chance, expected = np.zeros(len(after)), np.zeros(len(after))
    chance[BEGIN] = 1
    for _ in range(steps):
        expected += chance
        chance = chance @ after
    return float(expected[grammar.roles == role].sum() / steps)


def read(grammar: Grammar, text: str) -> NDArray[np.intp]:
    """The nodes (T,) of a typed text, from the beginning of a string on.

    ExperimentError names the first letter that is no symbol, or not legal where it stands.
    """
    letters = _BETWEEN.sub("", text).upper()
    nodes = list[int]()
    for place, letter in enumerate(letters):
        if letter not in SYMBOLS:
            raise ExperimentError("sequence", letter, "the letters " + ", ".join(SYMBOLS))
        symbol = SYMBOLS.index(letter)
        right = [node for node in _after(grammar, nodes) if grammar.symbols[node] == symbol]
        if not right:
            so_far = "nothing" if not place else letters[max(0, place - 12) : place]
            accepts = f"{allowed(grammar, nodes)} as letter {place + 1:,}, after {so_far}"
            raise ExperimentError("sequence", letter, accepts)
        nodes.append(right[0])
    if not nodes:
        raise ExperimentError("sequence", text, "a string such as B T B T X S E T E")
    return np.array(nodes)


def allowed(grammar: Grammar, nodes: Sequence[int] | NDArray[np.intp]) -> str:
    """What may follow these nodes (T,), in words: 'T or P'."""
    names = [SYMBOLS[grammar.symbols[node]] for node in _after(grammar, nodes)]
    return " or ".join(names) if names else "nothing more"


def _after(grammar: Grammar, nodes: Sequence[int] | NDArray[np.intp]) -> list[int]:
    """The nodes that may follow these, each once, without padding."""
    following = dict.fromkeys(grammar.follows[nodes[-1]].tolist()) if len(nodes) else [BEGIN]
    return [node for node in following if node != PADDING]


@lru_cache(maxsize=16)
def embedded(strings: int, repeating: bool = False) -> Grammar:
    """B, o, `strings` inner strings, o again, E, with o in {T, P}; then another, or padding.

    Roles: the first o is the cue, the E of the last inner string the query, at which o has to
    be predicted again; what is inner is filler.
    """
    symbols, roles, follows = list[int](), list[int](), list[tuple[int, int]]()

    def node(symbol: str, role: Role, first: int = -1, second: int = -1) -> int:
        symbols.append(SYMBOLS.index(symbol))
        roles.append(role)
        follows.append((first, first if second < 0 else second))
        return len(symbols) - 1

    begin, end = node("B", Role.CARRIER), node("E", Role.CARRIER)
    padding = node("B", Role.PADDING, PADDING)
    firsts = []
    for outer in OUTER:
        after = node(outer, Role.CARRIER, end)
        for number in range(strings):
            inner_end = node("E", Role.FILLER if number else Role.QUERY, after)
            place = len(symbols)  # the two symbols of state s are nodes place + 2 s and + 1
            starts = [place + 2 * state for state in range(LAST_STATE)]
            for symbol, state in sum(TRANSITIONS, ()):
                if state == LAST_STATE:
                    node(symbol, Role.FILLER, inner_end)
                else:
                    node(symbol, Role.FILLER, starts[state], starts[state] + 1)
            after = node("B", Role.FILLER, starts[0], starts[0] + 1)
        firsts.append(node(outer, Role.CUE, after))
    follows[begin] = (firsts[0], firsts[1])
    follows[end] = (begin, begin) if repeating else (padding, padding)
    return Grammar(np.array(symbols), np.array(roles, np.uint8), np.array(follows))


def inner_lengths() -> NDArray[np.float64]:
    """P(an inner string has n symbols), (n,) by n, until the remaining tail is below 1e-18."""
    states, lengths = np.zeros(LAST_STATE + 1), [0.0, 0.0]
    states[0] = 1
    while states.sum() > 1e-18:
        after = np.zeros(LAST_STATE + 1)
        for state, options in enumerate(TRANSITIONS):
            for _, following in options:
                after[following] += states[state] / 2
        lengths.append(after[LAST_STATE])
        after[LAST_STATE] = 0
        states = after
    return np.array([0.0, *lengths])  # n counts the E, too


@lru_cache(maxsize=64)
def longest(strings: int, rarer: float) -> int:
    """The length that a string with `strings` inner ones exceeds with probability < `rarer`."""
    one, lengths = inner_lengths(), np.ones(1)
    for _ in range(strings):
        lengths = np.convolve(lengths, one)
    beyond = np.cumsum(lengths[::-1])[::-1]  # P(n or more symbols)
    return int((beyond >= rarer).sum() - 1) + 4
