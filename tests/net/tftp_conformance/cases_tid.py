# SPDX-License-Identifier: ISC
"""Transfer identifiers: strangers, repeated requests, addresses."""
import time

from cases_lock import SIZE, begun, to_the_end
from harness import BLKSIZE, rows
from wire import DATA, ERROR, OACK, ack, data, error

CASES, case, both = rows()


@case("TID: not port 69, and of each transfer its own", "RFC 1350 4")
def _(t):
    ports = [begun(t)[0] for _ in range(4)]
    tids = {p.tid[1] for p in ports}
    t.check(69 not in tids, "port 69")
    t.check(len(tids) > 1 or not t.server.is_measured, "all the same")


@case("TID: the same from the first packet to the last", "RFC 1350 4")
def _(t):
    name, content = t.file(SIZE)
    port = t.port()
    port.get(name, want=content)
    t.equal("peers", len(port.peers), 1)


for who, host in (("another port", 1), ("another host", 2)):
    for what, raw in (("an ACK", ack(1)), ("DATA", data(1, b"x")),
                      ("an OACK", b"\0\6tsize\x000\0")):
        @case("TID: %s from %s gets ERROR 5, the transfer goes on" % (
            what, who), "RFC 1350 4", "SHOULD", slow=1)
        def _(t, host=host, raw=raw):
            port, _ = begun(t)
            stranger = t.port(host=host)
            stranger.send(raw, port.tid)
            came = stranger.all(0.2)
            t.check(len(came) <= 1, "%d answers", len(came))
            wrong = [p for p in port.all(0.1) if p.number != 1]
            t.check(not wrong, "the stranger moved it: %s",
                    wrong and wrong[0])
            to_the_end(t, port, 1)
            t.check(came, "nothing came")
            stranger.refusal(came[0], 5)

    @case("TID: an ERROR from %s is not answered, the transfer goes on" % who,
          "RFC 1350 2, 4", "SHOULD")
    def _(t, host=host):
        port, _ = begun(t)
        stranger = t.port(host=host)
        for code in (0, 5, 8):
            stranger.send(error(code), port.tid)
        stranger.silent(0.2)
        to_the_end(t, port, 1)


@case("TID: nonsense from a stranger does not harm", "RFC 1350 4", "ours")
def _(t):
    port, _ = begun(t)
    stranger = t.port(host=2)
    for raw in (b"", b"\0", b"\0\4", b"\0\1x\0octet\0", b"\xff" * 1400):
        stranger.send(raw, port.tid)
    to_the_end(t, port, 1)
    bad = [p for p in stranger.all(0.1) if p.op != ERROR]
    t.check(not bad, "%s", bad and bad[0])


@both("TID: a request that comes twice makes one transfer", "RFC 1350 4",
      "ours")
def _(t):
    port = t.port()
    first = port.ask(t.file(SIZE)[0])
    port.send(port.request, port.door)
    port.send(port.request, port.door)
    came = port.all(0.1)
    tids = {p.peer for p in came} | {first.peer}
    t.equal("transfers", len(tids), 1)
    t.check(all(p.raw == first.raw for p in came), "other packets")
    to_the_end(t, port, 1)


@both("TID: a request with options that comes twice makes one transfer",
      "RFC 1350 4", "ours")
def _(t):
    name, content = t.file(SIZE)
    port = t.port()
    first = port.ask(name, blksize=1000, tsize=0)
    port.send(port.request, port.door)
    came = port.all(0.1)
    tids = {p.peer for p in came} | {first.peer}
    t.equal("transfers", len(tids), 1)
    port.ack(0)
    t.equal("block 1", port.block(1).payload, content[:1000])


@both("TID: the same port asks for another file", "RFC 1350 4")
def _(t):
    port, _ = begun(t)
    port.ack(1)
    port.block(2)
    name, content = t.file(3333)
    port.send(error(0))
    port.get(name, want=content, blksize=600)


@both("TID: the same port asks for another file without an ERROR before",
      "RFC 1350 4", "ours")
def _(t):
    port, _ = begun(t)
    port.ack(1)
    port.block(2)
    name, content = t.file(3333)
    first = port.ask(name, tsize=0)
    while first is not None and first.op == DATA:
        first = port.fresh()  # what was under way
    port.expect(first, OACK)
    port.tid = first.peer
    t.equal("options", first.options, [("tsize", "3333")])
    port.ack(0)
    while True:
        packet = port.fresh()
        if packet is None or packet.peer == port.tid and \
                packet.payload == content[:512]:
            break
    port.expect(packet, DATA, 1)


@both("TID: the same port asks for the same file again and again",
      "RFC 1350 4")
def _(t):
    name, content = t.file(1500)
    port = t.port()
    for _ in range(10):
        port.get(name, want=content)


