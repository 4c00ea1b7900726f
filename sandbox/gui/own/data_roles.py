"""What each column of a table is for: one is forecast, others are read beside it, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sandbox.tasks.forecast_inputs import list_of, names_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class ColumnRole(NamedTuple):
    """words: in the list.  wish: in its menu, with a key and what it means."""

    words: str
    wish: str
    key: str
    tip: str


FORECAST = ColumnRole(
    "forecast", "Forecast it", "F", "Its next value is what the nets are asked for."
)
READ = ColumnRole("read", "Read it too", "R", "The nets read its value in each row, too.")
KNOWN = ColumnRole(
    "known",
    "Read it one row ahead",
    "K",
    "Its next value is known beforehand, as of a holiday or a tariff: the nets read that one.",
)
UNREAD = ColumnRole("not read", "Do not read it", "N", "The nets see nothing of it.")
NOTHING_READ = {"column": "", "inputs": "", "known": "", "calendar": ""}  # of a new table
ROLES = (FORECAST, READ, KNOWN, UNREAD)


class ColumnRoles(NamedTuple):
    """The column that is forecast, and those that are read beside it, by name."""

    column: str = ""
    inputs: tuple[str, ...] = ()
    known: tuple[str, ...] = ()

    @property
    def read(self) -> tuple[str, ...]:
        """All columns that are read, the one that is forecast first."""
        return tuple(name for name in (self.column, *self.inputs, *self.known) if name)

    def of(self, name: str) -> ColumnRole:
        """What the column of this name is for."""
        if name == self.column:
            return FORECAST
        if name in self.inputs:
            return READ
        return KNOWN if name in self.known else UNREAD

    def changed(self, name: str, role: ColumnRole, order: Sequence[str]) -> ColumnRoles:
        """The roles once this column has another one; further columns as `order` has them.

        The column that was forecast is not read if another one is forecast instead.
        """
        roles = {each: self.of(each) for each in order}
        if role is FORECAST:
            roles[self.column] = UNREAD
        roles[name] = role
        column = next((each for each in order if roles[each] is FORECAST), "")
        further = ([each for each in order if roles[each] is kind] for kind in (READ, KNOWN))
        return ColumnRoles(column, *map(tuple, further))

    def resolved(self, names: Sequence[str]) -> ColumnRoles:
        """The roles with the names of columns that are given by their number in the file."""

        def name(given: str) -> str:
            number = int(given) if given.isascii() and given.isdigit() else 0
            return names[number - 1] if given not in names and 1 <= number <= len(names) else given

        further = (tuple(dict.fromkeys(map(name, part))) for part in (self.inputs, self.known))
        return ColumnRoles(name(self.column), *further)

    def among(self, names: Sequence[str]) -> ColumnRoles:
        """The roles of columns that are there; the first is forecast if that one is not."""
        column = self.column if self.column in names else next(iter(names), "")
        there = set(names) - {column}
        further = (tuple(each for each in part if each in there) for part in self[1:])
        return ColumnRoles(column, *further)


def roles_in(params: Mapping[str, Any]) -> ColumnRoles:
    """The roles in the parameters of `forecast`."""
    return ColumnRoles(params["column"], names_in(params["inputs"]), names_in(params["known"]))


def params_of(roles: ColumnRoles) -> dict[str, str]:
    """The parameters that say these roles."""
    further = {"inputs": list_of(roles.inputs), "known": list_of(roles.known)}
    return {"column": roles.column, **further}


def lost_in_words(before: ColumnRoles, after: ColumnRoles) -> str:
    """Which roles are gone with their columns, in a sentence; "" if none is."""
    lost = [name for name in before.read if name not in after.read]
    if not lost:
        return ""
    one = len(lost) == 1
    gone = f"{_listed(lost)} {'is' if one else 'are'} no longer among the columns"
    if before.column in lost and after.column:
        return f"{gone}: {after.column} is forecast now."
    return f"{gone}, so {'it is' if one else 'they are'} not read."


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
