"""What each kind of cell is, in one paragraph each; the keys are the cells' names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.gui.widgets.term import Term

if TYPE_CHECKING:
    from collections.abc import Mapping

_RNN = Term(
    "What is an RNN?",
    "A recurrent neural network reads a sequence one step at a time. After each step it keeps "
    "a short list of numbers, its hidden state, and mixes the next word into it. Everything "
    "it knows about the past has to be in that list. The plain RNN here (Elman 1990) writes the "
    "whole list anew at every step, through one tanh layer, so that what it read long ago is "
    "easily written over.",
)
_RELU = Term(
    "What is an RNN with relu, or IRNN?",
    "A plain RNN whose layer cuts off at zero in place of tanh: what is below zero becomes 0, "
    "what is above stays as it is and has no upper limit. Le, Jaitly and Hinton (2015) start it "
    "as an IRNN, with the identity as its recurrent weights and no bias, so that at first it "
    "copies its state unchanged and no gradient fades. Nothing holds its values back either: "
    "they may grow until training breaks off, and a smaller learning rate or clip then helps.",
)
_LSTM = Term(
    "What is a gate?",
    "An LSTM has a second list of numbers beside its hidden state: the cell state, its memory. "
    "Gates are numbers between 0 and 1 that the net works out anew at every step, one for each "
    "unit of that memory. The forget gate says how much of the old memory stays, the input "
    "gate how much of the candidate is written, the output gate how much is shown. A forget "
    "gate near 1 carries a memory on unchanged, however many words go by (Hochreiter and "
    "Schmidhuber 1997; Gers, Schmidhuber and Cummins 2000).",
)
_GRU = Term(
    "What are update gate and reset gate?",
    "A GRU (Cho et al. 2014) keeps its memory in the hidden state itself and has two gates. The "
    "update gate does what forget and input gate do in an LSTM, but with one number: where it "
    "is 1 the old value stays, where it is 0 the candidate takes its place. The reset gate says "
    "how much of the old state the candidate gets to see. Its recurrent part is multiplied "
    "after the weights, as in cuDNN and PyTorch. Some papers write the update gate the other "
    "way round.",
)
_PEEPHOLE = Term(
    "What is a peephole?",
    "In a plain LSTM the gates see the input and the hidden state, but not the memory they "
    "guard. A peephole is one weight a unit through which a gate looks at its own cell state: "
    "input and forget gate at the old one, the output gate at the new one. It helps where "
    "exact timing matters (Gers and Schmidhuber 2000); in the comparison of Greff et al. (2016) "
    "it made little difference.",
)
_COUPLED = Term(
    "What does coupled mean?",
    "In this LSTM the forget gate is not learned by itself: it is 1 minus the input gate. The "
    "memory lets go of exactly as much as it writes, which saves a quarter of the weights. In "
    "the comparison of Greff et al. (2016), where it is called CIFG, it did about as well as the "
    "full LSTM.",
)
_NO_FORGET = Term(
    "What is the LSTM of 1997?",
    "The LSTM as Hochreiter and Schmidhuber first wrote it had no forget gate: what is written "
    "is added to the memory and never fades. That carries a single fact over any gap, but over "
    "a long stream the memory fills up and cannot be cleared, which is why Gers, Schmidhuber "
    "and Cummins (2000) added the forget gate. Greff et al. (2016) call it NFG.",
)
_NO_INPUT = Term(
    "What is an LSTM without an input gate?",
    "Its candidate is written at every step, in full: only the forget gate decides what lasts. "
    "Filler words leave their mark in the memory unless the net learns to make its candidate "
    "small for them. Greff et al. (2016) call it NIG.",
)
_NO_OUTPUT = Term(
    "What is an LSTM without an output gate?",
    "It always shows all of its memory: the hidden state is the tanh of the cell state. What it "
    "keeps for later therefore acts on its gates and its answer at every step. Greff et al. "
    "(2016), who call it NOG, found the output gate to be one of the two parts that matter most.",
)
_LINEAR = Term(
    "What is an LSTM with linear input?",
    "The candidate, the new content, is used as it is in place of its tanh, so that it has no "
    "bounds. Large values can be written at once, and the memory may grow faster. Greff et al. "
    "(2016), who call it NIAF, leave the part out to see what it is good for.",
)
_MIN_GRU = Term(
    "What is a minGRU?",
    "A GRU cut down until its gate and its candidate depend on the input alone and not on the "
    "state before (Feng et al. 2024). What is left is a weighted mean of old and new, which can "
    "be worked out for all steps at once. The price: within one layer, what it writes cannot "
    "depend on what it remembers; a second layer helps. In its paper's way of writing, an update "
    "gate of 1 replaces the memory and 0 keeps it, the other way round than in the GRU here.",
)
_MIN_LSTM = Term(
    "What is a minLSTM?",
    "An LSTM cut down until its gates and its candidate depend on the input alone (Feng et al. "
    "2024). It has no cell state and no output gate; forget and input gate are divided by their "
    "sum, so that old and new always share one whole. Like the minGRU it can be worked out for "
    "all steps at once, and gains most from a second layer.",
)

CELL_TERMS: Mapping[str, Term] = {
    "rnn": _RNN,
    "rnn_relu": _RELU,
    "lstm": _LSTM,
    "gru": _GRU,
    "lstm_peephole": _PEEPHOLE,
    "lstm_coupled": _COUPLED,
    "lstm_no_forget": _NO_FORGET,
    "lstm_no_input": _NO_INPUT,
    "lstm_no_output": _NO_OUTPUT,
    "lstm_linear": _LINEAR,
    "mingru": _MIN_GRU,
    "minlstm": _MIN_LSTM,
}
