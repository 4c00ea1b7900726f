#!/usr/bin/env bash
# OpenVINO reads an ONNX LSTM with peephole weights and computes one without them.
#
# Version:  openvino 2026.4.1, onnx 1.23.2, onnxruntime 1.32.0, numpy 2.4.6
# Guess:    a converter that does not support the optional input P refuses the node.
# Seen:     the model is read and compiled without an error; its result does not change when P does
#           and equals that of the same LSTM without P. onnxruntime follows the operator's text.
#           Measured with float32 as the inference precision, so it is not a matter of rounding.
# Matters:  an exported peephole LSTM gives slightly wrong numbers, and nothing says so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet \
    openvino==2026.4.1 onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
"$folder/env/bin/python" - <<'PYTHON'
import numpy as np
import onnx
import onnxruntime
import openvino
from onnx import TensorProto, helper

T, B, I, H = 5, 1, 3, 2
rng = np.random.default_rng(0)
x = rng.standard_normal((T, B, I)).astype(np.float32)
weights = {
    "W": rng.standard_normal((1, 4 * H, I)).astype(np.float32),
    "R": rng.standard_normal((1, 4 * H, H)).astype(np.float32),
    "B": np.zeros((1, 8 * H), np.float32),
    "h0": np.zeros((1, B, H), np.float32),
    "c0": np.zeros((1, B, H), np.float32),
}
peepholes = rng.standard_normal((1, 3 * H)).astype(np.float32)


def model(p):
    given = {**weights, "P": p}
    graph = helper.make_graph(
        [helper.make_node("LSTM", ["X", "W", "R", "B", "", "h0", "c0", "P"], ["Y"], hidden_size=H)],
        "lstm",
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, [T, B, I])],
        [helper.make_tensor_value_info("Y", TensorProto.FLOAT, [T, 1, B, H])],
        [onnx.numpy_helper.from_array(value, name) for name, value in given.items()],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=9)
    onnx.checker.check_model(made)
    return made.SerializeToString()


def in_onnxruntime(p):
    return onnxruntime.InferenceSession(model(p)).run(None, {"X": x})[0]


def in_openvino(p):
    core = openvino.Core()
    hint = {"INFERENCE_PRECISION_HINT": "f32"}
    compiled = core.compile_model(core.read_model(model(p)), "CPU", hint)
    return compiled([x])[0]


none = np.zeros_like(peepholes)
with_p, without_p = in_onnxruntime(peepholes), in_onnxruntime(none)
there, there_without = in_openvino(peepholes), in_openvino(none)
print("openvino", openvino.__version__, "onnxruntime", onnxruntime.__version__)
print("last step with P:    onnxruntime", with_p[-1, 0, 0], "openvino", there[-1, 0, 0])
print("last step without P: onnxruntime", without_p[-1, 0, 0], "openvino", there_without[-1, 0, 0])
np.testing.assert_allclose(there_without, without_p, atol=1e-4)
assert np.abs(with_p - without_p).max() > 0.01
np.testing.assert_array_equal(there, there_without, "openvino has changed")
PYTHON
