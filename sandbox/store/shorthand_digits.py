"""Values packed into one whole number, digit by digit of whatever base each of them has."""

from __future__ import annotations

from decimal import Decimal

_MANY_DIGITS, _MOST_DIGITS = 7, 19  # up to 6 digits are told in the first code
_NEAR, _FAR = range(-6, 10), range(-400, 400)  # powers of ten of a number's first digit


class Unreadable(Exception):
    """A number that was not made by a `Packer`."""


class Packer:
    """Takes values, least significant first; `number` holds all of them."""

    def __init__(self) -> None:
        self.number, self._scale = 0, 1

    def put(self, value: int, base: int) -> None:
        """A value of 0 to base - 1; ValueError for another one."""
        if not 0 <= value < base:
            raise ValueError(f"{value} is no digit of base {base}")
        self.number += value * self._scale
        self._scale *= base

    def put_number(self, value: float, signed: bool = False) -> None:
        """A whole or real number, exactly: its shortest decimal digits and where they begin."""
        sign, figures, exponent = Decimal(repr(value)).normalize().as_tuple()
        count = len(figures) if any(figures) else 0
        if signed:
            self.put(sign, 2)
        self.put(min(count, _MANY_DIGITS), _MANY_DIGITS + 1)
        if count >= _MANY_DIGITS:
            self.put(count - _MANY_DIGITS, _MOST_DIGITS - _MANY_DIGITS + 1)
        if count:
            least = 10 ** (count - 1)
            self.put(int("".join(map(str, figures))) - least, 9 * least)
            self._put_power(int(exponent) + count - 1)

    def _put_power(self, power: int) -> None:
        near = power in _NEAR
        self.put(_NEAR.index(power) if near else len(_NEAR), len(_NEAR) + 1)
        if not near:
            self.put(_FAR.index(power), len(_FAR))


class Unpacker:
    """Gives back what a Packer took, in the same order."""

    def __init__(self, number: int) -> None:
        self.left = number

    def get(self, base: int) -> int:
        """A value of 0 to base - 1."""
        self.left, value = divmod(self.left, base)
        return value

    def get_whole(self, signed: bool = False) -> int:
        """A whole number; Unreadable where a real one was put."""
        sign, figures, exponent = self._decimal(signed)
        if exponent not in range(_MOST_DIGITS):
            raise Unreadable("a whole number is asked for")
        return sign * figures * int(10**exponent)

    def get_real(self, signed: bool = False) -> float:
        """A real number, to the last bit."""
        sign, figures, exponent = self._decimal(signed)
        return float(f"{'-' if sign < 0 else ''}{figures}e{exponent}")

    def _decimal(self, signed: bool) -> tuple[int, int, int]:
        sign = -1 if signed and self.get(2) else 1
        count = self.get(_MANY_DIGITS + 1)
        if count == _MANY_DIGITS:
            count += self.get(_MOST_DIGITS - _MANY_DIGITS + 1)
        if not count:
            return sign, 0, 0
        least = 10 ** (count - 1)
        figures = self.get(9 * least) + least
        code = self.get(len(_NEAR) + 1)
        power = _NEAR[code] if code < len(_NEAR) else _FAR[self.get(len(_FAR))]
        return sign, figures, power - count + 1
