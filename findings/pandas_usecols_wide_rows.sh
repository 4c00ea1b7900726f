#!/usr/bin/env bash
# pandas.read_csv lets rows with too many cells pass as soon as columns are chosen.
#
# Version:  pandas 3.1.1, numpy 2.4.6
# Guess:    choosing columns only leaves some out: a row that has more cells than the header is
#           refused with usecols as it is without, above all with on_bad_lines="error".
# Seen:     without usecols the row is refused by its line number. With usecols, even if it names
#           every column, the row is read and its further cells are dropped without a word, by the C
#           parser and by the Python one, with on_bad_lines="error" too.
# Matters:  a series is read by its column's name to save memory, and a row in which a decimal comma
#           split a value in two becomes two wrong numbers that nothing reports.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet pandas==3.1.1 numpy==2.4.6
"$folder/env/bin/python" - <<'PYTHON'
import io

import pandas

TABLE = "day,level\n1,10\n2,11\n3,12,99\n4,13\n"


def levels(**options):
    try:
        return pandas.read_csv(io.StringIO(TABLE), **options)["level"].tolist()
    except pandas.errors.ParserError:
        return "refused"


cases = {
    "all columns": {},
    "all columns, Python parser": {"engine": "python"},
    "usecols names all": {"usecols": ["day", "level"]},
    "usecols names one": {"usecols": ["level"]},
    "usecols, on_bad_lines=error": {"usecols": ["level"], "on_bad_lines": "error"},
    "usecols, Python parser": {"usecols": ["level"], "engine": "python"},
}
seen = {name: levels(**options) for name, options in cases.items()}
for name, found in seen.items():
    print(f"{name}: {found}")
refused = [name for name, found in seen.items() if found == "refused"]
assert refused == ["all columns", "all columns, Python parser"], refused
assert all(found == [10, 11, 12, 13] for found in seen.values() if found != "refused")
print("as described: choosing columns switches the check for wide rows off")
PYTHON
