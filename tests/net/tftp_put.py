#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A TFTP client that sends files as no ordinary one does: windows, loss, delay,
doubled blocks, silence in the middle.  Used by test_tftp_upload.

usage: tftp_put.py SERVER PORT COMMAND [ARGUMENT...]

Every command ends with status 0 if the server behaved, else it says how not.
"""

import argparse
import os
import random
import socket
import struct
import sys
import time

from tftp_client import (ACK, DATA, ERROR, OACK, WRQ, Wrong, error, expect,
                         number, oack_options, opcode, open_socket, request)


class Refused(Wrong):
    """The server sent an ERROR: code, text."""


def data(block, octets):
    return struct.pack(">HH", DATA, block & 0xFFFF) + octets


def options_of(args):
    return [(key, getattr(args, key)) for key in
            ("blksize", "windowsize", "timeout", "tsize")
            if getattr(args, key) is not None]


class Put:
    """One file: RFC 1350, 2347 and 7440, from the side that sends."""

    def __init__(self, args, name, content, s=None):
        self.args, self.name, self.content = args, name, content
        self.sock = s or open_socket(args)
        self.blksize, self.window, self.tid = 512, 1, None
        self.base, self.n_sent, self.n_acks = 0, 0, 0
        self.late = []  # of packets that came, by their time
        self.options = {}

    def begin(self):
        """Asks until there is an answer, and takes it."""
        packet = request(self.name, options_of(self.args), op=WRQ,
                         mode=self.args.mode.encode())
        while True:
            self.sock.sendto(packet, (self.args.server, self.args.port))
            answer = self.receive(self.args.repeat)
            if answer is not None:
                break
        if opcode(answer) == OACK:
            self.options = oack_options(answer)
            expect(set(self.options) <= {k for k, _ in
                                         options_of(self.args)}, "unasked")
            self.blksize = self.options.get("blksize", 512)
            self.window = self.options.get("windowsize", 1)
        else:
            expect(opcode(answer) == ACK and number(answer) == 0, answer)
            expect(not self.args.expect, "no OACK")

    @property
    def last(self):
        return len(self.content) // self.blksize + 1

    def wire(self, block):
        if self.args.roll == 1 and block > 65535:
            return (block - 1) % 65535 + 1
        return block & 0xFFFF

    def send(self, block):
        at = (block - 1) * self.blksize
        packet = data(self.wire(block), self.content[at:at + self.blksize])
        self.n_sent += 1
        for _ in range(2 if self.args.double else 1):
            if random.random() >= self.args.loss:
                self.sock.sendto(packet, self.tid)

    def receive(self, seconds):
        """The next packet, lost and late ones as is asked for; or None."""
        end = time.monotonic() + seconds
        while True:
            self.sock.settimeout(max(0.001, end - time.monotonic()))
            try:
                packet, peer = self.sock.recvfrom(70000)
            except socket.timeout:
                return None
            if random.random() < self.args.loss:
                continue
            time.sleep(self.args.delay / 1000)
            if self.tid is None:
                self.tid = peer
            expect(peer[:2] == self.tid[:2], "answer from", peer)
            if opcode(packet) == ERROR:
                raise Refused(number(packet), packet[4:-1].decode())
            return packet

    def acked(self, packet):
        """The block that an ACK is for; None: of the past, or no ACK."""
        if opcode(packet) != ACK:
            return None
        self.n_acks += 1
        for block in range(self.base + 1, self.base + self.window + 1):
            if block <= self.last and self.wire(block) == number(packet):
                return block
        expect(number(packet) == self.wire(self.base) or self.args.loss > 0 or
               self.args.double, "wild ACK", number(packet))
        return None

    def run(self, upto=None):
        """Sends all, or until block `upto` is acknowledged."""
        upto = upto or self.last
        end = time.monotonic() + self.args.deadline
        while self.base < upto:
            expect(time.monotonic() < end, "no end at block", self.base)
            for block in range(self.base + 1,
                               min(self.base + self.window, self.last) + 1):
                self.send(block)
            again = time.monotonic() + self.args.repeat
            while time.monotonic() < again:
                packet = self.receive(again - time.monotonic())
                block = self.acked(packet) if packet else None
                if block is not None:
                    self.base = block
                    break

    def put(self):
        self.begin()
        self.run()


def read(path):
    with open(path, "rb") as f:
        return f.read()


def cmd_put(args):
    """put NAME FILE: sends FILE as NAME."""
    p = Put(args, args.rest[0], read(args.rest[1]))
    p.put()
    if args.expect:
        expect(str(p.options) == args.expect, "options", p.options)
    if args.at_most:
        expect(p.n_sent <= p.last * args.at_most, p.n_sent, "blocks sent of",
               p.last)
        expect(p.n_acks <= p.last / p.window * args.at_most + 2, p.n_acks,
               "ACKs")


def cmd_refused(args):
    """refused CODE WORDS NAME [FILE]: NAME, or FILE sent as NAME, is not
    taken."""
    content = read(args.rest[3]) if len(args.rest) > 3 else b"x"
    want = (int(args.rest[0]), args.rest[1])
    p = Put(args, args.rest[2], content)
    try:
        p.put()
    except Refused as e:
        expect(e.args[0] == want[0] and want[1] in e.args[1], e)
        return
    raise Wrong("it was taken")


def cmd_part(args):
    """part NAME FILE BLOCKS: sends so many, and goes away."""
    p = Put(args, args.rest[0], read(args.rest[1]))
    p.begin()
    p.run(int(args.rest[2]))
    if args.abort:
        p.sock.sendto(error(0, b"enough"), p.tid)


def cmd_hold(args):
    """hold NAME FILE BLOCKS SECONDS: sends so many, and is there so long."""
    p = Put(args, args.rest[0], read(args.rest[1]))
    p.begin()
    p.run(int(args.rest[2]))
    time.sleep(float(args.rest[3]))


def cmd_linger(args):
    """linger NAME FILE: the last ACK comes again when it is asked for, and
    the file may be sent anew from the same port."""
    p = Put(args, args.rest[0], read(args.rest[1]))
    p.put()
    for _ in range(3):
        time.sleep(0.3)
        p.send(p.last)
        packet = p.receive(2)
        expect(packet is not None and opcode(packet) == ACK and
               number(packet) == p.wire(p.last), "last ACK", packet)
    tid = p.tid
    again = Put(args, args.rest[0] + ".2", p.content, s=p.sock)
    again.put()
    expect(args.single or again.tid != tid, "the same port")


def cmd_patient(args):
    """patient NAME FILE SECONDS: the last ACK comes after so long, and not
    before, however often it is asked for."""
    p = Put(args, args.rest[0], read(args.rest[1]))
    p.begin()
    p.run(p.last - 1)
    begin = time.monotonic()
    packet = None
    while packet is None:
        p.send(p.last)
        packet = p.receive(0.1)
        expect(time.monotonic() < begin + 20, "no ACK")
    took = time.monotonic() - begin
    expect(took > float(args.rest[2]), "after", took)
    expect(number(packet) == p.wire(p.last), "ACK", number(packet))
    # each asked: one answer is all
    end = time.monotonic() + 0.5
    n = 0
    while time.monotonic() < end:
        n += p.receive(0.1) is not None
    expect(n == 0, n, "more ACKs")


def cmd_many(args):
    """many N NAME FILE LIMIT: of N at once, LIMIT are begun."""
    content, begun = read(args.rest[2]), []
    for i in range(int(args.rest[0])):
        p = Put(args, "%s-%d" % (args.rest[1], i), content)
        try:
            p.begin()
            begun.append(p)
        except Refused as e:
            expect("too many transfers" in str(e), e)
    expect(len(begun) == int(args.rest[3]), len(begun), "begun")
    for p in begun:
        p.run()


def cmd_flood(args):
    """flood N NAME: N requests that nobody follows up."""
    socks = [open_socket(args) for _ in range(64)]
    for i in range(int(args.rest[0])):
        socks[i % 64].sendto(request("%s-%d" % (args.rest[1], i), op=WRQ),
                             (args.server, args.port))


def cmd_mutated(args):
    """mutated N NAME: nonsense within uploads."""
    random.seed(4711)
    for i in range(int(args.rest[0])):
        p = Put(args, "%s-%d" % (args.rest[1], i), os.urandom(2000))
        try:
            p.begin()
        except Refused:
            time.sleep(0.05)  # enough of them are under way
            continue
        for _ in range(20):
            kind = random.randrange(5)
            if kind == 0:
                p.sock.sendto(os.urandom(random.randrange(700)), p.tid)
            elif kind == 1:
                p.sock.sendto(data(random.randrange(65536), b"y" * 512),
                              p.tid)
            elif kind == 2:
                p.sock.sendto(data(0, b""), p.tid)
            elif kind == 3:
                p.sock.sendto(struct.pack(">HH", ACK, random.randrange(9)),
                              p.tid)
            else:
                p.send(1 + random.randrange(3))
        if i % 2:
            p.sock.sendto(data(1, b"z" * 600), p.tid)
        p.sock.close()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("server")
    p.add_argument("port", type=int)
    p.add_argument("command")
    p.add_argument("rest", nargs="*")
    for option in ("blksize", "windowsize", "timeout", "tsize"):
        p.add_argument("--" + option, type=int)
    p.add_argument("--mode", default="octet")
    p.add_argument("--loss", type=float, default=0)
    p.add_argument("--delay", type=float, default=0, help="ms")
    p.add_argument("--double", action="store_true")
    p.add_argument("--repeat", type=float, default=0.5)
    p.add_argument("--roll", type=int, default=0, help="after 65535")
    p.add_argument("--deadline", type=float, default=60)
    p.add_argument("--expect", help="the accepted options")
    p.add_argument("--at-most", type=float, help="packets a block")
    p.add_argument("--abort", action="store_true")
    p.add_argument("--single", action="store_true", help="single-port mode")
    args = p.parse_args()
    random.seed(1)
    try:
        globals()["cmd_" + args.command](args)
    except (Wrong, OSError) as e:
        print("wrong:", e)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
