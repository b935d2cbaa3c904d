#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Runs the cases against a server and prints TAP; see test_http_conformance.

Cases run side by side in several processes, those that disturb others
(`alone`) after them, one at a time.
"""
import argparse
import concurrent.futures
import multiprocessing
import os
import signal
import sys
import time
import traceback

import cases_cond
import cases_get
import cases_list
import cases_message
import cases_range
import cases_slow
from caselib import Failed, Lacks, Tally, select
from harness import Case
from servers import SERVERS

START_S = 15
CASE_S = 90
WORKERS = 12
VARIANTS = ("plain", "listing")


class World:
    """What the processes of the pool are forked with."""
    server = None
    rows = []
    is_timed = "TIMES" in os.environ  # tell how long each case takes


def give_up(*_):
    raise Failed("the case has no end")


def run(n):
    """The case in that place of the table: None, or why it failed."""
    row = World.rows[n]
    case = Case(World.server, n)
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(CASE_S)
    begin = time.monotonic()
    try:
        try:
            row.run(case)
        finally:
            case.finish()
    except Failed as why:  # without what cannot be sent between processes
        return (Lacks if isinstance(why, Lacks) else Failed)(str(why))
    except Exception:  # a mistake of the case, or of what it was built on
        return Failed(traceback.format_exc())
    finally:
        signal.alarm(0)
        if World.is_timed:
            print("# %5.1f s: %s" % (time.monotonic() - begin, row.name),
                  file=sys.stderr)
    return None


def start(server):
    """Until it serves."""
    server.start()
    end = time.monotonic() + START_S
    while True:
        try:
            Case(server, 0).serves()
            return
        except (Failed, OSError) as why:
            if time.monotonic() > end or not server.is_alive():
                raise SystemExit("Bail out! %s does not serve: %s" % (
                    server.name, why)) from why
            time.sleep(0.05)


def restart(server):
    server.stop(signal.SIGKILL)
    start(server)


def run_alone(server, n):
    why = run(n)
    if server.is_alive():
        try:
            Case(server, 0).serves()
            return why
        except (Failed, OSError) as gone:
            why = why or Failed("it serves no more: %s" % gone)
    else:
        why = Failed("%s\nthe server ended with status %s" % (
            why or "", server.processes[0].poll()))
    restart(server)
    return why


def run_all(server, tally, places):
    """The cases in these places of the table."""
    together = [n for n in places if not World.rows[n].alone]
    pool = concurrent.futures.ProcessPoolExecutor(
        WORKERS, multiprocessing.get_context("fork"))
    with pool:
        # the slow ones first, told in the order of the table
        jobs = {n: pool.submit(run, n) for n in sorted(
            together, key=lambda n: -World.rows[n].slow)}
        for n in together:
            tell(tally, World.rows[n], jobs[n].result())
    for n in places:
        if World.rows[n].alone:
            tell(tally, World.rows[n], run_alone(server, n))


def tell(tally, row, why):
    tally.tell("%s [%s, %s]" % (row.name, row.rule, row.level), why)
    if isinstance(why, Lacks) and tally.server.is_measured:
        return
    level = tally.levels.setdefault(row.level, [0, 0])
    level[0] += why is None
    level[1] += 1


def main():
    parser = argparse.ArgumentParser()
    for name in ("server", "space", "build", "dir"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("words", nargs="*")
    args = parser.parse_args()
    server = SERVERS[args.server](args.space, args.build, args.dir)
    tally = Tally(server)
    tally.levels = {}
    World.server = server
    World.rows = (cases_message.CASES + cases_get.CASES + cases_cond.CASES +
                  cases_range.CASES + cases_slow.CASES + cases_list.CASES)
    server.fill_root()
    try:
        for variant in VARIANTS:
            chosen = select(World.rows, args.words, server.name, variant)
            places = [n for n, row in enumerate(World.rows) if row in chosen]
            if not places:
                continue
            if not server.can(variant):
                tally.n += 1
                tally.skip(variant, "%d cases: %s does not have it" % (
                    len(places), server.name))
                continue
            server.configure(variant)
            start(server)
            run_all(server, tally, places)
            server.stop()
    finally:
        server.stop()
    status = tally.end()
    print("# " + ", ".join("%s %d of %d" % (level, good, all_)
                           for level, (good, all_) in tally.levels.items()))
    return status


if __name__ == "__main__":
    sys.exit(main())
