#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Piaoku developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The core of sync has no socket, clock, chance, thread or main loop in it: its objects ask the
linker for none of them. The driver around it does, which shows that this would be seen."""

import re
import subprocess
import sys

# Makes salts and tokens that nobody can foresee; the fronts call it, not the core.
EXCEPTIONS = {"piao-password"}
NEEDED = {"piao-sync-engine", "piao-sync-request", "piao-sync-rest", "piao-sync-answer", "piao-sync-rows",
          "piao-reply", "piao-row-block", "piao-wire"}

FORBIDDEN = re.compile(
    r"^(socket|connect|accept|send|recv|sendto|recvfrom|poll|select|epoll_\w+|getaddrinfo"
    r"|clock_gettime|gettimeofday|time|nanosleep|usleep|sleep"
    r"|g_get_\w*time|g_date_time_new_now\w*|g_timer_\w+|g_usleep"
    r"|pthread_create|g_thread\w*|g_main\w*|g_idle\w*|g_timeout\w*|g_source\w*|g_task\w*"
    r"|g_socket\w*|g_network\w*|dex_\w+|soup_\w+"
    r"|getenv|g_getenv|setlocale|random|rand|getrandom|g_random\w*|g_rand_\w+|RAND_\w+)$")


def symbols(library):
    """The undefined symbols of each object of a static library."""
    text = subprocess.run(["nm", "--undefined-only", "--format=posix", library], check=True,
                          capture_output=True, text=True).stdout
    found, name = {}, None
    for line in text.splitlines():
        if line.endswith(":"):
            member = re.search(r"([\w-]+)\.c\.o", line)
            name = member.group(1) if member else line
            found[name] = set()
        elif line.strip() and name is not None:
            found[name].add(line.split()[0].split("@")[0])
    return found


def forbidden(names):
    return sorted(symbol for symbol in names if FORBIDDEN.match(symbol))


def main(core, driver):
    objects = symbols(core)
    names = sorted((set(objects) | NEEDED) - EXCEPTIONS)
    failures = 0
    print(f"1..{len(names) + 1}")
    for number, name in enumerate(names, 1):
        bad = forbidden(objects[name]) if name in objects else ["(no such object)"]
        failures += bool(bad)
        print(f"{'not ok' if bad else 'ok'} {number} {name} {' '.join(bad)}")
    seen = forbidden(symbols(driver).get("piao-sync", set()))
    good = any(symbol.startswith("dex_") for symbol in seen)
    failures += not good
    print(f"{'ok' if good else 'not ok'} {len(names) + 1} the driver is recognised: {len(seen)}")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