@both("TID: the same port begins the same file anew in the middle",
      "RFC 1350 4", "ours")
def _(t):
    name, content = t.file(SIZE)
    port, _ = begun(t)
    for number in (1, 2, 3):
        port.ack(number)
        port.block(number + 1)
    time.sleep(0.05)
    port.all(0)
    first = port.ask(name)
    while first is not None and first.number != 1:
        first = port.fresh()
    port.expect(first, DATA, 1)
    port.tid = first.peer
    t.equal("block 1", first.payload, content[:BLKSIZE])
    port.ack(1)
    while True:
        packet = port.fresh()
        if packet is None or packet.number == 2:
            break
    t.check(packet is not None, "no block 2")
    t.equal("block 2", packet.payload, content[512:1024])


@both("TID: two transfers of one client do not disturb each other",
      "RFC 1350 4")
def _(t):
    a, b = t.port(), t.port()
    files = [t.file(4000), t.file(4001)]
    for port, (name, content) in zip((a, b), files):
        t.equal("block 1", port.ask(name).payload, content[:512])
    for number in range(2, 9):
        for port, (_, content) in zip((b, a), reversed(files)):
            port.ack(number - 1)
            t.equal("block %d" % number, port.block(number).payload,
                    content[512 * (number - 1):512 * number])
    for port in (a, b):
        port.ack(8)
        port.is_over = True


@case("TID: an ACK to the TID of another client's transfer gets ERROR 5",
      "RFC 1350 4", "SHOULD")
def _(t):
    a, _ = begun(t)
    b = t.port(host=2)
    b.expect(b.ask(t.file(SIZE)[0]), DATA, 1)
    t.check(a.tid != b.tid, "both have one TID")
    a.send(ack(1), b.tid)
    for port in (a, b):
        wrong = [p for p in port.all(0.1) if p.op == DATA and p.number != 1]
        t.check(not wrong, "it moved %s", wrong and wrong[0])
    to_the_end(t, b, 1)
    t.check(any(p.op == ERROR and p.number == 5 for p in a.heard),
            "no ERROR 5")
    to_the_end(t, a, 1)


@both("TID: 60 transfers, then 60 others from the same ports", "RFC 1350 4",
      "ours", slow=2)
def _(t):
    ports = [t.port(host=1 + n % 3) for n in range(60)]
    for size in (3000, 4100):
        name, content = t.file(size)
        got = {port: [port.ask(name).payload] for port in ports}
        if size == 3000:  # half of them stop in the middle
            ports_now = ports[::2]
        else:
            ports_now = ports
        for number in range(1, size // BLKSIZE + 1):
            for port in ports_now:
                port.ack(number)
            for port in ports_now:
                got[port].append(port.block(number + 1).payload)
        for port in ports_now:
            port.ack(size // BLKSIZE + 1)
            port.is_over = True
            t.check(b"".join(got[port]) == content, "contents")
        for port in ports:
            port.send(error(0))
            port.all(0.01)


@both("TID: the same request again, at the server's other address",
      "RFC 1122 4.1.3.5", "ours")
def _(t):
    port, first = begun(t)
    other = (t.port(second=True).door[0], 69)
    port.send(port.request, other)
    came = [p for p in port.all(0.15) if p.peer[0] == other[0]]
    t.check(came, "no answer from there")
    t.equal("block 1", came[0].payload, first.payload)
    port.tid = came[0].peer
    to_the_end(t, port, 1)


for ip6 in (False, True):
    @both("the answer comes from the address that was asked, IPv%d" % (
        6 if ip6 else 4), "RFC 1122 4.1.3.5", "SHOULD")
    def _(t, ip6=ip6):
        name, content = t.file(2000)
        for second in (False, True):
            port = t.port(ip6=ip6, second=second)
            port.get(name, want=content)
            t.equal("peers", {p[0] for p in port.peers}, {port.door[0]})
            port.refusal(port.ask("nothing"), 1)
            t.equal("peers", {p[0] for p in port.peers}, {port.door[0]})


@case("TID: a stranger's answer comes from the address that was asked",
      "RFC 1122 4.1.3.5", "SHOULD")
def _(t):
    name, _ = t.file(SIZE)
    port = t.port(second=True)
    port.expect(port.ask(name), DATA)
    stranger = t.port(host=2)
    stranger.send(ack(1), port.tid)
    came = stranger.next()
    t.check(came is not None, "nothing came")
    t.equal("its peer", came.peer, port.tid)


@case("single port: an ACK of a stranger to port 69 is not answered",
      "CVE-2024-2169", "ours", variant="single")
def _(t):
    port, _ = begun(t)
    stranger = t.port(host=2)
    for raw in (ack(1), data(1, b"x"), error(0), b"\0\6tsize\x000\0"):
        stranger.send(raw)
    stranger.silent()
    to_the_end(t, port, 1)
