# SPDX-FileCopyrightText: 2026 The Piaoku developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts the cases of meson's JUnit logs; prints `N passed, N failed` last, fails on any failure
and when nothing ran. A program that ends badly without a failed case, as one does that the thread
sanitizer stops, counts as one failure."""

import json
import pathlib
import sys
import xml.etree.ElementTree as tree


GOOD = {"OK", "SKIP", "EXPECTEDFAIL"}


def ended_badly(path):
    """The tests whose program did not end well, from the log meson keeps beside."""
    lines = pathlib.Path(str(path).removesuffix(".junit.xml") + ".json").read_text("utf-8")
    tests = [json.loads(line) for line in lines.splitlines()]
    return {test["name"] for test in tests if test["result"] not in GOOD}


def count(path):
    passed = failed = skipped = 0
    bad = ended_badly(path)
    for case in tree.parse(path).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
            bad = {name for name in bad if not case.get("classname", "").endswith(name)}
            print("failed:", case.get("classname", ""), case.get("name", ""))
        elif case.find("skipped") is not None:
            skipped += 1
            print("skipped:", case.get("classname", ""), case.get("name", ""))
        else:
            passed += 1
    for name in sorted(bad):
        print("ended badly:", name)
    failed += len(bad)
    return passed, failed, skipped


def main(paths):
    totals = [sum(column) for column in zip(*(count(path) for path in paths))]
    passed, failed, skipped = totals
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


sys.exit(main(sys.argv[1:]))
