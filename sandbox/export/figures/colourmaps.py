"""Colour maps of the heatmaps in print: tables of 256 colours, from low to high.

Gates, in 0..1, are in viridis (van der Walt & Smith 2015, CC0): its lightness rises evenly, so
that it survives grey printing.  Signed values are in CET-D1A (Kovesi 2015, CC BY 4.0), from dark
blue through nearly white to dark red: zero is the paper's colour, or close to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sandbox.drawing.ranges import limits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.engine.cells import PictureKind

    Colours = NDArray[np.uint8]

COLOURS = 256
NOT_A_NUMBER = (0xFF, 0x00, 0xFF)  # in neither map


def table(kind: PictureKind) -> Colours:
    """Colours from low to high, (256, 3)."""
    return VIRIDIS if kind == "gate" else BLUE_WHITE_RED


def colours_of(values: NDArray[np.floating], kind: PictureKind, limit: float = 1.0) -> Colours:
    """Each value's colour, (…, 3); values beyond the ends take the end's."""
    low, high = limits(kind, limit)
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = (np.asarray(values, np.float64) - low) * ((COLOURS - 1) / (high - low)) + 0.5
    numbers = ~np.isnan(scaled)
    index = np.where(numbers, np.clip(scaled, 0, COLOURS - 1), 0).astype(np.intp)
    colours = table(kind)[index]
    colours[~numbers] = NOT_A_NUMBER
    return colours


def _parsed(digits: str) -> Colours:
    made = np.frombuffer(bytes.fromhex(digits), np.uint8).reshape(COLOURS, 3)
    made.setflags(write=False)
    return made


VIRIDIS = _parsed(
    "44015444025645045745055946075a46085c460a5d460b5e470d60470e61471063471164471365481467481668"
    "48176948186a481a6c481b6d481c6e481d6f481f70482071482173482374482475482576482677482878482979"
    "472a7a472c7a472d7b472e7c472f7d46307e46327e46337f463480453581453781453882443983443a83443b84"
    "433d84433e85423f854240864241864142874144874045884046883f47883f48893e49893e4a893e4c8a3d4d8a"
    "3d4e8a3c4f8a3c508b3b518b3b528b3a538b3a548c39558c39568c38588c38598c375a8c375b8d365c8d365d8d"
    "355e8d355f8d34608d34618d33628d33638d32648e32658e31668e31678e31688e30698e306a8e2f6b8e2f6c8e"
    "2e6d8e2e6e8e2e6f8e2d708e2d718e2c718e2c728e2c738e2b748e2b758e2a768e2a778e2a788e29798e297a8e"
    "297b8e287c8e287d8e277e8e277f8e27808e26818e26828e26828e25838e25848e25858e24868e24878e23888e"
    "23898e238a8d228b8d228c8d228d8d218e8d218f8d21908d21918c20928c20928c20938c1f948c1f958b1f968b"
    "1f978b1f988b1f998a1f9a8a1e9b8a1e9c891e9d891f9e891f9f881fa0881fa1881fa1871fa28720a38620a486"
    "21a58521a68522a78522a88423a98324aa8325ab8225ac8226ad8127ad8128ae8029af7f2ab07f2cb17e2db27d"
    "2eb37c2fb47c31b57b32b67a34b67935b77937b87838b9773aba763bbb753dbc743fbc7340bd7242be7144bf70"
    "46c06f48c16e4ac16d4cc26c4ec36b50c46a52c56954c56856c66758c7655ac8645cc8635ec96260ca6063cb5f"
    "65cb5e67cc5c69cd5b6ccd5a6ece5870cf5773d05675d05477d1537ad1517cd2507fd34e81d34d84d44b86d549"
    "89d5488bd6468ed64590d74393d74195d84098d83e9bd93c9dd93ba0da39a2da37a5db36a8db34aadc32addc30"
    "b0dd2fb2dd2db5de2bb8de29bade28bddf26c0df25c2df23c5e021c8e020cae11fcde11dd0e11cd2e21bd5e21a"
    "d8e219dae319dde318dfe318e2e418e5e419e7e419eae51aece51befe51cf1e51df4e61ef6e620f8e621fbe723"
    "fde725"
)

BLUE_WHITE_RED = _parsed(
    "172972182a75182b78182c7b192d7d192e811a30831a31861a32891b338c1b348f1b35921c36951c38981c399b"
    "1d3a9e1d3ba11d3ca41d3da81e3eab1e3fae1e41b11f42b41f43b72044ba2046bd2147c02248c22349c5244ac8"
    "254cca274dcd294ecf2b50d22d51d42f52d63154d73455d93756db3958dc3c59de3f5bdf425ce0445de1475fe2"
    "4a60e34d62e44f63e55265e65566e75768e85a69e95c6bea5f6ceb616eeb636fec6671ed6872ee6a74ef6d76ef"
    "6f77f07179f1737af2757cf3787df47a7ff57c81f57e82f68084f78285f78487f88689f9888af98a8cfa8d8efa"
    "8f8ffb9191fb9393fc9594fc9796fc9998fc9b9afc9d9bfd9f9dfda19ffca3a0fca5a2fca8a4fcaaa6fcaba8fc"
    "ada9fcafabfbb1adfbb3affbb5b0fbb7b2fbb9b4fabbb6fabdb8fabeb9fac1bbf9c2bdf9c4bff9c6c1f9c8c3f8"
    "c9c4f8cbc6f8cdc8f7cfcaf7d0ccf7d2cef7d4d0f6d5d1f6d7d3f6d9d5f5dbd6f5dcd8f4dedaf4e0dcf3e1ddf3"
    "e3def2e4dff1e6e1f0e8e1efe9e2edebe3ecece3ebede3e9efe3e7f0e2e5f1e1e3f2e0e1f3dfdef4dedcf5ddd9"
    "f6dbd6f7d9d4f7d7d1f8d5cef9d3cbf9d1c8facfc6facdc3facac0fbc8bdfbc6bafbc4b7fcc1b5fcbfb2fcbcaf"
    "fcbaacfcb8a9fcb6a6fdb3a3fdb1a1fdae9efdac9bfdaa98fda896fda593fda390fda08dfc9e8afc9c88fc9985"
    "fc9782fc9480fc927dfb907afb8d78fb8b75fa8872fa8670f9846df9816bf87f69f87c66f77a64f67861f6765f"
    "f5745df4715bf36f58f26d56f16b54f06852ef6650ed644eec624ceb604aea5e48e95b46e85944e65742e55541"
    "e4533ee2503de14e3be04c39df4937dd4735dc4533db4231da402fd83d2dd73b2cd5382ad43628d33326d13024"
    "d02e22cf2b21cd281fcb251dca221cc81f1ac71c18c51917c31615c11314bf1013bd0c12bb0911b90710b6050f"
    "b4030eb2020eaf010dad010caa000ca8000ba5000ba2010b9f010b9d010a9a020a97020a95020a9203098f0309"
    "8d04098a04088704088505088205078005077d06077a06067806067506057307057007046e07046b0703690703"
    "660702"
)
