# SPDX-License-Identifier: ISC
"""Runs a table of cases (caselib.py) against a server and prints TAP.

Cases run side by side in several processes, those that disturb others
(`alone`) after them, one at a time.

Cases have timers, and so has the server: where other processes kept one of
the two from its processor for longer than the server's `late_s`, a packet
came twice because of that.  A case that failed meanwhile says nothing, and
begins again.
"""
import argparse
import concurrent.futures
import glob
import multiprocessing
import os
import signal
import sys
import time
import traceback

from caselib import Failed, Lacks, Tally, select

START_S = 15
CASE_S = 90
TRIES = 4  # of a case that was not let run in time


class World:
    """What the processes of the pool are forked with."""
    server = None
    rows = []
    case = None  # what makes a case: (server, number)
    answers = None  # does the server answer?  May raise Failed, OSError
    is_timed = "TIMES" in os.environ  # tell how long each case takes


def end_with_all():
    """SIGTERM ends this process, those of the pool and the server."""
    main_pid = os.getpid()

    def on_term(*_):
        if os.getpid() == main_pid:
            for child in multiprocessing.active_children():
                child.kill()
            World.server.stop(signal.SIGKILL)
        os._exit(143)

    signal.signal(signal.SIGTERM, on_term)


def give_up(*_):
    raise Failed("the case has no end")


def waited_s(server):
    """How long this process and those of the server have waited for a
    processor; 0: the kernel does not tell."""
    total = 0
    for pid in [os.getpid()] + [p.pid for p in server.processes]:
        for name in glob.glob("/proc/%d/task/*/schedstat" % pid):
            try:
                with open(name, encoding="ascii") as stat:
                    total += int(stat.read().split()[1])
            except (OSError, IndexError):
                pass  # it has ended
    return total / 1e9


def run(n):
    """The case in that place of the table: None, or why it failed."""
    for i in range(TRIES):
        before = waited_s(World.server)
        why = run_once(n, i)
        late = waited_s(World.server) - before
        if why is None or isinstance(why, Lacks) or \
                late < World.server.late_s:
            break
        print("# kept waiting for %.2f s: %s: %s" % (
            late, World.rows[n].name, why), flush=True)
    return why


def run_once(n, nth):
    row = World.rows[n]
    case = World.case(World.server, n)
    case.nth = nth
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
    server.prepare()
    server.start()
    end = time.monotonic() + START_S
    while True:
        try:
            if World.answers(server):
                return
            why = "no answer"
        except (Failed, OSError) as error:
            why = error
        if time.monotonic() > end or not server.is_alive():
            raise SystemExit("Bail out! %s does not serve: %s" % (
                server.name, why))
        time.sleep(0.05)


def restart(server):
    server.stop(signal.SIGKILL)
    start(server)


def run_alone(server, n):
    why = run(n)
    if server.is_alive():
        try:
            World.case(server, 498).serves()
            return why
        except (Failed, OSError) as gone:
            why = why or Failed("it serves no more: %s" % gone)
    else:
        why = Failed("%s\nthe server ended with status %s" % (
            why or "", server.processes[0].poll()))
    restart(server)
    return why


def run_all(server, tally, places, workers):
    """The cases in these places of the table."""
    together = [n for n in places if not World.rows[n].alone]
    pool = concurrent.futures.ProcessPoolExecutor(
        workers, multiprocessing.get_context("fork"))
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


def main(servers, case, answers, rows, variants, workers):
    """`servers`: classes by name; `rows`: all cases."""
    parser = argparse.ArgumentParser()
    for name in ("server", "space", "build", "dir"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("words", nargs="*")
    args = parser.parse_args()
    server = servers[args.server](args.space, args.build, args.dir)
    tally = Tally(server)
    tally.levels = {}
    World.server, World.case = server, case
    World.answers, World.rows = answers, rows
    server.fill_root()
    end_with_all()
    try:
        for variant in variants:
            chosen = select(rows, args.words, server.name, variant)
            places = [n for n, row in enumerate(rows) if row in chosen]
            if not places:
                continue
            if not server.can(variant):
                tally.n += 1
                tally.skip(variant, "%d cases: %s does not have it" % (
                    len(places), server.name))
                continue
            server.configure(variant)
            start(server)
            run_all(server, tally, places, workers)
            server.stop()
    finally:
        server.stop()
    status = tally.end()
    print("# " + ", ".join("%s %d of %d" % (level, good, all_)
                           for level, (good, all_) in tally.levels.items()))
    return status
