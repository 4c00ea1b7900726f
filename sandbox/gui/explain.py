"""The words on the window, explained in one paragraph each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Term:
    """A word and its paragraph; `question` is how a person would ask for it."""

    question: str
    text: str


TERMS: Mapping[str, Term] = {
    "rnn": Term(
        "What is an RNN?",
        "A recurrent neural network reads a sequence one step at a time. After each step it keeps "
        "a short list of numbers, its hidden state, and mixes the next word into it. Everything "
        "it knows about the past has to be in that list. The plain RNN here writes the whole list "
        "anew at every step, through one tanh layer, so that what it read long ago is easily "
        "written over.",
    ),
    "gate": Term(
        "What is a gate?",
        "An LSTM has a second list of numbers beside its hidden state: the cell state, its memory. "
        "Gates are numbers between 0 and 1 that the net works out anew at every step, one for each "
        "unit of that memory. The forget gate says how much of the old memory stays, the input "
        "gate how much of the candidate is written, the output gate how much is shown. A forget "
        "gate near 1 carries a memory on unchanged, however many words go by.",
    ),
    "contestants": Term(
        "What is a contestant?",
        "A net that takes part in the run. All of them read the same sequences in the same order, "
        "but each starts from random weights of its own. Two that are set alike may therefore "
        "learn at a different speed; another seed tells whether a difference was luck.",
    ),
    "gap": Term(
        "What is the gap?",
        "How many steps lie between the moment when something is said and the moment when it is "
        "asked for. A net with a gap of 5 has to keep it in mind for five steps; with a gap of 200 "
        "for two hundred. The longer the gap, the weaker the trace that is left of it while "
        "learning.",
    ),
    "hidden": Term(
        "What are hidden units?",
        "How many numbers a net may keep from one step to the next. Each is one row of the "
        "pictures. More units can remember more, and take longer to train.",
    ),
    "recurrent_init": Term(
        "What is the recurrent initialisation?",
        "The weights through which the hidden state acts on its own next value, as they are before "
        "training. The default draws them small and at random. Orthogonal weights neither shrink "
        "nor stretch what passes through them, so that a gradient survives more steps. The "
        "identity starts with a state that copies itself. For a plain RNN this often decides "
        "how long a gap it can learn.",
    ),
    "forget_bias": Term(
        "What are forget bias and chrono?",
        "The constant inside the forget gate before training. At 0 every gate starts half open, "
        "and a memory is halved at each step: after 50 steps nothing is left, and no gradient "
        "either. A higher bias starts with gates that keep. Chrono (Tallec and Ollivier 2018) "
        "gives each unit its own: some forget within a few words, some only after as many steps "
        "as the gap is long.",
    ),
    "lr": Term(
        "What is the learning rate?",
        "How far the weights move at each training step. Too small, and learning takes for ever; "
        "too large, and the loss jumps about or becomes infinite. It can be changed while the nets "
        "train.",
    ),
    "clip": Term(
        "What is clipping?",
        "Now and then the gradient of a recurrent net is enormous, and a single step would throw "
        "away what was learned. Where its length exceeds this number, it is scaled down to it. "
        "The direction stays.",
    ),
    "optimizer": Term(
        "What is the optimiser?",
        "The rule that turns a gradient into a change of the weights. Adam gives each weight its "
        "own pace, and is the usual choice. SGD takes the plain gradient; momentum keeps some of "
        "the direction before; RMSprop divides by the recent size.",
    ),
    "batch": Term(
        "What is a batch?",
        "How many sequences are read for one training step. All contestants read the same ones, "
        "so that a difference between them is a difference between the nets.",
    ),
    "steps": Term(
        "What are training steps?",
        "In one step each net reads one batch, and its weights move once. Training stops when this "
        "many steps are taken; pressing Train then adds as many again.",
    ),
    "seed": Term(
        "What is the seed?",
        "The number that everything random grows from: the weights before training and the "
        "sequences. The same seed gives the same run to the last digit; another seed tells whether "
        "a result was luck.",
    ),
    "loss": Term(
        "What is the loss?",
        "How surprised a net is by the right answer, in nats: 0 means certain and right. It is "
        "what training makes small. For tasks whose answer is a number, it is the squared error.",
    ),
    "baseline": Term(
        "What is the baseline?",
        "What a net would score that has learned everything about the task except the one thing "
        "that has to be remembered. A curve that rests on this line has not remembered yet; one "
        "that falls below it has begun to.",
    ),
    "gradient": Term(
        "What does the gradient panel show?",
        "How strongly the error at the end reaches back to each earlier step: the size of the "
        "gradient of the loss with respect to the hidden state there, on a logarithmic axis. Where "
        "the line has fallen by many powers of ten, the net cannot learn from that step, since "
        "whatever happens there hardly changes its error. A line that stays level back to the cue "
        "is what makes learning a long gap possible. Relative to the question, it is 1 at the "
        "question, and shows how much of it is left further back; switched off, it shows the "
        "values themselves.",
    ),
    "solved": Term(
        "When is a task solved?",
        "Now and then each net is tested on fresh sequences that training never sees. Once it "
        "passes the task's own criterion there, for most tasks 99 of 100 right, it is declared "
        "solved at that step.",
    ),
    "speed": Term(
        "What does speed change?",
        "Only how fast the steps follow each other. Slow motion takes the same steps with the same "
        "numbers, so that an eye can follow how the pictures change.",
    ),
}
