# SPDX-FileCopyrightText: 2026 The Piaoku developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls that are not made here, where, and what to write instead."""

import re

from floors import FLOORS, FRONTS
from tree import Finding, line_of

EVERYWHERE = set(FLOORS) | {"tests"}
BELOW = set(FLOORS) - FRONTS
# The edges may give an answer from outside until a deadline; rules and data know no such thing.
RULES = {"base", "store", "domain", "report"}
LIBRARIES = set(FLOORS) - {"ctl", "sandbox", "server"}

# rule, pattern over the code without comments and literals, floors, files it is at home in, advice
BANNED = [
    ("unsafe", r"\b(strcpy|strcat|strncpy|strncat|sprintf|vsprintf|gets|alloca|g_alloca)\s*\(", EVERYWHERE, (),
     "no bound or no end: use g_strdup_printf(), g_strlcpy() or a GString"),
    ("unsafe", r"\b(atoi|atol|atoll|strtok)\s*\(", EVERYWHERE, (),
     "swallows errors: use g_ascii_string_to_signed() or g_strsplit()"),
    ("shell", r"\b(system|popen)\s*\(", EVERYWHERE, (),
     "no shell: use GSubprocess with an argument vector"),
    ("print", r"\b(g_print|g_printerr|printf|puts|fprintf)\s*\(", LIBRARIES - {"app"}, (),
     "a library does not talk to the terminal: return an error or log it"),
    ("clock", r"\b(g_get_real_time|g_date_time_new_now\w*|time|gettimeofday|clock_gettime)\s*\(",
     BELOW, ("src/base/piao-clock.c",), "no clock below the fronts: take a PiaoClock"),
    ("clock", r"\bg_get_monotonic_time\s*\(", RULES, (), "rules measure no time: take a PiaoClock"),
    ("random", r"\b(g_random_\w+|g_rand_new|rand|random|g_uuid_string_random|RAND_bytes|getrandom)\s*\(",
     BELOW, (), "no randomness below the fronts: it is handed in"),
    ("environment", r"\b(getenv|secure_getenv|g_getenv|g_get_environ|setlocale|g_setenv)\s*\(", BELOW, (),
     "no environment below the fronts: it is handed in"),
    ("disown", r"\bdex_future_disown\s*\(", EVERYWHERE, ("src/base/piao-future.c",),
     "swallows the failure: use piao_future_disown()"),
    ("items-changed", r"\b(?:g_list_model_)?items_changed\s*\([^;]*?,\s*0\s*,\s*([^,;]+?)\s*,\s*\1\s*\)", EVERYWHERE, (),
     "throws every row away: announce only the span that differs"),
    ("whole-list", r"\b(gtk_(?:sort_list_model|filter_list_model|multi_selection)_new)\s*\(", EVERYWHERE, (),
     "loads every row: sort and filter in SQL, select with GtkSingleSelection or by id"),
]

BANNED_BLUEPRINT = re.compile(r"\b(SortListModel|FilterListModel|MultiSelection)\b")

SLEEP = re.compile(r"\b(g_usleep|usleep|sleep|nanosleep)\s*\(")
PYTHON_SLEEP = re.compile(r"\btime\.sleep\s*\(")

SQL = r'"\s*(?:SELECT|INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER|PRAGMA)\b'
FORMATTED_SQL = re.compile(r"\b(?:g_strdup_printf|g_string_printf|g_string_append_printf|sqlite3_mprintf)"
                           r"\s*\(\s*(?:\w+\s*,\s*)?" + SQL)
EXEC = re.compile(r"\b(?:sqlite3_exec|PQexec)\s*\(\s*[^,]+,\s*([^\s,)])")
STATEMENT = re.compile(r"\bPIAO_STATEMENT\s*\(")


def floor_of(path):
    parts = path.split("/")
    return "tests" if parts[0] == "tests" else parts[1]


def check(tree, exceptions):
    for path in tree.c_files():
        for finding in check_file(tree, path):
            if not exceptions.allows(finding.rule, path):
                yield finding
    for path in tree.match("data/ui/*.blp"):
        text = tree.code(path)
        for match in BANNED_BLUEPRINT.finditer(text):
            yield Finding(path, line_of(text, match.start()), "whole-list",
                          f"{match.group(1)} loads every row: sort, filter and select in the query")
    for path in tree.match("tests/*.py") + [p for p in tree.scripts("python3") if p.startswith("tests/")]:
        yield from check_python(tree, path, exceptions)


def check_file(tree, path):
    floor, bare, code = floor_of(path), tree.bare(path), tree.code(path)
    for rule, pattern, floors, home, advice in BANNED:
        if floor not in floors or path in home:
            continue
        for match in re.finditer(pattern, bare):
            call = re.match(r"\w+", match.group(0)).group(0)
            yield Finding(path, line_of(bare, match.start()), rule, f"{call}: {advice}")
    for match in SLEEP.finditer(bare):
        yield Finding(path, line_of(bare, match.start()), "sleep",
                      "nothing sleeps to wait: await the condition with a limit")
    yield from check_sql(path, floor, code)


def check_sql(path, floor, code):
    for match in FORMATTED_SQL.finditer(code) if floor != "tests" else ():
        yield Finding(path, line_of(code, match.start()), "sql",
                      "SQL made by formatting: declare it with PIAO_STATEMENT and bind its values")
    for match in EXEC.finditer(code):
        if match.group(1) != '"':
            yield Finding(path, line_of(code, match.start()), "sql",
                          "executes a text that is no literal: bind a declared statement")
    if floor in ("app", "report") and STATEMENT.search(code):
        yield Finding(path, line_of(code, STATEMENT.search(code).start()), "sql",
                      f"no SQL in src/{floor}: put the query into its feature of src/domain")


def check_python(tree, path, exceptions):
    for number, line in enumerate(tree.lines(path), 1):
        if PYTHON_SLEEP.search(line.split("#")[0]) and not exceptions.allows("sleep", path):
            yield Finding(path, number, "sleep", "no test sleeps to wait: await the condition with a limit")
