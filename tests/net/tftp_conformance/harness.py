# SPDX-License-Identifier: ISC
"""What the cases are written with.

A case is one or several clients, each a UDP port of an address that no other
case has, so that cases run side by side and the server remembers nothing of
one that would matter to another.  What the path does to packets is done here
too (Path): kernels without netem shall do.
"""
import heapq
import random
import socket
import struct
import time

from caselib import Failed, Lacks, table
from wire import (ACK, DATA, ERROR, OACK, RRQ, WRQ, Packet, ack, data, error,
                  netascii, request)

BLKSIZE = 512
QUIET_S = 0.3
IP_FREEBIND = 15

# The cables: the server's address, its second one, the clients' networks.
# "wide" has an MTU of 1500, "thin" of 1280.
CABLES = {
    ("wide", 4): ("10.77.0.1", "10.77.0.3", "10.%d.%d.%d", 78),
    ("thin", 4): ("10.87.0.1", None, "10.%d.%d.%d", 88),
    ("wide", 6): ("fd77::1", "fd77::3", "fd78:%x:%x::%x", 78),
    ("thin", 6): ("fd87::1", None, "fd88:%x:%x::%x", 88),
}


class Refused(Failed):
    """By an ERROR."""

    def __init__(self, packet):
        Failed.__init__(self, str(packet))
        self.code, self.text = packet.number, packet.text


class Path:
    """Loses, doubles, delays and swaps datagrams, as the dice fall; drops what
    is larger than `mtu` in silence, as tunnels do."""

    def __init__(self, seed=1, loss=0, copies=0, disorder=0, delay=0, mtu=None):
        self.dice = random.Random(seed)
        self.loss, self.copies, self.disorder = loss, copies, disorder
        self.delay, self.mtu = delay, mtu

    def fates(self, ip_bytes):
        """After how many seconds each copy of a datagram arrives."""
        if self.mtu and ip_bytes > self.mtu or self.dice.random() < self.loss:
            return []
        n = 2 if self.dice.random() < self.copies else 1
        return [self.delay + (0.004 if self.dice.random() < self.disorder
                              else 0) for _ in range(n)]


class Got:
    """What a transfer was like."""

    def __init__(self, options):
        self.options = options
        self.content = b""
        self.n_octets = 0
        self.n_blocks = 0   # in order
        self.n_packets = 0  # of DATA, copies too
        self.numbers = set()


