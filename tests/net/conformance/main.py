#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Runs the cases against a server and prints TAP; see test_dhcp_conformance."""
import argparse
import random
import socket
import sys
import time

import cases_basic
import cases_boot
import cases_fault
import cases_proxy
import cases_relay
import cases_wire
from harness import Cable, Case, Failed, Wires, make_fences
from servers import SERVERS

START_S = 15


def hold_ports():
    """So that the kernel sends no ICMP to a server that answers us."""
    held = []
    for port in (67, 68, 1067, 4011):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        sock.bind(("0.0.0.0", port))
        held.append(sock)
    return held


def select(cases, words, server, variant):
    """Those of this variant that the words name, and that it can do."""
    return [c for c in cases if c.variant == variant and
            (not c.only or c.only == server) and
            (not words or any(w in c.name for w in words))]


def start(server, wires, variant):
    """Until both cables answer."""
    server.configure(variant)
    server.start()
    end = time.monotonic() + START_S
    while True:
        try:
            return make_fences(wires, server)
        except Failed as why:
            if time.monotonic() > end:
                raise SystemExit("Bail out! %s does not serve: %s" % (
                    server.name, why)) from why


class Tally:
    def __init__(self, is_measured):
        self.is_measured, self.n, self.bad = is_measured, 0, []

    def run(self, row, case):
        self.n += 1
        try:
            row.run(case)
            case.finish()
            print("ok %d - %s" % (self.n, row.name), flush=True)
        except Failed as why:
            self.bad.append(row.name)
            case.wires.replies.clear()
            print("not ok %d - %s\n# %s" % (self.n, row.name, why), flush=True)


def main():
    parser = argparse.ArgumentParser()
    for name in ("server", "space", "build", "dir", "local", "relay"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("words", nargs="*")
    args = parser.parse_args()
    random.seed(20131)
    held = hold_ports()
    wires = Wires([Cable(name, name, bytes.fromhex(
        getattr(args, name).replace(":", ""))) for name in ("local", "relay")])
    server = SERVERS[args.server](args.space, args.build, args.dir)
    tally = Tally(server.is_measured)
    rows = (cases_basic.CASES + cases_wire.CASES + cases_relay.CASES +
            cases_boot.CASES + cases_proxy.CASES + cases_fault.CASES)
    try:
        for variant in ("plain", "strict"):
            chosen = select(rows, args.words, server.name, variant)
            fences = start(server, wires, variant) if chosen else None
            for row in chosen:
                tally.run(row, Case(wires, server, fences))
            server.stop()
    finally:
        server.stop()
    for sock in held:
        sock.close()
    print("1..%d" % tally.n)
    print("# %s: %d of %d" % (server.name, tally.n - len(tally.bad), tally.n))
    return 1 if tally.bad and not server.is_measured else 0


if __name__ == "__main__":
    sys.exit(main())
