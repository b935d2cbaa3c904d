# SPDX-License-Identifier: ISC
"""Probes, files that change, 5 GB, floods and damage: what a server must come
through."""
import ctypes
import os
import random
import socket
import threading
import time

from caselib import Failed, wait_until
from cases_lock import begun
from harness import BLKSIZE, rows
from servers import BIG_BYTES, BIG_MARKS
from wire import DATA, ERROR, OACK, WRQ, ack, data, error, request

CASES, case, both = rows()

CLONE_NEWNET = 0x40000000


# --- size probes ------------------------------------------------------------------

for code, who in ((8, "EDK2"), (0, "others")):
    @both("probe: tsize and ERROR %d, then a transfer (%s)" % (code, who),
          "FACTS C-60", "ours")
    def _(t, code=code):
        name, content = t.file(30000)
        port = t.port()
        first = port.ask(name, tsize=0, blksize=1468)
        port.expect(first, OACK)
        t.equal("tsize", dict(first.options).get("tsize"), "30000")
        port.send(error(code, b"User aborted the transfer"))
        port.silent(0.1)
        for options in (dict(blksize=1468), dict(blksize=1468, windowsize=4)):
            got = t.port().get(name, want=content, **options)
            t.check(got.n_packets < got.n_blocks * 1.2, "%d packets",
                    got.n_packets)
        port.get(name, want=content, blksize=1468)


@case("probe: a hundred of them", "FACTS C-60", "ours")
def _(t):
    name, content = t.file(30000)
    for _ in range(100):
        port = t.port()
        port.expect(port.ask(name, tsize=0), OACK)
        port.send(error(8))
        port.is_over = True
        port.sock.close()
    t.port().get(name, want=content)


# --- files that change ------------------------------------------------------------

def under_way(t, name, content, size):
    """A transfer of a file of its own, block 1 came."""
    t.server.put(name, content)
    port = t.port()
    first = port.ask(name, tsize=0)
    port.expect(first, OACK)
    t.equal("tsize", dict(first.options)["tsize"], str(size))
    port.ack(0)
    t.equal("block 1", port.block(1).payload, content[:BLKSIZE])
    return port


def rest(t, port, number=1, may_change=False):
    """The blocks behind this one; None if an ERROR says that the file changed
    and it may."""
    pieces = []
    while not pieces or len(pieces[-1]) == BLKSIZE:
        port.ack(number)
        number += 1
        packet = port.fresh()
        if packet is not None and packet.op == ERROR and may_change:
            t.check("chang" in packet.text, "%s", packet)
            port.is_over = True
            return None
        pieces.append(port.expect(packet, DATA, number).payload)
        t.check(number < 1000, "it has no end")
    port.ack(number)
    port.is_over = True
    return b"".join(pieces)


@case("a file that is replaced: the transfer goes on with the old one", "ours",
      "ours")
def _(t):
    old, new = t.server.content(20000), t.server.content(20001)
    port = under_way(t, "replaced", old, 20000)
    t.server.put("replaced", new)
    t.check(rest(t, port) == old[BLKSIZE:], "contents")
    t.port().get("replaced", want=new, tsize=0)


@case("a file that is removed: the transfer goes on", "ours", "ours")
def _(t):
    old = t.server.content(20002)
    port = under_way(t, "removed", old, 20002)
    os.unlink(os.path.join(t.server.root, "removed"))
    t.check(rest(t, port) == old[BLKSIZE:], "contents")
    port = t.port()
    port.refusal(port.ask("removed"), 1)


for what, size in (("in the middle", 7000), ("to nothing", 0)):
    for window in (1, 16):
        @case("a file that is cut %s, windows of %d: no wrong end" % (
            what, window), "ours", "ours")
        def _(t, what=what, size=size, window=window):
            name = "cut-%d-%d" % (size, window)
            content = t.server.content(300000)
            t.server.put(name, content)
            port = t.port()
            first = port.ask(name, tsize=0, windowsize=window)
            if window > 1:
                t.agreed(first, windowsize=window)
            port.ack(0)
            t.equal("block 1", port.block(1).payload, content[:BLKSIZE])
            os.truncate(os.path.join(t.server.root, name), size)
            number, octets = 1, BLKSIZE
            while True:
                if number % window == 0 or window == 1:
                    port.ack(number)
                packet = port.fresh()
                t.check(packet is not None, "silence")
                if packet.op == ERROR:
                    port.is_over = True
                    return
                if packet.number != number + 1:
                    continue
                number += 1
                octets += len(packet.payload)
                t.check(len(packet.payload) == BLKSIZE, "an end after %d "
                        "octets that looks like a good one", octets)
                t.check(octets <= 300000, "more than there was")


