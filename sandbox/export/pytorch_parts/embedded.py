"""The trained nets, from text"""

from __future__ import annotations

import base64
import io

import numpy as np

from sandbox.export.pytorch_parts.nets import SequenceNet
from sandbox.export.pytorch_parts.settings import NETS
from sandbox.export.pytorch_parts.start import lay, learned


def trained(weights: str) -> dict[str, SequenceNet]:
    """The nets by name, from the text that holds their weights."""
    saved = np.load(io.BytesIO(base64.b64decode(weights)))
    nets = {}
    for settings in NETS:
        nets[settings.name] = SequenceNet(settings)
        lay(saved[settings.name], learned(nets[settings.name]))
    return nets
