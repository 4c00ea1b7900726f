"""The words on the window, explained in one paragraph each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.gui.widgets.cell_explanations import CELL_TERMS
from sandbox.gui.widgets.term import Term

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
        "learning. Nets may be trained on this one gap, or on shorter ones as well.",
    ),
    "curriculum": Term(
        "What is a curriculum?",
        "Which gaps the nets are trained on; they are always judged at the gap of the slider. "
        "Fixed: that gap only. Range: all gaps up to it, equally often. Power law: short ones "
        "more often. Growing: it starts short, and is multiplied each time a contestant gets "
        "enough of its last 10 batches right, for each at its own pace (Elman 1993; Bengio et al. "
        "2009; Zaremba and Sutskever 2014). What is easy first may open the way to what is hard.",
    ),
    "gap_power": Term(
        "What is the power of the gap?",
        "How much rarer long gaps are: at 1 a gap twice as long comes half as often, at 2 a "
        "quarter as often, at 0 all come equally often; below 0 long ones come more often.",
    ),
    "grow_at": Term(
        "When does the gap grow?",
        "When a contestant's share of right answers over its last 10 training batches reaches "
        "this number. Each contestant has a gap of its own, so one may be far ahead of another.",
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
        "nor stretch what passes through them, so that a gradient survives more steps (Saxe et "
        "al. 2014). The identity starts with a state that copies itself; with relu and no bias "
        "that is the IRNN (Le et al. 2015). For a plain RNN this often decides how long a gap it "
        "can learn.",
    ),
    "forget_bias": Term(
        "What are forget bias and chrono?",
        "The constant inside the forget gate before training. At 0 every gate starts half open, "
        "and a memory is halved at each step: after 50 steps nothing is left, and no gradient "
        "either. A higher bias starts with gates that keep; 1 is the usual advice (Jozefowicz et "
        "al. 2015). Chrono (Tallec and Ollivier 2018) gives each unit its own: some forget within "
        "a few words, some only after T_max steps.",
    ),
    "update_bias": Term(
        "What is the update bias?",
        "The constant inside the update gate before training, as the forget bias is for an LSTM. "
        "A higher bias starts with gates that keep; at 0 they start half open, and a memory is "
        "halved at each step. Chrono (Tallec and Ollivier 2018) gives each unit its own, so that "
        "some let go within a few words, some only after T_max steps.",
    ),
    "chrono_max": Term(
        "What is T_max?",
        "The longest memory that chrono starts with, in steps. The bias of each unit is the "
        "logarithm of a number drawn between 1 and T_max - 1, so that its gate keeps for about "
        "that many steps (Tallec and Ollivier 2018, equation 16). Unless you give another, it is "
        "the longest time that the task asks anything to be remembered for.",
    ),
    "lr": Term(
        "What is the learning rate?",
        "How far the weights move at each training step. Too small, and learning takes for ever; "
        "too large, and the loss jumps about or becomes infinite. It can be changed while the nets "
        "train.",
    ),
    "schedule": Term(
        "What is a learning-rate schedule?",
        "How the learning rate goes on during the run. Constant keeps it. Linear lets it fall "
        "evenly to 0 at the last step; cosine does so along half a cosine, slowly at both ends "
        "(Loshchilov and Hutter 2017); exponential takes away the same share at each step, down "
        "to a hundredth. Large steps early find the way, small ones late settle. The curve shows "
        "what it comes to; a contestant's own rate goes the same way.",
    ),
    "warmup": Term(
        "What is the warm-up?",
        "The number of first steps over which the learning rate rises in a straight line from "
        "near 0. At the start gradients are large and point every which way, and Adam has seen "
        "too few of them to scale them well; small steps until then keep a net from being thrown "
        "where it does not learn any more (Goyal et al. 2017). 0 starts at the full rate.",
    ),
    "clip": Term(
        "What is clipping?",
        "Now and then the gradient of a recurrent net is enormous, and a single step would throw "
        "away what was learned. By norm: where its length exceeds the limit, the whole gradient "
        "is scaled down to it, and its direction stays (Pascanu et al. 2013). By value: each of "
        "its entries is cut off at plus and minus the limit, which turns it a little. None: it is "
        "taken as it is.",
    ),
    "optimizer": Term(
        "What is the optimiser?",
        "The rule that turns a gradient into a change of the weights. SGD takes the plain "
        "gradient; momentum keeps some of the direction before; RMSprop divides by the recent "
        "size (Tieleman and Hinton 2012); Adam does both, gives each weight its own pace, and is "
        "the usual choice (Kingma and Ba 2015).",
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
        "what training makes small. For tasks whose answer is a number, it is the squared error; "
        "where several symbols may be legal at a step, it is the binary cross-entropy of each "
        "symbol's being legal, a mean over the symbols.",
    ),
    "baseline": Term(
        "What is the baseline?",
        "What a net would score that has learned everything about the task except the one thing "
        "that has to be remembered. A curve that rests on this line has not remembered yet; one "
        "that falls below it has begun to.",
    ),
    "generalisation": Term(
        "What is the generalisation curve?",
        "How each net does on sequences of a kind that it is never trained on: a longer gap, a "
        "longer string, words it has not met. It is the dashed curve with hollow markers. Where "
        "it stays with the solid one, the net has learned the rule; where it stays behind, it has "
        "learned the sequences it was shown.",
    ),
    "answers": Term(
        "What does the panel of answers show?",
        "What each net would answer at each step, from the weights that it has now. Where "
        "something is asked, a check or a cross says whether it is right; many of them become two "
        "lanes, wrong above right. A row is an answer, its colour the probability that the net "
        "gives it, the small square the right one; beside it stands the share at the marked step, "
        "or at the last question. At the other steps, drawn faintly, the net was never trained "
        "to answer: that is what it would say. For numbers, its line is drawn over the right ones. "
        "All of this is teacher forced: the net reads the true sequence. Fed on itself, it goes on "
        "after the last step and reads its own answers as if they were true, so that small errors "
        "add up.",
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
