#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A TFTP client that can do what no ordinary one does: windows, loss, delay,
doubled ACKs, probes, floods, nonsense.  Used by test_tftp.

usage: tftp_client.py SERVER PORT COMMAND [ARGUMENT...]

Every command ends with status 0 if the server behaved, else it says how not.
"""

import argparse
import hashlib
import heapq
import os
import random
import select
import socket
import struct
import sys
import time

RRQ, WRQ, DATA, ACK, ERROR, OACK = 1, 2, 3, 4, 5, 6


class Wrong(Exception):
    pass


def expect(holds, *what):
    if not holds:
        raise Wrong(" ".join(str(w) for w in what))


def request(name, options=(), mode=b"octet", op=RRQ):
    if isinstance(name, str):
        name = os.fsencode(name)
    parts = [name, mode]
    for key, value in options:
        parts += [str(key).encode(), str(value).encode()]
    return struct.pack(">H", op) + b"".join(p + b"\0" for p in parts)


def ack(block):
    return struct.pack(">HH", ACK, block & 0xFFFF)


def error(code, text):
    return struct.pack(">HH", ERROR, code) + text + b"\0"


def opcode(packet):
    return struct.unpack(">H", packet[:2])[0]


def number(packet):
    return struct.unpack(">H", packet[2:4])[0]


def oack_options(packet):
    words = packet[2:].split(b"\0")[:-1]
    return {words[i].decode().lower(): int(words[i + 1])
            for i in range(0, len(words), 2)}


def open_socket(args, port=0):
    family = socket.AF_INET6 if ":" in args.server else socket.AF_INET
    s = socket.socket(family, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    s.bind(("::" if family == socket.AF_INET6 else "0.0.0.0", port))
    return s


def ask(args, packet, timeout=3.0, s=None):
    """Sends a request; the first answer, where from, and the socket."""
    s = s or open_socket(args)
    s.settimeout(timeout)
    s.sendto(packet, (args.server, args.port))
    answer, peer = s.recvfrom(70000)
    return answer, peer, s


class Get:
    """One file, event by event: RFC 1350, 2347 and 7440."""

    def __init__(self, args, name, out):
        self.args, self.out, self.name = args, out, name
        self.window, self.blksize, self.options = 1, 512, {}
        self.have, self.in_window, self.told = 0, 0, False
        self.bytes, self.tid, self.done = 0, None, False
        self.sock = open_socket(args)
        self.asked = []
        for key in ("blksize", "windowsize", "timeout", "tsize"):
            if getattr(args, key, None) is not None:
                self.asked.append((key, getattr(args, key)))
        self.repeat_at = 0
        self.last = request(name, self.asked)
        self.n_received = 0
        self.send(self.last)

    def send(self, packet):
        self.last = packet
        self.repeat_at = time.monotonic() + self.args.repeat
        to = self.tid or (self.args.server, self.args.port)
        for _ in range(2 if self.args.double_acks else 1):
            if random.random() >= self.args.loss:
                self.sock.sendto(packet, to)

    def take(self, packet, peer):
        if self.tid is None:
            self.tid = peer
        expect(peer[:2] == self.tid[:2], "answer from", peer, "not", self.tid)
        self.n_received += 1
        op = opcode(packet)
        if op == ERROR:
            raise Wrong(self.name, "ERROR", number(packet), packet[4:-1])
        if op == OACK:
            self.take_oack(packet)
        elif op == DATA:
            self.take_data(packet)

    def take_oack(self, packet):
        self.options = oack_options(packet)
        asked = {k for k, _ in self.asked}
        expect(set(self.options) <= asked, "unasked option", self.options)
        self.blksize = self.options.get("blksize", 512)
        self.window = self.options.get("windowsize", 1)
        self.in_window = 0
        self.send(ack(self.have))

    def take_data(self, packet):
        expect(len(packet) - 4 <= self.blksize, "block of", len(packet) - 4)
        if number(packet) == (self.have + 1) & 0xFFFF and not self.done:
            self.have += 1
            self.told = False
            self.bytes += len(packet) - 4
            self.out(packet[4:])
            self.done = len(packet) - 4 < self.blksize
            self.in_window += 1
            if self.in_window < self.window and not self.done:
                self.repeat_at = time.monotonic() + self.args.repeat
                return
        elif self.told and number(packet) != self.have & 0xFFFF:
            return
        else:
            self.told = True
        self.in_window = 0
        self.send(ack(self.have))

    def tick(self):
        if time.monotonic() >= self.repeat_at and not self.done:
            self.in_window = 0
            self.send(self.last)


def drive(gets, args):
    """Runs transfers side by side; packets may be lost, late, in disorder."""
    poll = select.epoll()
    by_fd = {g.sock.fileno(): g for g in gets}
    for fd, g in by_fd.items():
        g.sock.setblocking(False)
        poll.register(fd, select.EPOLLIN)
    late, order = [], 0
    deadline = time.monotonic() + args.deadline
    open_gets = set(gets)
    while open_gets:
        expect(time.monotonic() < deadline, "no end in", args.deadline, "s;",
               sorted((g.name, g.have) for g in open_gets)[:3])
        for fd, _ in poll.poll(0.0005 if late else 0.05):
            while True:
                try:
                    packet, peer = by_fd[fd].sock.recvfrom(70000)
                except BlockingIOError:
                    break
                if random.random() < args.loss:
                    continue
                at = time.monotonic() + args.delay / 1000
                if random.random() < args.disorder:
                    at += 0.003
                order += 1
                heapq.heappush(late, (at, order, fd, packet, peer))
        while late and late[0][0] <= time.monotonic():
            _, _, fd, packet, peer = heapq.heappop(late)
            by_fd[fd].take(packet, peer)
        for g in list(open_gets):
            g.tick()
            if g.done:
                open_gets.discard(g)
    # the last ACK may be lost: answer what is repeated
    end = time.monotonic() + (0.5 if args.loss > 0 else 0)
    while time.monotonic() < end:
        for fd, _ in poll.poll(0.05):
            packet, peer = by_fd[fd].sock.recvfrom(70000)
            if opcode(packet) == DATA:
                by_fd[fd].sock.sendto(ack(by_fd[fd].have), peer)


def cmd_get(args):
    """get NAME FILE: fetches NAME and compares it with FILE."""
    digest = hashlib.sha256()
    g = Get(args, args.rest[0], digest.update)
    drive([g], args)
    with open(args.rest[1], "rb") as f:
        content = f.read()
    expect(g.bytes == len(content), g.bytes, "octets of", len(content))
    expect(digest.digest() == hashlib.sha256(content).digest(), "contents")
    if "tsize" in g.options:
        expect(g.options["tsize"] == len(content), "tsize", g.options)
    if args.expect is not None:
        expect(str(g.options) == args.expect, "options", g.options)
    if args.at_most is not None:
        blocks = len(content) // g.blksize + 1
        expect(g.n_received <= blocks * args.at_most, g.n_received,
               "packets for", blocks, "blocks")


def cmd_many(args):
    """many N NAME FILE: N clients at once."""
    count, name, path = int(args.rest[0]), args.rest[1], args.rest[2]
    digests = [hashlib.sha256() for _ in range(count)]
    drive([Get(args, name, d.update) for d in digests], args)
    with open(path, "rb") as f:
        want = hashlib.sha256(f.read()).digest()
    bad = sum(d.digest() != want for d in digests)
    expect(bad == 0, bad, "of", count, "differ")


def cmd_refused(args):
    """refused CODE WORDS NAME [MODE|WRQ]: the ERROR that NAME gets."""
    code, words, name = int(args.rest[0]), args.rest[1], args.rest[2]
    how = args.rest[3] if len(args.rest) > 3 else "octet"
    op, mode = (WRQ, "octet") if how == "WRQ" else (RRQ, how)
    answer, _, _ = ask(args, request(name, mode=mode.encode(), op=op))
    expect(opcode(answer) == ERROR, "opcode", opcode(answer))
    expect(answer[-1] == 0 and answer.count(b"\0", 4) == 1, "text", answer)
    expect(number(answer) == code and words in answer[4:-1].decode(),
           number(answer), answer[4:-1])


def cmd_oack(args):
    """oack NAME EXPECTED OPTION=VALUE...: the options that are accepted."""
    options = [w.split("=") for w in args.rest[2:]]
    answer, peer, s = ask(args, request(args.rest[0], options,
                                        args.mode.encode()))
    s.sendto(error(0, b"enough"), peer)
    got = oack_options(answer) if opcode(answer) == OACK else None
    expect(str(got) == args.rest[1], "OACK of", got)


def cmd_probe(args):
    """probe NAME: asks for the size and aborts, as EDK2 does."""
    answer, peer, s = ask(args, request(
        args.rest[0], [("tsize", 0), ("blksize", 1468), ("windowsize", 4)]))
    expect(opcode(answer) == OACK, "opcode", opcode(answer))
    s.sendto(error(8, b"User aborted the transfer"), peer)


def silent(s, seconds):
    s.settimeout(seconds)
    try:
        return s.recvfrom(70000)[0] is None
    except socket.timeout:
        return True


def cmd_silence(args):
    """silence: packets that are no requests get no answer."""
    noise = [error(0, b"x"), ack(1), struct.pack(">HH", DATA, 1) + b"x",
             b"\0\6blksize\0512\0", b"", b"\0", b"\0\1", b"\0\1name",
             b"\0\1name\0octet", b"\0\7x\0octet\0", b"\0\1" + b"x" * 3000,
             request("x", [("blksize", 8)])[:-1]]
    s = open_socket(args)
    for packet in noise:
        s.sendto(packet, (args.server, args.port))
    expect(silent(s, 0.5), "an answer to noise")


def cmd_broadcast(args):
    """broadcast NAME: a request to a broadcast address gets no answer."""
    s = open_socket(args)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    s.sendto(request(args.rest[0]), (args.server, args.port))
    expect(silent(s, 0.5), "an answer to a broadcast")


def cmd_restart(args):
    """restart NAME: a request from the same port begins again, once."""
    answer, peer, s = ask(args, request(args.rest[0]))
    s.sendto(ack(1), peer)
    answer, _ = s.recvfrom(70000)
    expect(number(answer) == 2, "block", number(answer))
    time.sleep(0.1)  # before that it would be taken for a doubled packet
    again, peer2, _ = ask(args, request(args.rest[0]), s=s)
    for _ in range(20):  # copies of block 2 may have been under way
        if peer2 == peer:
            again, peer2 = s.recvfrom(70000)
    expect(opcode(again) == DATA and number(again) == 1, "not block 1")
    # two requests before anything was acknowledged: two answers, one transfer
    third, peer3, _ = ask(args, request(args.rest[0]), s=s)
    expect(third == again and peer3 == peer2, "second transfer", peer3, peer2)
    s.sendto(error(0, b"enough"), peer2)


def cmd_doubled(args):
    """doubled NAME: a copy of the request that comes late changes nothing."""
    packet = request(args.rest[0])
    for _ in range(20):
        begin = time.monotonic()
        answer, peer, s = ask(args, packet)
        s.sendto(ack(1), peer)
        s.sendto(packet, (args.server, args.port))
        # any later, and it is a machine that begins again
        if time.monotonic() - begin < 0.02:
            break
        s.sendto(error(0, b"too late"), peer)
    s.settimeout(0.5)
    for want in (2, 3):
        answer, who = s.recvfrom(70000)
        expect(who == peer and number(answer) == want, who, answer[:4])
        s.sendto(ack(want), peer)
    s.sendto(error(0, b"enough"), peer)


def cmd_apprentice(args):
    """apprentice NAME: doubled ACKs send nothing twice."""
    answer, peer, s = ask(args, request(args.rest[0]))
    for _ in range(20):
        s.sendto(ack(1), peer)
    s.settimeout(0.5)
    answer, _ = s.recvfrom(70000)
    expect(number(answer) == 2, "block", number(answer))
    s.sendto(ack(2), peer)
    answer, _ = s.recvfrom(70000)
    expect(number(answer) == 3, "block", number(answer))
    s.sendto(ack(40000), peer)  # of the future
    s.sendto(ack(3), peer)
    answer, _ = s.recvfrom(70000)
    expect(number(answer) == 4, "block", number(answer))
    s.sendto(error(0, b"enough"), peer)


def cmd_patience(args):
    """patience NAME SECONDS: the timeout that the client asks is kept."""
    want = int(args.rest[1])
    answer, peer, s = ask(args, request(args.rest[0], [("timeout", want)]))
    expect(oack_options(answer) == {"timeout": want}, answer)
    begin = time.monotonic()
    s.settimeout(want + 30)
    again, _ = s.recvfrom(70000)
    took = time.monotonic() - begin
    expect(again == answer, "another packet")
    expect(want - 0.1 < took, "repeated after", took)
    s.sendto(error(0, b"enough"), peer)


def cmd_abandon(args):
    """abandon N NAME: N transfers whose client says nothing any more."""
    socks = [open_socket(args) for _ in range(int(args.rest[0]))]
    for s in socks:
        ask(args, request(args.rest[1]), s=s)
    print(len(socks), "abandoned")
    time.sleep(float(args.rest[2]) if len(args.rest) > 2 else 0)


def cmd_crowd(args):
    """crowd N NAME LIMIT: of N transfers of one machine LIMIT are begun."""
    begun = 0
    socks = [open_socket(args) for _ in range(int(args.rest[0]))]
    for s in socks:
        answer, _, _ = ask(args, request(args.rest[1]), s=s)
        if opcode(answer) == DATA:
            begun += 1
        else:
            expect(b"too many transfers" in answer, answer)
    expect(begun == int(args.rest[2]), begun, "were begun")


def cmd_flood(args):
    """flood N NAME: N requests that nobody follows up."""
    socks = [open_socket(args) for _ in range(64)]
    for i in range(int(args.rest[0])):
        name = args.rest[1] if i % 2 else "nothing-%d" % i
        socks[i % 64].sendto(request(name), (args.server, args.port))


def mutate(packet):
    octets = bytearray(packet)
    for _ in range(random.randint(1, 6)):
        kind = random.randint(0, 4)
        at = random.randrange(len(octets)) if octets else 0
        if kind == 0 and octets:
            octets[at] = random.randrange(256)
        elif kind == 1 and octets:
            del octets[at:at + random.randint(1, 8)]
        elif kind == 2:
            octets[at:at] = os.urandom(random.randint(1, 8))
        elif kind == 3 and octets:
            octets[at] ^= 1 << random.randrange(8)
        else:
            octets += octets[:random.randint(0, 700)]
    return bytes(octets)


def cmd_mutated(args):
    """mutated N NAME: nonsense to the port and to running transfers."""
    random.seed(4711)
    seeds = [request(args.rest[1], [("tsize", 0), ("blksize", 1468),
                                    ("windowsize", 4)]),
             request("pxe_loader_16000_uefi"), request("../x"), ack(1),
             error(8, b"User aborted"), b"\0\6blksize\0512\0"]
    s = open_socket(args)
    s.setblocking(False)
    for i in range(int(args.rest[0])):
        s.sendto(mutate(random.choice(seeds)), (args.server, args.port))
        try:
            _, peer = s.recvfrom(70000)
            for _ in range(3):
                s.sendto(mutate(random.choice(seeds)), peer)
        except BlockingIOError:
            pass
        if i % 50 == 0:
            s.close()
            s = open_socket(args)
            s.setblocking(False)


def cmd_shrunk(args):
    """shrunk NAME FILE: FILE, which is NAME, becomes shorter on the way: it
    must not be taken for whole."""
    answer, peer, s = ask(args, request(args.rest[0]))
    os.truncate(args.rest[1], 600)
    while opcode(answer) == DATA:
        expect(len(answer) == 516, "the last block came")
        s.sendto(ack(number(answer)), peer)
        answer, _ = s.recvfrom(70000)
    expect(opcode(answer) == ERROR and b"changed" in answer, answer)


def cmd_slow(args):
    """slow NAME FILE SIGNAL: takes a block, touches SIGNAL, waits until it is
    removed, and takes the rest."""
    digest = hashlib.sha256()
    g = Get(args, args.rest[0], digest.update)
    g.sock.settimeout(5)
    g.take(*g.sock.recvfrom(70000))
    with open(args.rest[2], "w", encoding="ascii"):
        pass
    end = time.monotonic() + 10
    while os.path.exists(args.rest[2]) and time.monotonic() < end:
        time.sleep(0.02)
    drive([g], args)
    with open(args.rest[1], "rb") as f:
        expect(digest.digest() == hashlib.sha256(f.read()).digest(),
               "contents")


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
    p.add_argument("--disorder", type=float, default=0)
    p.add_argument("--delay", type=float, default=0, help="ms")
    p.add_argument("--double-acks", action="store_true")
    p.add_argument("--repeat", type=float, default=1.0)
    p.add_argument("--deadline", type=float, default=60)
    p.add_argument("--expect", help="the accepted options")
    p.add_argument("--at-most", type=float, help="packets a block")
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
