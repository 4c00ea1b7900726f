from __future__ import annotations

import re

from sandbox.experiment import Experiment
from sandbox.store.run_ids import new_run_id, order, plain


def test_that_ids_are_unique_and_sort_in_the_order_they_were_made() -> None:
    tasks = ("fluent", "water", "adding", "temporal_order")
    ids = [new_run_id(Experiment(task=tasks[n % 4])) for n in range(2000)]
    assert len(set(ids)) == len(ids)
    assert sorted(ids, key=order) == ids


def test_that_an_id_says_when_and_what_and_is_a_plain_name() -> None:
    run = new_run_id(Experiment(task="temporal_order"))
    assert re.fullmatch(r"\d{8}-\d{6}-temporal_order-[0-9a-f]{6}", run)
    assert plain(run) == run
