"""What the history says of a run, what it is found by, and how it is read."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.gui.history import comparison, details, history_wording
from sandbox.gui.history.history_columns import HEADS, Column, arranged
from sandbox.gui.history.history_wording import Live, State
from sandbox.gui.history.listing import ADVANCING_S, Listing, Row, read, row_of
from sandbox.gui.history.query import OUTCOMES, Query, Unclear, matcher
from sandbox.store.base import Origin, RunInfo
from sandbox.store.runs import RunStore
from tests.gui.fake_store import NOW, FakeStore, info, many, result

LISTED = 340


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return [row_of(each) for each in many(LISTED)]


def found(rows: list[Row], text: str = "", **choices: object) -> set[str]:
    matches = matcher(Query(text, **choices))  # type: ignore[arg-type]
    return {row.run for row in rows if matches(row)}


def said(row: Row, state: State) -> str:
    return "".join(words for words, _ in history_wording.result(row, state))


def test_that_the_stand_in_is_a_store() -> None:
    assert {name for name in vars(RunStore) if not name.startswith("_")} <= set(dir(FakeStore()))


def scored(fresh: float, unseen: float) -> dict[str, object]:
    """A net of `fluent` that has not solved it, with its accuracy on both splits."""
    splits = {"fresh": [0.1, fresh], "unseen filler": [0.2, unseen]}
    return {**result("rnn", accuracy=fresh), "splits": splits}


# Words ----------------------------------------------------------------------------------


def test_that_a_result_tells_who_solved_it_first_and_how_right_the_others_are() -> None:
    assert said(row_of(info("a")), State.NONE) == "LSTM solved at 312 · RNN 17%"


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"rnn": result("rnn", diverged_at=1040)}, "RNN diverged at 1,040"),
        ({"rnn": result("rnn")}, "RNN not solved yet"),
        ({}, "–"),
        ({"mine": result("lstm", 3)}, "LSTM mine solved at 3"),
        ({"lstm2": result("lstm", 3)}, "LSTM 2 solved at 3"),
        (
            {f"lstm#{n}": result("lstm", at) for n, at in enumerate((400, None, 300))},
            "LSTM solved 2 of 3, first at 300",
        ),
        (
            {f"rnn#{n}": result("rnn", accuracy=share) for n, share in enumerate((0.1, 0.4))},
            "RNN at best 40%",
        ),
        ({"rnn": scored(1.0, 0.984)}, "RNN 100% (not solved: 98.4% on unseen filler)"),
        ({"rnn": scored(0.9997, 0.9896)}, "RNN 100% (not solved: 98.9% on unseen filler)"),
        ({"rnn": scored(0.98, 0.97)}, "RNN 98%"),
        ({"rnn": {**scored(1.0, 1.0), "solved_at": 7}}, "RNN solved at 7"),
    ],
)
def test_that_every_outcome_has_words(cells: dict[str, object], words: str) -> None:
    assert said(row_of(info("a", cells=cells)), State.NONE) == words


def test_that_a_task_with_a_limit_on_the_loss_is_unsolved_for_its_loss() -> None:
    cells = {"rnn": {**result("rnn", accuracy=1.0), "splits": {"fresh": [0.032, 1.0]}}}
    words = said(row_of(info("a", task="copy", cells=cells)), State.NONE)
    assert words == "RNN 100% (not solved: loss 0.032 on fresh sequences)"
    lost = {"rnn": {**result("rnn", accuracy=1.0), "splits": {"fresh": [None, 1.0]}}}
    assert "infinite loss" in said(row_of(info("a", task="copy", cells=lost)), State.NONE)
    gone = row_of(info("a", task="nothing known", cells=cells))
    assert said(gone, State.NONE) == "RNN 100%"


def test_that_a_damaged_run_says_its_sentence_and_nothing_else() -> None:
    row = row_of(RunInfo("20260314-101500-fluent-ab12c3", damage="It is cut short; delete it."))
    assert said(row, State.DAMAGED) == "It is cut short; delete it."
    assert row.moment == datetime(2026, 3, 14, 10, 15, tzinfo=UTC)  # its id says that much


def test_that_a_run_without_any_date_has_no_moment() -> None:
    row = row_of(RunInfo("left-over", damage="It cannot be read."))
    assert row.moment is None
    assert history_wording.when(row.moment, NOW) == "–"


@pytest.mark.parametrize(
    ("ago", "pattern"),
    [
        (timedelta(0), "today %H:%M"),
        (timedelta(days=1), "yesterday %H:%M"),
        (timedelta(days=40), "{day} %b %H:%M"),
        (timedelta(days=400), "{day} %b %Y"),
    ],
)
def test_that_a_moment_is_told_in_local_time(ago: timedelta, pattern: str) -> None:
    now = NOW.astimezone().replace(hour=12)
    local = now - ago
    words = history_wording.when(local.astimezone(UTC), now)
    assert words == local.strftime(pattern).format(day=local.day)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.42, "0.4 s"),
        (59.6, "1 min 00 s"),
        (200, "3 min 20 s"),
        (7500, "2 h 05 min"),
    ],
)
def test_that_a_time_of_training_is_told_in_units_a_person_reads(
    seconds: float, words: str
) -> None:
    assert history_wording.duration(seconds) == words


def test_that_it_is_told_who_trains_a_run_and_which_were_interrupted() -> None:
    row, cut = row_of(info("a")), row_of(info("b", interrupted=True))
    assert Live("a", training=True).state(row) is State.HERE
    assert Live("a", training=False).state(row) is State.NONE
    assert Live(elsewhere=frozenset("ab")).state(cut) is State.ELSEWHERE
    assert Live().state(cut) is State.INTERRUPTED
    assert said(cut, State.INTERRUPTED).startswith("interrupted · LSTM solved")


# Looking for ----------------------------------------------------------------------------


def test_that_all_words_must_be_there_and_case_does_not_matter(rows: list[Row]) -> None:
    expected = {r.run for r in rows if r.info.task == "adding" and "chrono" in r.info.note}
    assert expected
    assert found(rows, "CHRONO Adding") == expected


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("gap:50", lambda r: r.info.gap == 50),
        ("gap:20-50", lambda r: r.info.gap is not None and 20 <= r.info.gap <= 50),
        ("gap:50-", lambda r: r.info.gap is not None and r.info.gap >= 50),
        ("gap:>20", lambda r: r.info.gap is not None and r.info.gap > 20),
        ("gap:<=20", lambda r: r.info.gap is not None and r.info.gap <= 20),
        ("seed:3", lambda r: not r.info.damage and r.info.seed == 3),
        ("task:adding", lambda r: r.info.task == "adding"),
        ("cell:gru", lambda r: "gru" in {c["cell"] for c in r.info.cells.values()}),
        ("star", lambda r: r.info.star),
        ("is:interrupted", lambda r: r.info.interrupted),
        ("is:not-solved", lambda r: not r.info.damage and not solvers(r)),
        ("is:damaged", lambda r: r.info.damage is not None),
        ("note:comma", lambda r: "comma" in r.info.note),
        ("solved:lstm", lambda r: "lstm" in solvers(r)),
        ("diverged:rnn", lambda r: r.info.cells.get("rnn", {}).get("diverged_at") is not None),
        (
            "star gap:50 solved:gru",
            lambda r: r.info.star and r.info.gap == 50 and "gru" in solvers(r),
        ),
    ],
)
def test_that_a_key_finds_just_the_runs_it_names(rows: list[Row], text: str, holds: object) -> None:
    expected = {row.run for row in rows if holds(row)}  # type: ignore[operator]
    assert 0 < len(expected) < LISTED
    assert found(rows, text) == expected


def solvers(row: Row) -> set[str]:
    return {c["cell"] for c in row.info.cells.values() if c["solved_at"] is not None}


def test_that_a_key_that_is_still_being_typed_hides_nothing(rows: list[Row]) -> None:
    for text in ("gap:", "gap:>", "gap:<=", "cell:", "is:", "   "):
        assert len(found(rows, text)) == LISTED, text


@pytest.mark.parametrize("text", ["gap:abc", "gap:5x", "seed:one", "is:blue", "gap:" + "9" * 5000])
def test_that_what_cannot_be_looked_for_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(Unclear, match=rf"^{text.partition(':')[0]}: takes .*\.$"):
        matcher(Query(text))


def test_that_a_key_that_nobody_knows_is_a_word(rows: list[Row]) -> None:
    marked = replace(rows[0].info, note="see http://example.org")
    assert found([row_of(marked), *rows[1:]], "http://") == {rows[0].run}


def test_that_choices_and_words_are_anded(rows: list[Row]) -> None:
    both = found(rows, "chrono", task="adding", outcome="solved", starred=True)
    apart = found(rows, "chrono task:adding is:solved star")
    assert both == apart != set()
    assert found(rows, gap=50, cell="gru") == found(rows, "gap:50 cell:gru")


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_that_every_result_of_the_choice_can_be_typed(rows: list[Row], outcome: str) -> None:
    assert found(rows, outcome=outcome) == found(rows, f"is:{outcome.replace(' ', '-')}")


# Order ----------------------------------------------------------------------------------


@pytest.mark.parametrize("column", list(Column))
@pytest.mark.parametrize("falling", [False, True])
def test_that_every_column_sorts_and_runs_without_a_value_come_last(
    rows: list[Row], column: Column, falling: bool
) -> None:
    sorted_rows = arranged(rows, HEADS[column].key, falling)
    keys = [HEADS[column].key(row) for row in sorted_rows if not row.info.damage]
    known = [key for key in keys if key is not None]
    assert keys[: len(known)] == known
    assert known == sorted(known, reverse=falling)
    assert {row.run for row in sorted_rows} == {row.run for row in rows}


def test_that_the_best_result_is_the_one_solved_first() -> None:
    early = row_of(info("early", cells={"lstm": result("lstm", 100)}))
    late = row_of(info("late", cells={"lstm": result("lstm", 900)}))
    near = row_of(info("near", cells={"lstm": result("lstm", accuracy=0.98)}))
    far = row_of(info("far", cells={"lstm": result("lstm", accuracy=0.1)}))
    by_result = arranged([far, late, near, early], HEADS[Column.RESULT].key, falling=True)
    assert [row.run for row in by_result] == ["early", "late", "near", "far"]


# Reading --------------------------------------------------------------------------------


def test_that_runs_are_listed_newest_first_and_damaged_ones_among_them() -> None:
    store = FakeStore(many(LISTED))
    listing = read(store, Listing())
    assert [row.run for row in listing.rows] == list(store.infos)[::-1]
    assert sum(row.info.damage is not None for row in listing.rows) == 4


def test_that_nothing_new_gives_the_same_listing_and_something_new_the_same_other_rows() -> None:
    store = FakeStore(many(20))
    first = read(store, Listing())
    assert read(store, first) is first
    changed = list(store.infos)[5]
    store.change(changed, note="mine")
    second = read(store, first)
    assert [new is old for new, old in zip(second.rows, first.rows, strict=True)].count(False) == 1
    assert second.by_run[changed].info.note == "mine"


def test_that_a_run_that_takes_steps_is_trained_by_somebody_until_it_takes_none_for_long() -> None:
    store = FakeStore([info("a", step=10), info("b", step=10)])
    listing = read(store, Listing(), lambda: 100.0)
    assert not listing.advancing(100.0)
    store.change("a", step=20)
    listing = read(store, listing, lambda: 110.0)
    assert listing.advancing(111.0) == {"a"}
    assert read(store, listing, lambda: 120.0) is listing
    assert not listing.advancing(111.0 + ADVANCING_S)


def test_that_ten_thousand_runs_are_looked_through_within_the_blink_of_an_eye() -> None:
    store = FakeStore(many(10_000))
    listing = read(store, Listing())
    matches = matcher(Query("lstm gap:50 solved:gru"))
    began = time.perf_counter()
    kept = [row for row in listing.rows if matches(row)]
    arranged(kept, HEADS[Column.RESULT].key, True)
    assert time.perf_counter() - began < 0.25  # some 0.01 s where nothing else runs
    assert read(store, listing) is listing


def test_that_what_there_is_to_choose_from_is_known() -> None:
    origin = Origin("a", 5)
    infos = [info("a", gap=50), info("b", gap=7, origin=origin), RunInfo("c", damage="No.")]
    listing = read(FakeStore(infos), Listing())
    assert listing.gaps == [7, 50]
    assert listing.tasks == {"fluent": "I speak fluent …"}
    assert listing.cells == ["lstm", "rnn"]


def test_that_a_loss_in_units_is_told_with_the_result() -> None:
    cells = {
        "rnn#0": {**result("rnn", accuracy=0.5), "in_units": "RMS error 9 MW"},
        "rnn#1": {**result("rnn", accuracy=0.7), "in_units": "RMS error 3 MW"},
        "lstm": result("lstm", accuracy=0.9),
    }
    by_name = {each.name: each for each in row_of(info("a", cells=cells)).entrants}
    assert by_name["rnn"].in_units == "RMS error 3 MW"  # the best one's
    assert by_name["lstm"].in_units == ""
    assert comparison._result(by_name["rnn"]) == "RNN at best 70%, RMS error 3 MW"
    alone = {"rnn": {**result("rnn", accuracy=0.7), "in_units": "RMS error 3 MW"}}
    (entrant,) = row_of(info("b", cells=alone)).entrants
    assert " (RMS error 3 MW) on fresh sequences" in details._results(entrant)


def test_that_a_persons_cell_is_offered_under_its_contestants_name() -> None:
    cells = {"my_idea": {"cell": "own_0123456789abcdef"}, "lstm": {"cell": "lstm"}}
    listing = Listing((row_of(RunInfo("one", cells=cells)),))
    assert listing.cell_titles == {"own_0123456789abcdef": "my idea", "lstm": "LSTM"}
    assert "my idea" in listing.rows[0].searched
