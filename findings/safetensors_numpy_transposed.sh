#!/usr/bin/env bash
# safetensors' numpy writer stores a transposed array in the wrong order, without a word.
#
# Version:  safetensors 0.8.0, numpy 2.4.6
# Guess:    a transposed array is either made contiguous first or refused, as safetensors' writer
#           for torch refuses it.
# Seen:     safetensors.numpy.save takes w.T, writes the memory of w under the shape of w.T, and
#           load gives an array of the right shape with the wrong numbers. No error, no warning.
#           np.ascontiguousarray(w.T) is stored correctly.
# Matters:  frameworks disagree on whether a weight is (inputs, units) or (units, inputs), so a
#           converter of recurrent weights writes transposes all the time.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet safetensors==0.8.0 numpy==2.4.6
"$folder/env/bin/python" - <<'PYTHON'
import warnings

import numpy as np
import safetensors
from safetensors.numpy import load, save

warnings.simplefilter("error")
w = np.arange(6, dtype=np.float32).reshape(2, 3)
wrong = load(save({"w": w.T}))["w"]
right = load(save({"w": np.ascontiguousarray(w.T)}))["w"]
print("safetensors", safetensors.__version__)
print("w.T:", w.T.tolist())
print("w.T, saved and loaded:", wrong.tolist())
print("contiguous copy of it, saved and loaded:", right.tolist())
assert right.tolist() == w.T.tolist()
assert wrong.shape == w.T.shape and wrong.tolist() == [[0, 1], [2, 3], [4, 5]], "it has changed"
PYTHON