@case("a file that grows: as much as was said, or an ERROR that says so",
      "RFC 2349", "ours")
def _(t):
    old = t.server.content(20003)
    port = under_way(t, "grown", old, 20003)
    with open(os.path.join(t.server.root, "grown"), "ab") as f:
        f.write(b"x" * 5000)
    t.check(rest(t, port, 1, True) in (None, old[BLKSIZE:]), "contents")
    t.port().get("grown", want=old + b"x" * 5000, tsize=0)


@case("a file that is written over: no mixture of both", "ours", "ours")
def _(t):
    old, new = t.server.content(20004), t.server.content(20005)[:20004]
    port = under_way(t, "overwritten", old, 20004)
    port.ack(1)
    port.block(2)
    time.sleep(0.05)
    with open(os.path.join(t.server.root, "overwritten"), "r+b") as f:
        f.write(new)
    came = rest(t, port, 2, True)
    t.check(came in (None, old[2 * BLKSIZE:]), "a mixture")
    t.port().get("overwritten", want=new, tsize=0)


# --- 5 GB ---------------------------------------------------------------------------

def local_socket(space, family=socket.AF_INET):
    """A socket in another namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    made = []

    def make():
        with open("/run/netns/" + space, "rb") as f:
            if libc.setns(f.fileno(), CLONE_NEWNET) == 0:
                made.append(socket.socket(family, socket.SOCK_DGRAM))

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    if not made:
        raise Failed("no socket in %s" % space)
    return made[0]


@case("5 GB: tsize beyond 32 bits", "RFC 2349", "ours")
def _(t):
    port = t.port()
    first = port.ask("big", tsize=0)
    port.expect(first, OACK)
    t.equal("tsize", dict(first.options)["tsize"], str(BIG_BYTES))
    port.send(error(8))
    port.is_over = True


@case("5 GB: all of it, over lo in blocks of 64 kB", "RFC 2348", "ours",
      alone=True)
def _(t):
    port = t.port()
    port.sock.close()
    port.sock = local_socket(t.server.space)
    port.sock.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)
    port.sock.bind(("127.0.0.1", 0))
    port.door = ("127.0.0.1", 69)
    marks, at = {}, 0
    zeroes = bytes(65464)

    def sink(block):
        nonlocal at
        if block != zeroes[:len(block)]:
            marks[at] = block
        at += len(block)

    got = port.get("big", sink=sink, deadline=80, tsize=0, blksize=65464,
                   windowsize=16)
    t.equal("octets", got.n_octets, BIG_BYTES)
    t.equal("tsize", got.options.get("tsize"), BIG_BYTES)
    for where, mark in BIG_MARKS.items():
        for begin, block in marks.items():
            if begin <= where < begin + len(block):
                piece = block[where - begin:where - begin + len(mark)]
                t.check(mark.startswith(piece), "wrong octets at %d", where)
                break
        else:
            t.check(False, "the octets at %d are missing", where)


# --- floods -----------------------------------------------------------------------

def serves_soon(t, seconds=6):
    def one():
        try:
            t.serves()
            return True
        except Failed:
            return False

    begin = time.monotonic()
    t.check(wait_until(one, seconds), "it serves no more")
    return time.monotonic() - begin


def others_are_served(t, name, content):
    port = t.port(host=2)
    port.tries = 3
    port.get(name, want=content, blksize=1468, deadline=10)


for what, options in (("", []), (" that want a timeout of 255 s", [
        ("timeout", 255)])):
    @case("2000 unanswered requests of 500 clients%s, then normal service" %
          what, "baseline", "ours", alone=True)
    def _(t, options=options):
        name, _ = t.file(100000)
        socks = []
        for n in range(2000):
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.bind(("10.79.%d.%d" % (100 + n % 4, 1 + n % 250), 0))
            sock.sendto(request(name, [("blksize", 1468)] + options),
                        ("10.77.0.1", 69))
            socks.append(sock)
            if n % 100 == 99:
                time.sleep(0.01)
        serves_soon(t, 10)
        for sock in socks:
            sock.close()
        serves_soon(t)


@case("a flood of requests of one client does not keep others waiting",
      "baseline", "ours", alone=True)
def _(t):
    name, content = t.file(100000)
    noisy = t.port()
    for n in range(5000):
        noisy.send(request(name if n % 2 else "nothing-%d" % n), noisy.door)
        if n % 1000 == 999:
            others_are_served(t, name, content)
    noisy.sock.close()
    serves_soon(t)


@case("a client that opens 1500 transfers does not keep others out",
      "baseline", "ours", alone=True)
def _(t):
    name, content = t.file(100000)
    ports = [t.port() for _ in range(1500)]
    for n, port in enumerate(ports):
        port.send(request(name), port.door)
        if n % 100 == 99:
            time.sleep(0.01)
    others_are_served(t, name, content)
    if not t.server.is_measured:
        refusals = [p for port in ports for p in port.all(0) if p.op == ERROR]
        t.check(refusals, "no limit")
        t.check("too many" in refusals[0].text, "%s", refusals[0])
    for port in ports:
        port.sock.close()
    serves_soon(t)


@case("a flood of ACKs does not keep others waiting", "RFC 1123 4.2.3.1",
      "ours", alone=True)
def _(t):
    name, content = t.file(100000)
    noisy, _ = begun(t, 100000)
    for n in range(20000):
        noisy.send(ack(n % 7))
        if n % 5000 == 4999:
            others_are_served(t, name, content)
    serves_soon(t)


@case("100 transfers side by side, all as they must be", "ours", "ours",
      slow=4)
def _(t):
    name, content = t.file(20000)
    ports = [t.port(host=1 + n % 50) for n in range(100)]
    blocks = {}
    for port in ports:
        port.send(request(name), port.door)
    for port in ports:
        packet = port.expect(port.fresh(), DATA, 1)
        port.tid, port.is_over = packet.peer, False
        blocks[port] = [packet.payload]
    for number in range(1, 41):
        for port in ports:
            port.ack(number)
        if number == 40:
            break
        for port in ports:
            blocks[port].append(port.block(number + 1).payload)
    for port in ports:
        port.is_over = True
        t.check(b"".join(blocks[port]) == content, "contents")


# --- damage -------------------------------------------------------------------------

def mutate(dice, packet):
    octets = bytearray(packet)
    for _ in range(dice.randint(1, 6)):
        kind = dice.randrange(5)
        at = dice.randrange(len(octets)) if octets else 0
        if kind == 0 and octets:
            octets[at] = dice.randrange(256)
        elif kind == 1 and octets:
            del octets[at:at + dice.randint(1, 8)]
        elif kind == 2:
            octets[at:at] = dice.randbytes(dice.randint(1, 8))
        elif kind == 3 and octets:
            octets[at] ^= 1 << dice.randrange(8)
        else:
            octets += octets[:dice.randint(0, 700)]
    return bytes(octets)


def damage(t, seed, n, name):
    """Damaged packets to the port and to what answers."""
    dice = random.Random(seed)
    seeds = [
        request(name, [("tsize", 0), ("blksize", 1468), ("windowsize", 4)]),
        request(name, [("utimeout", 50000), ("rollover", 1), ("timeout", 1),
                       ("blksize2", 1024)]),
        request(name, mode="netascii"), request("../x"),
        request("up-damaged", [("tsize", 900)], op=WRQ), data(1, b"x" * 512),
        data(1, b"end"), ack(0), ack(1), ack(4), error(8), error(0),
        b"\0\6blksize\x00512\0"]
    port = t.port()
    for i in range(n):
        port.send(mutate(dice, dice.choice(seeds)), port.door)
        came = port.receive(0)
        while came is not None:
            for _ in range(3):
                port.send(mutate(dice, dice.choice(seeds)), came[1])
            came = port.receive(0)
        if i % 50 == 49:
            port.sock.close()
            port = t.port()
    port.sock.close()


for variant in ("plain", "single", "rollover", "upload"):
    @case("damaged packets (%s)" % variant, "ours", "ours", variant=variant,
          alone=True)
    def _(t, variant=variant):
        name, _ = t.file(100000)
        damage(t, 4711 + len(variant), 3000, name)
        t.check(t.server.is_alive(), "the server is gone")
        serves_soon(t, 10)


@case("damaged packets inside a good transfer", "ours", "ours")
def _(t):
    dice = random.Random(77)
    name, content = t.file(BLKSIZE * 60 + 1)
    port = t.port()
    stranger = t.port(host=2)
    first = port.ask(name)
    pieces = [port.expect(first, DATA, 1).payload]
    for number in range(2, 62):
        for _ in range(3):
            stranger.send(mutate(dice, ack(number - 1)), port.tid)
        port.ack(number - 1)
        pieces.append(port.block(number).payload)
    port.ack(61)
    port.is_over = True
    t.check(b"".join(pieces) == content, "contents")
