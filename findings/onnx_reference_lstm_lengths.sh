#!/usr/bin/env bash
# onnx's reference evaluator ignores the lengths of an LSTM's sequences.
#
# Version:  onnx 1.23.2, onnxruntime 1.32.0, numpy 2.4.6
# Guess:    onnx.reference.ReferenceEvaluator is what the operator's text says, so it is the thing
#           to check a runtime against: outputs past a sequence's own end are zero, and Y_h is the
#           state at that end.
# Seen:     given sequence_lens, the reference evaluator computes all steps of every sequence and
#           returns as Y_h the state after padding. It raises nothing. onnxruntime follows the
#           text. Without sequence_lens the two agree.
# Matters:  a padded batch checked against the "reference" passes with the wrong final states.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
"$folder/env/bin/python" - <<'PYTHON'
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

T, B, I, H = 4, 2, 3, 2
rng = np.random.default_rng(0)
x = rng.standard_normal((T, B, I)).astype(np.float32)
weights = {
    "W": rng.standard_normal((1, 4 * H, I)).astype(np.float32),
    "R": rng.standard_normal((1, 4 * H, H)).astype(np.float32),
    "B": np.zeros((1, 8 * H), np.float32),
}


def model(lengths):
    names = ["X", "W", "R", "B", *(["lengths"] if lengths is not None else [])]
    given = dict(weights) if lengths is None else {**weights, "lengths": lengths}
    graph = helper.make_graph(
        [helper.make_node("LSTM", names, ["Y", "Y_h", "Y_c"], hidden_size=H)],
        "lstm",
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, [T, B, I])],
        [
            helper.make_tensor_value_info("Y", TensorProto.FLOAT, [T, 1, B, H]),
            helper.make_tensor_value_info("Y_h", TensorProto.FLOAT, [1, B, H]),
            helper.make_tensor_value_info("Y_c", TensorProto.FLOAT, [1, B, H]),
        ],
        [onnx.numpy_helper.from_array(value, name) for name, value in given.items()],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=9)
    onnx.checker.check_model(made)
    return made


def both(lengths):
    made = model(lengths)
    reference = ReferenceEvaluator(made).run(None, {"X": x})
    runtime = onnxruntime.InferenceSession(made.SerializeToString()).run(None, {"X": x})
    return reference, runtime


reference, runtime = both(None)
for one, other in zip(reference, runtime):
    np.testing.assert_allclose(one, other, atol=1e-5)
whole = reference
lengths = np.array([4, 2], np.int32)
reference, runtime = both(lengths)
print("onnx", onnx.__version__, "onnxruntime", onnxruntime.__version__, "lengths", lengths.tolist())
print("output of sequence 1 at step 3, past its end:")
print("  reference evaluator", reference[0][3, 0, 1], "  onnxruntime", runtime[0][3, 0, 1])
print("Y_h of sequence 1:")
print("  reference evaluator", reference[1][0, 1], "  onnxruntime", runtime[1][0, 1])
assert not runtime[0][2:, 0, 1].any()
np.testing.assert_allclose(runtime[1][0, 1], whole[0][1, 0, 1], atol=1e-5)
for one, other in zip(reference, whole):
    np.testing.assert_array_equal(one, other, "the reference evaluator has changed")
PYTHON
