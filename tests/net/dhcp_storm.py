#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Many DHCP clients at once, each as stubborn as firmware.

usage: dhcp_storm.py INTERFACE CLIENTS SECONDS OUTPUT [SEED]

Every client asks until it has an address, confirms it once (INIT-REBOOT), and
some release it and come again.  What was acknowledged goes to OUTPUT as lines
"MAC ADDRESS", at the end; OUTPUT.log has a line "+ MAC ADDRESS" at once for
each acknowledgement, and "- MAC ADDRESS" before each release.  Says so, with
status 1, when an address is acknowledged to two clients, or a client is left
without one.
"""
import os
import random
import select
import socket
import struct
import sys
import time

RETRY_S = 0.4
WINDOW = 64  # clients that ask at the same time
DISCOVER, OFFER, REQUEST, ACK, NAK, RELEASE = 1, 2, 3, 5, 6, 7
MAGIC = b"\x63\x82\x53\x63"


def option(code, value):
    return bytes([code, len(value)]) + value


def parse(data):
    if len(data) < 240 or data[236:240] != MAGIC or data[0] != 2:
        return None
    options, at = {}, 240
    while at + 1 < len(data) and data[at] != 255:
        if data[at] == 0:
            at += 1
            continue
        options[data[at]] = data[at + 2:at + 2 + data[at + 1]]
        at += 2 + data[at + 1]
    return options


class Client:
    def __init__(self, number):
        self.mac = b"\x02\x00" + struct.pack(">I", number)
        self.state, self.xid = "discover", 0
        self.address = self.server = None
        self.sent_s = 0
        self.will_release = number % 7 == 0

    def message(self, kind, ciaddr=b"\0" * 4, *options):
        head = struct.pack(">BBBBIHH", 1, 1, 6, 0, self.xid, 0, 0x8000)
        return (head + ciaddr + b"\0" * 12 + self.mac + b"\0" * 202 + MAGIC +
                option(53, bytes([kind])) + b"".join(options) + b"\xff")

    def ask(self):
        self.sent_s = time.monotonic()
        if self.state == "discover":
            self.xid = random.getrandbits(32)
            return self.message(DISCOVER)
        wish = option(50, self.address)
        if self.state == "request":
            return self.message(REQUEST, b"\0" * 4, wish,
                                option(54, self.server))
        return self.message(REQUEST, b"\0" * 4, wish)  # confirm

    def hear(self, kind, address, server):
        """True if it was acknowledged an address."""
        if kind == OFFER and self.state == "discover":
            self.address, self.server, self.state = address, server, "request"
            self.sent_s = 0
        elif kind == NAK and self.state != "discover":
            self.state, self.sent_s = "discover", 0
        elif kind == ACK and self.state in ("request", "confirm"):
            return True
        return False


def open_socket(interface):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for name in (socket.SO_BROADCAST, socket.SO_REUSEADDR):
        sock.setsockopt(socket.SOL_SOCKET, name, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    sock.setsockopt(socket.SOL_SOCKET, 25, interface.encode() + b"\0")
    sock.bind(("0.0.0.0", 68))
    return sock


class Storm:
    def __init__(self, interface, n, log):
        self.sock = open_socket(interface)
        self.log = log
        self.clients = {c.mac: c for c in map(Client, range(n))}
        self.todo = list(self.clients.values())
        random.shuffle(self.todo)
        self.active = set()
        self.owner = {}  # address: mac
        self.errors = []

    def send(self, data):
        try:
            self.sock.sendto(data, ("255.255.255.255", 67))
        except OSError:
            pass  # as if it were lost

    def note(self, sign, client, address):
        print(sign, client.mac.hex(":"), socket.inet_ntoa(address),
              file=self.log, flush=True)

    def acknowledged(self, client, address):
        self.note("+", client, address)
        other = self.owner.get(address)
        if other not in (None, client.mac):
            self.errors.append("%s acknowledged to %s and to %s" % (
                socket.inet_ntoa(address), other.hex(":"),
                client.mac.hex(":")))
        for a in [a for a in (client.address,) if a != address]:
            self.errors.append("another address than was asked for: %s, %s" % (
                socket.inet_ntoa(a), socket.inet_ntoa(address)))
        self.owner[address] = client.mac
        if client.state == "request":
            client.state, client.sent_s = "confirm", 0
            return
        if client.will_release:
            client.will_release = False
            del self.owner[address]
            self.note("-", client, address)
            self.send(client.message(RELEASE, address,
                                     option(54, client.server)))
            client.state, client.sent_s = "discover", 0
            return
        client.state = "done"
        self.active.discard(client)

    def receive(self):
        while True:
            try:
                data = self.sock.recv(2048, socket.MSG_DONTWAIT)
            except OSError:
                return
            options = parse(data)
            client = self.clients.get(data[28:34]) if options else None
            if client is None or client not in self.active or \
                    struct.unpack(">I", data[4:8])[0] != client.xid:
                continue
            if client.hear(options[53][0], data[16:20], options.get(54)):
                self.acknowledged(client, data[16:20])

    def run(self, seconds):
        end = time.monotonic() + seconds
        while (self.todo or self.active) and time.monotonic() < end:
            while self.todo and len(self.active) < WINDOW:
                self.active.add(self.todo.pop())
            now = time.monotonic()
            for client in self.active:
                if now - client.sent_s > RETRY_S:
                    self.send(client.ask())
            select.select([self.sock], [], [], 0.02)
            self.receive()
        left = len(self.todo) + len(self.active)
        if left:
            self.errors.append("%d clients have no address" % left)


def main():
    interface, n, seconds, output = sys.argv[1:5]
    random.seed(sys.argv[5] if len(sys.argv) > 5 else None)
    with open(output + ".log", "w", encoding="ascii") as log:
        storm = Storm(interface, int(n), log)
        storm.run(float(seconds))
    with open(output + ".new", "w", encoding="ascii") as out:
        for address, mac in sorted(storm.owner.items()):
            print(mac.hex(":"), socket.inet_ntoa(address), file=out)
    os.rename(output + ".new", output)
    for error in storm.errors:
        print(error)
    return 1 if storm.errors else 0


if __name__ == "__main__":
    sys.exit(main())
