"""Cells that nobody would build, but that can be written."""

from __future__ import annotations

from sandbox.cells.cell_file import cell_of

LONG = "a_name_of_just_24_letter"
TEXTS = {
    "names_that_code_has": """
        x_l = tanh(past[t-1] - nn[t-1])
        past = sigmoid(x W + hidden[t-1] W + b)
        p = past - torch[t-1] * inputs
        l = x W + x_l W + b
        torch = tanh(p + zero_state)
        part_1 = sigmoid(units - l)
        nn = part_1 * torch
        layer1 = 0.5 * (nn - p)
        hidden = layer1 - max(torch, nn) + h_past
    """,
    "numbers_alone": """
        rate = sigmoid(2 - 1) * min(0.5, 3)     # a pace
        third = 1 / 3
        ninth = third * third
        lower = -third
        scale = exp(-scale_of)                  # for each unit; "…" and \\ and \"\"\" are no code
        cell = scale * 2
        fixed = 0.125
        first = x W + fixed W + b
        own = max(rate * tanh(x W + b), lower) - first
        hidden = own * (1 - ninth) - min(0.25, cell[t-1]) / sigmoid(third) - tanh(lower)
    """,
    "parentheses": """
        one = x W + b
        two = tanh(x W + b - (one + (hidden[t-1] W + one)))
        three = one - (two - (three[t-1] - 1)) * -(two * -0.5) / (2 * (1.5 + two * two))
        four = -(-three) - -1e-12 - (three / 7) / (two * 0.3 + 3) + softplus(one) * logsigmoid(two)
        hidden = relu(tanh(four)) - tanh(min(three, -(one - 2)))
    """,
    "some_gates_are_fed": """
        open = sigmoid(x W + b)
        shut = sigmoid(x W + hidden[t-1] W + b)
        seen = shut * hidden[t-1]
        also = open - seen
        first = tanh(x W + seen W + b)
        second = tanh(x W + also W + b)
        third = tanh(x W + seen W + b + second)
        hidden = open * hidden[t-1] + first - second * third
    """,
    "many_gates": "".join(
        f"gate_number_{n}_of_the_set = sigmoid(x W + hidden[t-1] W + b)\n" for n in range(8)
    )
    + "hidden = "
    + " + ".join(f"gate_number_{n}_of_the_set" for n in range(8))
    + " - 4",
}
TEXTS["long_lines"] = f"""
    {LONG} = sigmoid(x W + {LONG[:-1]}s[t-1] * {LONG[:-1]}s[t-1] + b)
    {LONG[:-1]}s = tanh({LONG} * (1 - weight_of_that_very_line) + {LONG[:-1]}s[t-1] / (3 + {LONG}))
    {LONG[:-1]}t = max({LONG[:-1]}s[t-1], {LONG[:-1]}s) # {"it means very much, " * 9}
    hidden = tanh({LONG[:-1]}t - tanh({LONG[:-1]}s - sigmoid({LONG[:-1]}s * {LONG[:-1]}t) * {LONG}))
"""
ODD = {name: cell_of(name, text) for name, text in TEXTS.items()}
