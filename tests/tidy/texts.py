# SPDX-FileCopyrightText: 2026 The Piaoku developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Habits of a file as a text: its licence, its length, its open ends, the requirements it cites."""

import csv
import re

from tree import Finding, functions

MOST_LINES = 800
MOST_FUNCTION_LINES = 70

LICENSED = ("*.c", "*.h", "*.py", "*.blp", "*.css", "*.sh", "meson.build")
HEADERS = {
    ".blp": "// {}\n// {}\n\n",
    ".css": "/* {}\n * {} */\n\n",
}
SPDX_LINES = ("SPDX-FileCopyrightText: 2026 The Piaoku developers", "SPDX-License-Identifier: GPL-3.0-or-later")
SPDX = ("SPDX-FileCopyrightText: ", "SPDX-License-Identifier: ")
MEASURED = ("src/*.c", "src/*.h", "tests/*.c", "tests/*.h", "tests/*.py", "data/*.blp", "data/*.sql", "data/*.css")
WRITTEN = ("src/*", "tests/*.c", "tests/*.h", "tests/*.py", "data/*.blp", "data/*.sql", "*meson.build", "dev",
           "help/*.page", "README.md", "CONTRIBUTING.md")

OPEN_END = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b(?!\s*\([\w.@ -]+\))")
REQUIREMENT = re.compile(r"\b([A-Z]{3})-(\d{2})\b(?![-\d])")
NOT_REQUIREMENTS = {"UTF", "GB1", "ISO"}
REQUIREMENTS = "data/reference/requirements.csv"


def check(tree, exceptions):
    yield from check_licence(tree)
    yield from check_length(tree, exceptions)
    yield from check_open_ends(tree)
    yield from check_requirements(tree)


def check_licence(tree):
    scripts = tree.scripts("bash") + tree.scripts("/sh") + tree.scripts("python3")
    for path in sorted(set(tree.match(*LICENSED)) | set(scripts)):
        top = "\n".join(tree.lines(path)[:12])
        if not all(word in top for word in SPDX):
            yield Finding(path, 1, "spdx", "begin with the two SPDX lines (see any file of src/)")


def fix_licence(tree):
    """Writes the two lines where a file's kind has only one way to say them."""
    for path in tree.match(*("*" + ending for ending in HEADERS)):
        if not all(word in tree.text(path)[:400] for word in SPDX):
            header = HEADERS["." + path.rsplit(".", 1)[1]].format(*SPDX_LINES)
            (tree.root / path).write_text(header + tree.text(path), encoding="utf-8")


def check_length(tree, exceptions):
    for path in tree.match(*MEASURED):
        lines = len(tree.lines(path)) - 1
        if lines > MOST_LINES and not exceptions.allows("file-length", path):
            yield Finding(path, MOST_LINES, "file-length", f"{lines} lines, at most {MOST_LINES}: a file is one noun")
    for path in tree.match("src/*.c", "tests/*.c", "src/*.h", "tests/*.h"):
        for one in functions(tree.bare(path)):
            if one.length > MOST_FUNCTION_LINES and not exceptions.allows("function-length", path, one.name):
                what = f"{one.name} has {one.length} lines, at most {MOST_FUNCTION_LINES}: it does one thing"
                yield Finding(path, one.first, "function-length", what)


def check_open_ends(tree):
    for path in tree.match(*WRITTEN):
        if path.startswith("tests/tidy/"):
            continue
        for number, line in enumerate(tree.lines(path), 1):
            match = OPEN_END.search(line)
            if match:
                yield Finding(path, number, "open-end", f"{match.group(1)} without an owner: finish it or name who will")


def check_requirements(tree):
    if not tree.exists(REQUIREMENTS):
        return
    known = {row["id"] for row in csv.DictReader(tree.text(REQUIREMENTS).splitlines())}
    for path in tree.match(*WRITTEN):
        if path.startswith("tests/tidy/"):
            continue
        for number, line in enumerate(tree.lines(path), 1):
            for match in REQUIREMENT.finditer(line):
                if match.group(1) not in NOT_REQUIREMENTS and match.group(0) not in known:
                    what = f"no requirement {match.group(0)} in {REQUIREMENTS}: cite one that exists"
                    yield Finding(path, number, "requirement", what)
