"""The words on the window, explained in one paragraph each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.gui.explain_cells import CELL_TERMS
from sandbox.gui.term import Term

if TYPE_CHECKING:
    from collections.abc import Mapping

TERMS: Mapping[str, Term] = {
    **CELL_TERMS,
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
    "layers": Term(
        "What are layers?",
        "Nets stacked on each other: the first reads the words, each further one reads what the "
        "one below it shows, step by step, and the top one gives the answer. Every layer has its "
        "own weights, gates and memory. More layers can combine what was read in more involved "
        "ways (Graves et al. 2013), and take longer to train. The pictures show the top layer; "
        "its head then has a chooser for the others.",
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
    "update_bias": Term(
        "What is the update bias?",
        "The constant inside the update gate before training, as the forget bias is for an LSTM. "
        "A higher bias starts with gates that keep; at 0 they start half open, and a memory is "
        "halved at each step. Chrono (Tallec and Ollivier 2018) gives each unit its own, so that "
        "some let go within a few words, some only after as many steps as the gap is long.",
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
    "replicates": Term(
        "What are replicates?",
        "How many nets of each contestant are trained, each from random weights of its own. All "
        "read the same batches. One net may be lucky; where five of five solve a task, it was not "
        "luck.",
    ),
    "device": Term(
        "What is the device?",
        "Where the nets are computed. These nets are so small that the processor is usually the "
        "fastest place, and only there are the same numbers promised to the last digit. An NVIDIA "
        "GPU, through PyTorch, can pay off for many hundred units and large batches.",
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
