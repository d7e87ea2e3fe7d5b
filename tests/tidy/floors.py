# SPDX-FileCopyrightText: 2026 The Piaoku developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""An include runs only downwards (CONTRIBUTING.md, "The house in one page").

Which floor sees which is FLOORS; which libraries only some floors may touch is LIBRARIES.

Sideways: the features of the app never include each other (what they share is in shell/, scan/ and
widget/; only the window and the table of pages name them). The features of the domain share their words, the
headers of SHARED_WORDS; beyond those the features must not form a ring."""

import re

from tree import Finding, line_of

FLOORS = {
    "base": [],
    "store": ["base"],
    "domain": ["base", "store"],
    "sync": ["base", "store", "domain"],
    "ilms": ["base", "store", "domain"],
    "print": ["base", "store", "domain"],
    "report": ["base", "store", "domain"],
    "server": ["base", "store", "domain", "sync", "ilms", "print", "report"],
    "app": ["base", "store", "domain", "sync", "ilms", "print", "report"],
    "ctl": ["base", "store", "domain", "sync", "ilms", "print", "report", "server"],
    "sandbox": ["base", "ilms"],
}

# What the sandbox may know of ilms: the pure envelope, not the client or the worker.
SANDBOX_ILMS = re.compile(r"ilms/piao-(envelope|credentials|gateway-(crypto|profile|random))\.h$")

FRONTS = {"server", "app", "ctl", "sandbox"}
NETWORK = {"sync", "ilms"} | FRONTS
LIBRARIES = [
    (r"(gtk/|adwaita|gdk/)", {"app"}, "widgets belong in src/app"),
    (r"libsoup/", NETWORK, "sockets belong to sync, ilms and the fronts"),
    (r"libpq", {"store"}, "PostgreSQL is spoken in src/store only"),
    (r"sqlite3\.h", {"store", "sandbox"}, "SQLite is spoken in src/store (the sandbox has its own file)"),
    (r"cups/", {"print"}, "CUPS is spoken in src/print only"),
    (r"openssl/", {"base", "ilms", "sync", "server"}, "keys and digests are not for this floor"),
]

# desk is the workplace that every page may ask for; pack and setup are opened from anywhere; refused
# work is told on whatever it was about; abnormal orders are reported wherever orders are worked on.
APP_COMMON = {"shell", "scan", "widget", "desk", "refused", "abnormal"}
# Where features are put together.
APP_TABLES = {
    "src/app/setup/piao-start.c",
    "src/app/setup/piao-start.h",
    "src/app/shell/piao-lookup.c",
    "src/app/shell/piao-page-table.c",
    "src/app/shell/piao-window.c",
}
SHARED_WORDS = re.compile(r"-(kinds|machine|requests|queries)\.h$")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.M)


def includes(tree, path):
    code = tree.code(path)
    for match in INCLUDE.finditer(code):
        yield line_of(code, match.start()), match.group(1), match.group(2)


def feature_of(path):
    """src/app/order/x.c → order; a file at the top of a floor has none."""
    parts = path.split("/")
    return parts[1] if len(parts) > 2 else None


def check(tree, exceptions):
    edges = {}
    for path in tree.sources():
        inside = path.removeprefix("src/")
        floor = inside.split("/")[0]
        if floor not in FLOORS:
            yield Finding(path, 1, "floor", f"src/{floor} is no floor of the house: see CONTRIBUTING.md")
            continue
        for line, mark, target in includes(tree, path):
            if mark == "<":
                yield from check_library(path, line, floor, target)
            elif "/" in target and not exceptions.allows("floor", path, target):
                yield from check_target(path, line, inside, target)
                note_edge(edges, path, line, inside, target)
    yield from check_ring(edges)


def check_library(path, line, floor, target):
    for pattern, allowed, why in LIBRARIES:
        if re.match(pattern, target) and floor not in allowed:
            yield Finding(path, line, "floor", f"<{target}> is not for src/{floor}: {why}")


def check_target(path, line, inside, target):
    floor, below = inside.split("/")[0], target.split("/")[0]
    if below not in FLOORS:
        return
    if below != floor and below not in FLOORS[floor]:
        yield Finding(path, line, "floor", f"src/{floor} must not include src/{below}: an include runs only downwards")
    elif floor == "sandbox" and below == "ilms" and not SANDBOX_ILMS.match(target):
        yield Finding(path, line, "floor", f"the sandbox knows only the envelope of ilms, not {target}")
    elif floor == below == "app" and path not in APP_TABLES:
        ours, theirs = feature_of(inside), feature_of(target)
        if ours and theirs and ours != theirs and theirs not in APP_COMMON:
            what = f"app/{ours} must not include app/{theirs}: meet in the domain or in app/shell"
            yield Finding(path, line, "floor", what)


def note_edge(edges, path, line, inside, target):
    if not (inside.startswith("domain/") and target.startswith("domain/")):
        return
    ours, theirs = feature_of(inside), feature_of(target)
    if ours and theirs and ours != theirs and not SHARED_WORDS.search(target):
        edges.setdefault(ours, {}).setdefault(theirs, (path, line, target))


def check_ring(edges):
    """The first ring of domain features, named by the include that closes it."""
    done = set()

    def visit(feature, trail):
        if feature in trail:
            ring = trail[trail.index(feature) :] + [feature]
            path, line, target = edges[trail[-1]][feature]
            return Finding(path, line, "floor", f"{target} closes a ring of features: {' → '.join(ring)}")
        if feature in done:
            return None
        done.add(feature)
        for other in sorted(edges.get(feature, {})):
            found = visit(other, trail + [feature])
            if found:
                return found
        return None

    for feature in sorted(edges):
        found = visit(feature, [])
        if found:
            yield found
            return
