"""Sizes of units, for columns in which numbers have different ones."""

from __future__ import annotations

DECIMALS = 9  # of a temperature
IGNORED = "ignored"  # in a list of units: whatever stands around numbers is left out
_SIZES = {
    "mass": {"µg": 1e-9, "mg": 1e-6, "g": 1e-3, "kg": 1, "t": 1e3, "lb": 0.45359237},
    "length": {
        **{"µm": 1e-6, "mm": 1e-3, "cm": 1e-2, "dm": 0.1, "m": 1, "km": 1e3},
        **{"in": 0.0254, "ft": 0.3048, "yd": 0.9144, "mi": 1609.344},
    },
    "volume": {
        **{"µl": 1e-6, "ml": 1e-3, "cl": 1e-2, "dl": 0.1, "l": 1, "hl": 100},
        **{"m3": 1e3, "dm3": 1, "cm3": 1e-3},
    },
    "area": {"cm2": 1e-4, "m2": 1, "ha": 1e4, "km2": 1e6},
    "time": {
        **{"µs": 1e-6, "ms": 1e-3, "s": 1, "sec": 1, "min": 60, "h": 3600, "d": 86400},
        **{"hours": 3600, "days": 86400, "minutes": 60, "seconds": 1},
    },
    "energy": {
        "J": 1,
        "kJ": 1e3,
        "MJ": 1e6,
        "Wh": 3.6e3,
        "kWh": 3.6e6,
        "MWh": 3.6e9,
        "GWh": 3.6e12,
    },
    "power": {"mW": 1e-3, "W": 1, "kW": 1e3, "MW": 1e6, "GW": 1e9},
    "pressure": {"Pa": 1, "hPa": 100, "mbar": 100, "kPa": 1e3, "bar": 1e5, "MPa": 1e6},
    "speed": {"m/s": 1, "km/h": 1 / 3.6, "mph": 0.44704, "kn": 0.514444},
    "flow": {"l/s": 1e-3, "m3/s": 1, "l/min": 1e-3 / 60, "m3/h": 1 / 3600},
    "concentration": {"µg/l": 1e-6, "mg/l": 1e-3, "g/l": 1},
    "air": {"µg/m3": 1e-6, "mg/m3": 1e-3, "g/m3": 1},
    "voltage": {"µV": 1e-6, "mV": 1e-3, "V": 1, "kV": 1e3},
    "current": {"µA": 1e-6, "mA": 1e-3, "A": 1, "kA": 1e3},
    "frequency": {"Hz": 1, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9},
    "storage": {"B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12},
    "share": {"": 1, "%": 1e-2, "‰": 1e-3},
    "heat": {"°C": 1, "°F": 5 / 9, "K": 1},
}
_KIND = {unit: kind for kind, sizes in _SIZES.items() for unit in sizes}
_ZERO = {"°C": 273.15, "°F": 459.67 * 5 / 9}  # in kelvin
_SPELLINGS = str.maketrans({"²": "2", "³": "3", "μ": "µ", "ℓ": "l", " ": "", "^": "", "º": "°"})
_OTHER_NAMES = {"L": "l", "mL": "ml", "dL": "dl", "mg/L": "mg/l", "µg/L": "µg/l", "g/L": "g/l"}
_OTHER_NAMES |= {"ug": "µg", "um": "µm", "lbs": "lb", "hrs": "h", "hr": "h", "KG": "kg", "Kg": "kg"}
_OTHER_NAMES |= {"kmh": "km/h", "kph": "km/h", "gr": "g", "mins": "min", "secs": "s", "C": "°C"}
_OTHER_NAMES |= {"F": "°F", "L/s": "l/s", "L/min": "l/min", "KM": "km", "MM": "mm", "CM": "cm"}


def converted(value: float, unit: str, wanted: str) -> float | None:
    """A value in another unit; None if one does not follow from the other.

    A value without a unit is one in the unit that is wanted; only beside % it is a share of 1.
    """
    before, after = _plain(unit), _plain(wanted)
    kind = _KIND.get(before, "")
    if before == after or (not before and _KIND.get(after) != "share"):
        return value
    if not kind or kind != _KIND.get(after):
        return None
    sizes = _SIZES[kind]
    ratio = sizes[before] / sizes[after]
    if kind != "heat":
        return value * ratio
    zero = (_ZERO.get(before, 0.0) - _ZERO.get(after, 0.0)) / sizes[after]
    return round(value * ratio + zero, DECIMALS)


def _plain(unit: str) -> str:
    """The unit as it is written here."""
    unit = unit.translate(_SPELLINGS)
    return _OTHER_NAMES.get(unit, unit)
