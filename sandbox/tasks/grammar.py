"""The embedded Reber grammar as a walk from node to node, drawn for many strings at once.

A node is what has just been read: a symbol at one place of the grammar, so that it also says
what may follow.  Each node has two that follow it, equally likely; they are the same one where
the grammar leaves no choice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.tasks.base import Role, Sequences
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
BITS = 4  # steps that one look into a table takes
_BETWEEN = re.compile(r"[\s,.;_-]+")


@dataclass(frozen=True)
class Grammar:
    """A grammar of C nodes, of which three begin a string, end it, and pad what is behind it.

    symbols: intp (C,) places in SYMBOLS.   roles: uint8 (C,).   follows: intp (C, 2).
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
    def ahead(self) -> NDArray[np.intp]:
        """(C · 2^BITS, BITS): the nodes of the next BITS steps, by node and deciding bits."""
        node = np.repeat(np.arange(len(self.symbols)), 1 << BITS)
        bits = np.tile(np.arange(1 << BITS), len(self.symbols))
        steps = []
        for step in range(BITS):
            node = self.follows[node, bits >> step & 1]
            steps.append(node)
        return np.stack(steps, axis=1)

    @cached_property
    def _values(self) -> tuple[NDArray[Any], ...]:
        """Input, target, role, whether a symbol may follow, and whether o has to; (C, …) each."""
        followed = (self.follows[:, 0] != PADDING) & (self.roles != Role.PADDING)
        inputs = self.symbols.astype(np.int32)
        return inputs, self.legal, self.roles, followed, self.roles == Role.QUERY

    @cached_property
    def _values_ahead(self) -> tuple[NDArray[Any], ...]:
        """The same of the nodes in `ahead`, (C · 2^BITS, BITS, …) each."""
        return tuple(values[self.ahead] for values in self._values)

    @cached_property
    def _ended(self) -> NDArray[np.bool_]:
        """(C · 2^BITS,): which rows of `ahead` are padding."""
        return np.asarray(self.ahead[:, 0] == PADDING)

    def strings(
        self, rng: np.random.Generator, outer: NDArray[np.intp], length: int, outer_only: bool
    ) -> Sequences:
        """Strings with these outer symbols (N,), padded on the right to `length` steps.

        A string that would be longer is drawn anew.  outer_only: see `sequences`.
        """
        lead = np.stack([np.full_like(outer, BEGIN), self.follows[BEGIN, outer]], axis=1)
        looks = self._walk(rng, lead[:, 1], length - 2)
        while len(longer := np.flatnonzero(self._goes_on(looks, length - 2))):
            looks[longer] = self._walk(rng, lead[longer, 1], length - 2)
        return self._laid(lead, looks, length, outer_only)

    def stream(
        self, rng: np.random.Generator, count: int, length: int, outer_only: bool
    ) -> Sequences:
        """Strings one after another, `count` times `length` steps from a beginning on."""
        lead = np.full((count, 1), BEGIN)
        return self._laid(lead, self._walk(rng, lead[:, 0], length - 1), length, outer_only)

    def _walk(
        self, rng: np.random.Generator, first: NDArray[np.intp], steps: int
    ) -> NDArray[np.intp]:
        """The looks (N, L) that take at least `steps` steps on from the nodes `first` (N,).

        A look is a row of `ahead`: a node and BITS random bits.
        """
        looks = np.empty((len(first), -(-steps // BITS)), np.intp)
        bits = rng.integers(1 << BITS, size=looks.T.shape, dtype=np.uint8)
        last = np.ascontiguousarray(self.ahead[:, -1])
        for number, decided in enumerate(bits):
            looks[:, number] = first * (1 << BITS) + decided
            first = last[looks[:, number]]
        return looks

    def _goes_on(self, looks: NDArray[np.intp], steps: int) -> NDArray[np.bool_]:
        """Which walks (N, L) have not ended after `steps` steps, (N,)."""
        node = self.ahead[looks[:, -1], (steps - 1) % BITS]
        return np.asarray((node != END) & (node != PADDING))

    def _laid(
        self, lead: NDArray[np.intp], looks: NDArray[np.intp], length: int, outer_only: bool
    ) -> Sequences:
        """Nodes (N, p) and the looks (N, L) behind them as sequences (N, length).

        Values are looked up for BITS steps at once, and only as far as there are any.
        """
        count, before = lead.shape
        looks = looks[:, ~self._ended[looks].all(axis=0)]
        steps = min(length - before, looks.shape[1] * BITS)

        def laid(values: NDArray[Any], ahead: NDArray[Any]) -> NDArray[Any]:
            every = np.zeros((count, length, *values.shape[1:]), values.dtype)
            every[:, :before] = values[lead]
            found = np.take(ahead, looks, axis=0).reshape(count, -1, *values.shape[1:])
            every[:, before : before + steps] = found[:, :steps]
            return every

        inputs, legal, roles, *asked = zip(self._values, self._values_ahead, strict=True)
        return Sequences(laid(*inputs), laid(*legal), laid(*asked[outer_only]), laid(*roles))

    def sequences(self, nodes: NDArray[np.intp], outer_only: bool = False) -> Sequences:
        """Nodes (N, T) as sequences, asked wherever something follows.

        outer_only: only where the outer symbol has to be predicted again.
        """
        inputs, legal, roles, *asked = self._values
        return Sequences(inputs[nodes], legal[nodes], asked[outer_only][nodes], roles[nodes])

    def share(self, role: Role, steps: int) -> float:
        """The mean share of a role's nodes among the first `steps` of a walk from the beginning."""
        after = np.zeros((len(self.symbols), len(self.symbols)))
        np.add.at(after, (np.arange(len(after))[:, None], self.follows), 0.5)
        chance, expected = np.zeros(len(after)), np.zeros(len(after))
        chance[BEGIN] = 1
        for _ in range(steps):
            expected += chance
            chance = chance @ after
        return float(expected[self.roles == role].sum() / steps)

    def read(self, text: str) -> NDArray[np.intp]:
        """The nodes (T,) of what the user typed, from the beginning of a string on.

        ExperimentError names the first symbol that is none, or not legal where it stands.
        """
        letters = _BETWEEN.sub("", text).upper()
        nodes = list[int]()
        for place, letter in enumerate(letters):
            if letter not in SYMBOLS:
                raise ExperimentError("sequence", letter, "the letters " + ", ".join(SYMBOLS))
            symbol = SYMBOLS.index(letter)
            right = [node for node in self._after(nodes) if self.symbols[node] == symbol]
            if not right:
                so_far = "nothing" if not place else letters[max(0, place - 12) : place]
                accepts = f"{self.allowed(nodes)} as letter {place + 1:,}, after {so_far}"
                raise ExperimentError("sequence", letter, accepts)
            nodes.append(right[0])
        if not nodes:
            raise ExperimentError("sequence", text, "a string such as B T B T X S E T E")
        return np.array(nodes)

    def allowed(self, nodes: Sequence[int] | NDArray[np.intp]) -> str:
        """What may follow these nodes, in words: 'T or P'."""
        names = [SYMBOLS[self.symbols[node]] for node in self._after(nodes)]
        return " or ".join(names) if names else "nothing more"

    def _after(self, nodes: Sequence[int] | NDArray[np.intp]) -> list[int]:
        """The nodes that may follow these, each once, without padding."""
        following = dict.fromkeys(self.follows[nodes[-1]].tolist()) if len(nodes) else [BEGIN]
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


def inner_lengths(rest: float = 1e-18) -> NDArray[np.float64]:
    """P(an inner string has n symbols), by n, as far as what is left out is below `rest`."""
    states, lengths = np.zeros(LAST_STATE + 1), [0.0, 0.0]
    states[0] = 1
    while states.sum() > rest:
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
    """The length that a string with so many inner ones exceeds with a probability below that."""
    one, lengths = inner_lengths(), np.ones(1)
    for _ in range(strings):
        lengths = np.convolve(lengths, one)
    beyond = np.cumsum(lengths[::-1])[::-1]  # P(n or more symbols)
    return int((beyond >= rarer).sum() - 1) + 4


def named(sequences: Sequences, index: int) -> list[str]:
    """The symbols of one sequence, "" where padded."""
    there = (sequences.roles[index] != Role.PADDING).tolist()
    steps = zip(sequences.inputs[index].tolist(), there, strict=True)
    return [SYMBOLS[symbol] if own else "" for symbol, own in steps]
