# SPDX-FileCopyrightText: 2026 The Piaoku developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts the cases of meson's JUnit logs; prints `N passed, N failed` last, fails on any failure
and when nothing ran."""

import sys
import xml.etree.ElementTree as tree


def count(path):
    passed = failed = skipped = 0
    for case in tree.parse(path).iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
            print("failed:", case.get("classname", ""), case.get("name", ""))
        elif case.find("skipped") is not None:
            skipped += 1
            print("skipped:", case.get("classname", ""), case.get("name", ""))
        else:
            passed += 1
    return passed, failed, skipped


def main(paths):
    totals = [sum(column) for column in zip(*(count(path) for path in paths))]
    passed, failed, skipped = totals
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


sys.exit(main(sys.argv[1:]))