class Port:
    """A UDP port of a client; asks, and knows the TID that it was given."""

    def __init__(self, case, address, family, server, path=None, number=0):
        self.case, self.address, self.family = case, address, family
        self.path, self.door = path, (server, 69)
        self.tries = 5 if path else 1  # of a request
        self.tid = None
        self.peers, self.seen, self.late, self.order = set(), set(), [], 0
        self.heard = []  # what all() got
        self.past = set()  # TIDs of earlier transfers: late copies may come
        self.is_over = True
        self.request = b""
        self.sock = self.make_socket()
        self.sock.bind((address, number))

    def make_socket(self):
        family = socket.AF_INET6 if self.family == 6 else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_DGRAM)
        sock.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUFFORCE
                        if hasattr(socket, "SO_RCVBUFFORCE") else 33, 8 << 20)
        return sock

    def close(self):
        """Tells the server that it need not go on."""
        if not self.is_over and self.tid and self.sock.fileno() >= 0:
            self.sock.sendto(error(0), self.tid)
        self.sock.close()

    # --- datagrams ---

    def send(self, raw, to=None):
        to = to or self.tid or self.door
        if self.path is None:
            self.sock.sendto(raw, to)
            return
        for delay in self.path.fates(len(raw) + self.head):
            self.put_late(delay, raw, to, True)

    @property
    def head(self):
        return 48 if self.family == 6 else 28

    def put_late(self, delay, raw, peer, is_out):
        self.order += 1
        heapq.heappush(self.late, (time.monotonic() + delay, self.order, raw,
                                   peer, is_out))

    def receive(self, seconds):
        """(octets, peer), or None when the time is over."""
        end = time.monotonic() + seconds
        while True:
            now = time.monotonic()
            wait = end - now
            while self.late and self.late[0][0] <= now:
                _, _, raw, peer, is_out = heapq.heappop(self.late)
                if not is_out:
                    return raw, peer
                self.sock.sendto(raw, peer)
            if self.late:
                wait = min(wait, self.late[0][0] - now)
            self.sock.settimeout(max(wait, 0))
            try:
                raw, peer = self.sock.recvfrom(65536)
            except (socket.timeout, BlockingIOError):
                if time.monotonic() >= end:
                    return None
                continue
            peer = peer[:2]
            self.peers.add(peer)
            if self.path is None:
                return raw, peer
            for delay in self.path.fates(len(raw) + self.head):
                self.put_late(delay, raw, peer, False)

    def next(self, seconds=None):
        """The next packet, or None."""
        came = self.receive(self.case.patience if seconds is None else seconds)
        return came and Packet(*came, time.monotonic())

    def fresh(self, seconds=None):
        """The next packet that is no copy of one that came before."""
        end = time.monotonic() + (self.case.patience if seconds is None
                                  else seconds)
        while True:
            packet = self.next(max(end - time.monotonic(), 0))
            if packet is None or packet.raw not in self.seen:
                if packet:
                    self.seen.add(packet.raw)
                return packet

    def all(self, seconds=QUIET_S):
        """Every packet that comes within this time."""
        end = time.monotonic() + seconds
        packets = []
        while True:
            packet = self.next(max(end - time.monotonic(), 0))
            if packet is None:
                self.heard += packets
                return packets
            packets.append(packet)

    # --- requests ---

    def ask(self, name, mode="octet", op=RRQ, pairs=None, **options):
        """Sends a request; the first packet that answers it."""
        pairs = list(options.items()) if pairs is None else pairs
        return self.ask_raw(request(name, pairs, mode, op))

    def ask_raw(self, raw):
        self.past.add(self.tid)
        self.tid = None
        self.seen.clear()
        self.request = raw
        for _ in range(self.tries):
            self.send(raw)
            packet = self.fresh(self.case.patience / self.tries)
            if packet is not None:
                break
        else:
            raise Failed("no answer to the request")
        self.tid = packet.peer
        self.is_over = packet.op == ERROR
        return packet

    def expect(self, packet, op, number=None):
        what = str(packet) if packet else "nothing"
        if packet is None or packet.op != op or (
                number is not None and packet.number != number):
            raise Failed("%s came, not %s" % (what, str(Packet(
                struct.pack(">HH", op, number or 0), None, 0))))
        return packet

    def block(self, number, seconds=None):
        """DATA of that number; copies of what came before are passed over."""
        return self.expect(self.fresh(seconds), DATA, number & 0xffff)

    def refusal(self, packet, *codes):
        """It must be an ERROR of one of these codes, with a decent text."""
        self.expect(packet, ERROR)
        if codes and packet.number not in codes:
            raise Failed("%s, not code %s" % (packet, codes))
        text = packet.payload[:-1]
        if packet.payload[-1:] != b"\0" or not text or b"\0" in text:
            raise Failed("the text is not one string: %r" % packet.payload)
        if any(c < 32 or c > 126 for c in text):
            raise Failed("the text is not printable: %r" % text)
        return packet

    def ack(self, number):
        self.send(ack(number))

    def silent(self, seconds=QUIET_S, grace=0):
        """Nothing comes; `grace`: what may still have been under way."""
        self.all(grace)
        came = self.all(seconds)
        if came:
            raise Failed("an answer that must not be: %s" % came[0])

    # --- transfers ---

    def begin(self, name, mode="octet", pairs=None, **options):
        """Asks for a file until its first block can be had: the terms (Got)
        and the DATA that came in place of an OACK, or None."""
        first = self.ask(name, mode, RRQ, pairs, **options)
        while first is not None and first.op == DATA and first.number != 1:
            first = self.fresh()  # a late copy of the transfer before
            self.tid = first.peer if first else self.tid
        if first is not None and first.op == ERROR:
            raise Refused(first)
        asked = list(options.items()) if pairs is None else pairs
        if first is not None and first.op == OACK:
            return Got(self.terms(first, asked)), None
        self.expect(first, DATA, 1)
        return Got({}), first

    def terms(self, oack, asked):
        """The options of an OACK, looked at closely."""
        asked = {str(n).lower(): max(  # of doubled ones, any may be meant
            (w for m, w in asked if m == n), key=lambda w: len(str(w)))
                 for n, _ in asked}
        if not oack.raw.endswith(b"\0") or oack.raw.count(b"\0", 2) % 2:
            raise Failed("the OACK is no row of strings: %r" % oack.raw)
        names = [n for n, _ in oack.options]
        if not names:
            raise Failed("an OACK without options")
        if len(set(names)) < len(names):
            raise Failed("an option twice in the OACK: %s" % names)
        for name, value in oack.options:
            if name not in asked:
                raise Failed("the OACK has %s, which was not asked" % name)
            if not value.isdigit():
                raise Failed("%s is %r in the OACK" % (name, value))
            if name in ("blksize", "windowsize", "blksize2") and \
                    str(asked[name]).isdigit() and \
                    int(value) > int(asked[name]):
                raise Failed("more than asked: %s" % oack)
        return {n: int(v) for n, v in oack.options}

    def get(self, name, mode="octet", want=None, rollover=0, deadline=60,
            sink=None, repeat_s=None, acks=1, pairs=None, **options):
        """Fetches a file; `want` is what it must be.  The client is a decent
        one (RFC 1350, RFC 7440) that says each ACK `acks` times."""
        got, first = self.begin(name, mode, pairs, **options)
        blksize = got.options.get(
            "blksize", got.options.get("blksize2", BLKSIZE))
        window = got.options.get("windowsize", 1)
        pieces = []
        take = pieces.append if sink is None else sink
        repeat_s = repeat_s or max(0.5, self.case.server.first_timeout_s)
        end = time.monotonic() + deadline
        have, in_window, was_told = 0, 0, False  # numbers as on the wire
        if first is None:
            self.ack(0)
        came = first and (first.raw, first.peer)
        while True:
            if came is None:
                came = self.receive(repeat_s)
            if time.monotonic() > end:
                raise Failed("no end in %d s, at block %d" % (
                    deadline, got.n_blocks))
            if came is None:
                in_window, was_told = 0, False
                self.ack(have)
                continue
            raw, peer = came
            came = None
            if len(raw) < 4:
                raise Failed("a packet of %d octets" % len(raw))
            if peer in self.past and peer != self.tid:
                continue
            if peer != self.tid:
                raise Failed("a packet from %s, the TID is %s" % (
                    peer, self.tid))
            op = raw[1]
            if op == ERROR:
                self.is_over = True
                raise Refused(Packet(raw, peer, 0))
            if op != DATA:
                if op == OACK and got.n_blocks == 0:
                    self.ack(0)
                continue
            got.n_packets += 1
            number = raw[2] << 8 | raw[3]
            following = have + 1 if have < 0xffff else rollover
            if number != following:
                # told once of each gap, and of the end of each window
                if not was_told or number == have:
                    self.ack(have)
                was_told, in_window = True, 0
                continue
            was_told = False
            have = number
            got.n_blocks += 1
            size = len(raw) - 4
            got.n_octets += size
            take(raw[4:])
            if size > blksize:
                raise Failed("block %d has %d octets of %d" % (
                    got.n_blocks, size, blksize))
            in_window += 1
            if in_window >= window or size < blksize:
                in_window = 0
                for _ in range(acks):
                    self.ack(have)
            if size < blksize:
                break
        self.linger(have)
        return self.end_of(got, b"".join(pieces), mode, want, sink)

    def linger(self, last):
        """On a bad path the last ACK may be lost."""
        self.is_over = True
        if self.path is None:
            return
        until = time.monotonic() + 2 * self.case.server.first_timeout_s
        while time.monotonic() < until:
            packet = self.next(0.05)
            if packet and packet.op == DATA:
                self.ack(last)

    @staticmethod
    def end_of(got, content, mode, want, sink):
        got.content = content
        if sink is None and want is not None:
            if mode.lower() == "netascii":
                want = netascii(want)
            if content != want:
                at = next((i for i, (a, b) in enumerate(zip(content, want))
                           if a != b), min(len(content), len(want)))
                raise Failed("the contents differ from octet %d on (%d of %d "
                             "octets came)" % (at, len(content), len(want)))
            if got.options.get("tsize", len(want)) != len(want):
                raise Failed("tsize is %d, the file has %d octets" % (
                    got.options["tsize"], len(want)))
        return got

    def put(self, name, content, mode="octet", copies=1, lose_last=False,
            pairs=None, **options):
        """Sends a file; the terms.  Refused if an ERROR comes."""
        first = self.ask(name, mode, WRQ, pairs, **options)
        if first.op == ERROR:
            raise Refused(first)
        asked = list(options.items()) if pairs is None else pairs
        terms = {}
        if first.op == OACK:
            terms = self.terms(first, asked)
        else:
            self.expect(first, ACK, 0)
        blksize, window = terms.get("blksize", BLKSIZE), \
            terms.get("windowsize", 1)
        n = len(content) // blksize + 1
        done = 0
        end = time.monotonic() + 30
        while done < n:
            last = min(done + window, n)
            for i in range(done + 1, last + 1):
                for _ in range(copies):
                    self.send(data(i, content[(i - 1) * blksize:i * blksize]))
            while True:
                packet = self.next(max(0.5, self.case.server.first_timeout_s))
                if time.monotonic() > end:
                    raise Failed("no end in 30 s, at block %d" % done)
                if packet is None:
                    break
                if packet.op == ERROR:
                    self.is_over = True
                    raise Refused(packet)
                if packet.op == OACK:
                    continue
                self.expect(packet, ACK)
                acked = done + ((packet.number - done) & 0xffff)
                if done < acked <= last:
                    if acked == n and lose_last:
                        lose_last = False
                        break
                    done = acked
                    break
        self.is_over = True
        return terms


