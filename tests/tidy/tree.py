# SPDX-FileCopyrightText: 2026 The Piaoku developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tree under inspection: its files, their text with and without comments, and findings."""

import fnmatch
import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

BINARY = {".png", ".svg", ".ico", ".oga", ".ogg", ".wav", ".gz", ".zst", ".mo", ".pyc"}


@dataclass(frozen=True, order=True)
class Finding:
    """One broken habit: where, which rule, and what to do about it."""

    path: str
    line: int
    rule: str
    what: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.rule}: {self.what}"


class Tree:
    """The files below a root, by path relative to it. Build folders and hidden ones are left out
    (but .ci, which is ours); nothing asks git, so a source archive is checked just the same."""

    def __init__(self, root):
        self.root = Path(root)
        self.paths = sorted(self._walk())

    def _walk(self):
        for folder, names, files in os.walk(self.root):
            names[:] = [
                name
                for name in names
                if not (name.startswith(("_build", "builddir")) or name == "__pycache__")
                and (not name.startswith(".") or name == ".ci")
            ]
            for name in files:
                yield str((Path(folder) / name).relative_to(self.root))

    def match(self, *patterns):
        """Paths that match one of the patterns; `*` crosses folders."""
        return [p for p in self.paths if any(fnmatch.fnmatchcase(p, one) for one in patterns)]

    def exists(self, path):
        return (self.root / path).exists()

    @cache
    def text(self, path):
        return (self.root / path).read_text(encoding="utf-8", errors="replace")

    def lines(self, path):
        return self.text(path).split("\n")

    @cache
    def code(self, path):
        """The C text with comments blanked; lines and columns stay where they are."""
        return blank(self.text(path), strings=False)

    @cache
    def bare(self, path):
        """The C text with comments and what is inside of literals blanked."""
        return blank(self.text(path), strings=True)

    def sources(self):
        return self.match("src/*.c", "src/*.h")

    def c_files(self):
        return self.match("src/*.c", "src/*.h", "tests/*.c", "tests/*.h")

    def scripts(self, interpreter):
        """Files whose first line calls the interpreter (bash, python3)."""
        found = []
        for path in self.paths:
            if Path(path).suffix in BINARY or not os.access(self.root / path, os.R_OK):
                continue
            with open(self.root / path, "rb") as file:
                first = file.readline(200)
            if first.startswith(b"#!") and interpreter.encode() in first:
                found.append(path)
        return found


TOKEN = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')""",
    re.S,
)


def blank(text, strings):
    """Replaces comments (and the inside of literals) by spaces of the same shape."""

    def replace(match):
        whole = match.group(0)
        if match.group("comment") is not None:
            return re.sub(r"[^\n]", " ", whole)
        if strings:
            return whole[0] + re.sub(r"[^\n]", " ", whole[1:-1]) + whole[-1]
        return whole

    return TOKEN.sub(replace, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


@dataclass(frozen=True)
class Function:
    """A C function definition: its name and its first and last line."""

    name: str
    first: int
    last: int

    @property
    def length(self):
        return self.last - self.first + 1


NAME = re.compile(r"(\w+)\s*\([^{}]*\)\s*$", re.S)


def functions(bare):
    """The function definitions of a C file without comments and literals."""
    # Preprocessor lines (with their continuations) would unbalance the braces.
    bare = re.sub(
        r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group(0)), bare, flags=re.M
    )
    found, depth, since, name, first = [], 0, 0, None, 0
    for match in re.finditer(r"[{};]", bare):
        mark, at = match.group(0), match.start()
        if mark == "{":
            if depth == 0:
                name, first = header_of(bare, since, at)
            depth += 1
        elif mark == "}":
            depth = max(0, depth - 1)
            if depth == 0:
                if name:
                    found.append(Function(name, first, line_of(bare, at)))
                since, name = at + 1, None
        elif depth == 0:
            since = at + 1
    return found


def header_of(bare, since, at):
    """Name and line of the function whose body opens at `at`, or (None, 0)."""
    header = bare[since:at].rstrip()
    if not header.endswith(")") or "=" in header:
        return None, 0
    # The name stands before the parenthesis that closes the header.
    depth, index = 0, len(header) - 1
    while index >= 0:
        depth += {")": 1, "(": -1}.get(header[index], 0)
        if depth == 0:
            break
        index -= 1
    named = re.search(r"(\w+)\s*$", header[: max(index, 0)])
    if not named:
        return None, 0
    return named.group(1), line_of(bare, since + named.start())


class Exceptions:
    """The short named list of what may stay for now: `rule path[:name]  reason`, one a line."""

    def __init__(self, tree, path):
        self.path = path
        self.allowed, self.used, self.bad = {}, set(), []
        if not tree.exists(path):
            return
        for number, line in enumerate(tree.lines(path), 1):
            words = line.split("#", 1)[0].split(None, 2)
            if not words:
                continue
            if len(words) < 3:
                self.bad.append(Finding(path, number, "exceptions", "write: rule path[:name] reason"))
                continue
            self.allowed[(words[0], words[1])] = number

    def allows(self, rule, path, name=None):
        for key in ((rule, path), (rule, f"{path}:{name}")):
            if key in self.allowed:
                self.used.add(key)
                return True
        return False

    def left_over(self):
        """The list only shrinks: an entry that excuses nothing has to go."""
        stale = [
            Finding(self.path, number, "exceptions", f"“{rule} {what}” excuses nothing any more: remove it")
            for (rule, what), number in self.allowed.items()
            if (rule, what) not in self.used
        ]
        return self.bad + stale
