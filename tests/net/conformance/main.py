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
from caselib import Failed, Tally, select
from harness import Cable, Case, Wires, make_fences
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


def run(tally, row, case):
    try:
        row.run(case)
        case.finish()
        tally.tell(row.name)
    except Failed as why:
        case.wires.replies.clear()
        tally.tell(row.name, why)


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
    tally = Tally(server)
    rows = (cases_basic.CASES + cases_wire.CASES + cases_relay.CASES +
            cases_boot.CASES + cases_proxy.CASES + cases_fault.CASES)
    try:
        for variant in ("plain", "strict"):
            chosen = select(rows, args.words, server.name, variant)
            fences = start(server, wires, variant) if chosen else None
            for row in chosen:
                run(tally, row, Case(wires, server, fences))
            server.stop()
    finally:
        server.stop()
    for sock in held:
        sock.close()
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