class Case:
    """One case at work; its methods raise Failed."""

    def __init__(self, server, number):
        self.server, self.number = server, number
        self.nth = 0  # how often it was begun before; the server remembers
        self.patience = 2 + 2 * server.first_timeout_s
        self.ports = []

    def check(self, is_so, what, *values):
        if not is_so:
            raise Failed(what % values if values else what)

    def equal(self, what, value, wanted):
        self.check(value == wanted, "%s is %s, not %s", what, value, wanted)

    def port(self, host=1, ip6=False, link="wide", second=False, path=None,
             number=0):
        """A port of this case's client `host`; it asks the server's second
        address if so told."""
        first, other, clients, net = CABLES[link, 6 if ip6 else 4]
        port = Port(self, clients % (net + self.number // 250,
                                     self.number % 250, host + 50 * self.nth),
                    6 if ip6 else 4, other if second else first, path, number)
        self.ports.append(port)
        return port

    def file(self, size):
        """A file of that many octets: name and contents."""
        return self.server.file(size)

    def get(self, size, **options):
        """Fetches a file of that many octets with a new port."""
        name, content = self.file(size)
        return self.port().get(name, want=content, **options)

    def terms(self, *pairs, size=2000, mode="octet", **options):
        """The options that are in force, {} if there was no OACK, None if all
        was refused with ERROR 8.  The first block keeps to them."""
        name, content = self.file(size)
        port = self.port()
        pairs = list(pairs) + list(options.items())
        try:
            got, first = port.begin(name, mode, pairs)
        except Refused as why:
            self.check(why.code == 8, "%s", why)
            return None
        if first is None:
            port.ack(0)
            first = port.block(1)
        blksize = got.options.get(
            "blksize", got.options.get("blksize2", BLKSIZE))
        self.equal("octets of block 1", len(first.payload),
                   min(blksize, len(content)))
        return got.options

    def serves(self):
        """Whoever comes next gets a file."""
        name, content = self.file(1000)
        port = self.port(host=250)
        port.tries = 3
        port.get(name, want=content, deadline=10)

    def agreed(self, packet, **options):
        """The OACK has these options; not every server knows them."""
        told = dict(packet.options) if packet.op == OACK else {}
        for name, value in options.items():
            if name not in told:
                raise Lacks("%s is not negotiated" % name)
            self.equal(name, told[name], str(value))

    def finish(self):
        for port in self.ports:
            port.close()
        if self.server.variant == "single":
            doors = {p for port in self.ports for p in port.peers
                     if p[1] != 69}
            self.check(not doors, "datagrams from ports other than 69: %s",
                       doors)


def rows():
    """The table of a group, and what puts a case into it: once, or once for
    each way in which a server may use its ports."""
    row, add = table()

    def case(name, rule, level="MUST", alone=False, slow=0, **more):
        return add(name, rule=rule, level=level, alone=alone, slow=slow,
                   **more)

    def both(name, *how, **more):
        def put(run):
            case(name, *how, **more)(run)
            case("single port: " + name, *how, variant="single", **more)(run)
            return run
        return put

    return row, case, both
