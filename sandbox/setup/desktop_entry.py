"""Write a desktop entry and check it, by the rules of the Desktop Entry Specification."""

from __future__ import annotations

TRANSLATED = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
REQUIRED = ("Type", "Name", "Exec", "Icon", "Categories", "Terminal")
LISTS = ("Categories", "MimeType", "Keywords")
BOOLEANS = ("Terminal", "StartupNotify", "NoDisplay")
FIELD_CODES = "fFuUick"


def quoted(argument: str) -> str:
    """Quote one argument of Exec, escaping what a shell would read and doubling `%`."""
    for special in '\\"`$':
        argument = argument.replace(special, "\\" + special)
    return '"' + argument.replace("%", "%%") + '"'


def value(text: str) -> str:
    """Escape a value of type string."""
    return "".join(TRANSLATED.get(letter, letter) for letter in text)


def unescaped(text: str) -> str:
    """Undo `value`."""
    back = {shown[1]: letter for letter, shown in TRANSLATED.items()} | {"s": " "}
    letters, result = iter(text), ""
    for letter in letters:
        result += back[next(letters)] if letter == "\\" else letter
    return result


def fill(template: str, command: list[str], try_exec: str) -> str:
    """Fill in the template's `@EXEC@` and `@TRY_EXEC@`."""
    line = " ".join(map(quoted, command)) + " %f"
    return template.replace("@EXEC@", value(line)).replace("@TRY_EXEC@", value(try_exec))


def read(entry: str) -> dict[str, str]:
    """Return the keys of the entry's one group; ValueError if it is malformed."""
    lines = [line for line in entry.splitlines() if line and not line.startswith("#")]
    if lines[:1] != ["[Desktop Entry]"]:
        raise ValueError("the entry does not begin with [Desktop Entry]")
    return dict(_pair(line) for line in lines[1:])


def _pair(line: str) -> tuple[str, str]:
    key, sign, text = line.partition("=")
    if not sign or not key.rstrip("]").replace("[", "").replace("-", "").isalnum():
        raise ValueError(f"the entry has a line that is no key: {line}")
    return key.strip(), unescaped(text.strip())


def command_of(exec_value: str) -> list[str]:
    """Split Exec as a menu would, without field codes; ValueError for an unknown one."""
    words: list[str] = []
    word, inside, letters = "", False, iter(exec_value + " ")
    for letter in letters:
        if letter == '"':
            inside = not inside
        elif letter == "\\" and inside:
            word += next(letters)
        elif letter == "%":
            word += _field_code(next(letters))
        elif letter == " " and not inside:
            words += [word] if word else []
            word = ""
        else:
            word += letter
    return words


def _field_code(code: str) -> str:
    if code not in FIELD_CODES + "%":
        raise ValueError(f"Exec has the unknown field code %{code}")
    return "%" if code == "%" else ""


def problems(entry: str, command: list[str]) -> list[str]:
    """Return what is wrong with a filled entry that should start this command."""
    keys = read(entry)
    found = [f"{key} is missing" for key in REQUIRED if not keys.get(key)]
    found += [f"{key} is not a boolean" for key in BOOLEANS if _not_boolean(keys.get(key))]
    if keys.get("Type") != "Application":
        found.append("Type is not Application")
    for key in LISTS:
        if not keys.get(key, ";").endswith(";"):
            found.append(f"{key} does not end with a semicolon")
    if command_of(keys.get("Exec", "")) != command:
        found.append("Exec does not start the sandbox")
    return found


def _not_boolean(text: str | None) -> bool:
    return text not in (None, "true", "false")
