# SPDX-License-Identifier: ISC
"""Lock step and windows: what is lost, doubled, late or out of order, and how
often and when something is sent again."""
import time

from harness import BLKSIZE, Path, rows
from wire import DATA, ERROR, OACK, ack, error

CASES, case, both = rows()

SIZE = BLKSIZE * 20 + 100

PATHS = {
    "5 % loss": dict(loss=0.05),
    "10 % copies": dict(copies=0.1),
    "10 % disorder": dict(disorder=0.1),
    "2 ms delay": dict(delay=0.002),
    "loss, copies, disorder and delay": dict(loss=0.02, copies=0.03,
                                             disorder=0.03, delay=0.001),
}


def begun(t, size=SIZE, **options):
    """A transfer whose first packet came."""
    port = t.port()
    first = port.ask(t.file(size)[0], **options)
    port.expect(first, OACK if options else DATA)
    return port, first


def to_the_end(t, port, number, size=SIZE):
    """The rest in lock step, block `number` came."""
    while number < size // BLKSIZE + 1:
        port.ack(number)
        number += 1
        port.block(number)
    port.ack(number)
    port.is_over = True


# --- ACKs that come twice, late, too early --------------------------------------

@both("lock step: twenty copies of an ACK: one block, not twenty",
      "RFC 1123 4.2.3.1")
def _(t):
    port, _ = begun(t)
    for _ in range(20):
        port.ack(1)
    copies = [p for p in port.all(0.15) if p.op == DATA and p.number == 2]
    t.check(1 <= len(copies) <= 5, "block 2 came %d times", len(copies))
    to_the_end(t, port, 2)


@both("lock step: every ACK doubled: no more packets than blocks",
      "RFC 1123 4.2.3.1")
def _(t):
    got = t.get(BLKSIZE * 300 + 1, acks=2)
    t.check(got.n_packets < got.n_blocks * 1.2, "%d packets for %d blocks",
            got.n_packets, got.n_blocks)


@both("lock step: an old ACK is passed over", "RFC 1123 4.2.3.1")
def _(t):
    port, _ = begun(t)
    for number in (1, 2, 3):
        port.ack(number)
        port.block(number + 1)
    for _ in range(10):
        port.ack(1)
    again = [p for p in port.all(0.15) if p.op == DATA and p.number < 4]
    t.check(not again, "block %s again", again and again[0].number)
    to_the_end(t, port, 4)


for what, number in (("of the next block", 3), ("of a far block", 40000),
                     ("of block 65535", 65535)):
    @both("lock step: an ACK %s acknowledges nothing" % what, "RFC 1350 2")
    def _(t, number=number):
        port, _ = begun(t)
        port.ack(1)
        port.block(2)
        port.ack(number)
        wrong = [p for p in port.all(0.15) if p.op == DATA and p.number != 2]
        t.check(not wrong, "block %s", wrong and wrong[0].number)
        to_the_end(t, port, 2)


@both("lock step: an ACK 0 without options acknowledges nothing", "RFC 1350 2",
      "ours")
def _(t):
    port, _ = begun(t)
    port.ack(0)
    wrong = [p for p in port.all(0.15) if p.op == DATA and p.number != 1]
    t.check(not wrong, "block %s", wrong and wrong[0].number)
    to_the_end(t, port, 1)


@both("lock step: ACK 0 twice after an OACK: block 1 once", "RFC 1123 4.2.3.1")
def _(t):
    port, _ = begun(t, tsize=0)
    for _ in range(10):
        port.ack(0)
    copies = [p for p in port.all(0.15) if p.op == DATA]
    t.check(1 <= len(copies) <= 5 and {p.number for p in copies} == {1},
            "%d blocks", len(copies))
    port.seen.update(p.raw for p in copies)
    to_the_end(t, port, 1)


@both("lock step: an ACK with octets behind it counts", "ours", "ours")
def _(t):
    port, _ = begun(t)
    port.send(ack(1) + b"\0" * 20)
    port.block(2)


@case("lock step: nonsense inside a transfer does not end it", "ours", "ours")
def _(t):
    port, _ = begun(t)
    for raw in (b"", b"\0", b"\0\4", b"\0\4\0", b"\0\0\0\1", b"\0\7\0\1",
                b"\xff" * 600, b"\0\1x\0octet\0", b"\0\3\0\1abc"):
        port.send(raw)
    came = [p for p in port.all(0.15) if p.op == DATA and p.number != 1]
    t.check(not came, "%s", came and came[0])
    to_the_end(t, port, 1)


# --- what is lost ---------------------------------------------------------------

@both("lost OACK: it is sent again", "RFC 2347")
def _(t):
    port, first = begun(t, tsize=0)
    again = port.next()
    t.check(again is not None and again.raw == first.raw, "%s", again)
    port.ack(0)
    port.block(1)
    to_the_end(t, port, 1)


@both("lost ACK 0: the OACK is sent again", "RFC 2347")
def _(t):
    port, first = begun(t, tsize=0)
    again = port.next()
    t.check(again is not None and again.raw == first.raw, "%s", again)


@both("lost first ACK: block 1 is sent again", "RFC 1350 2")
def _(t):
    port, first = begun(t)
    again = port.next()
    t.check(again is not None and again.raw == first.raw, "%s", again)
    to_the_end(t, port, 1)


@both("lost ACK: the block is sent again", "RFC 1350 2")
def _(t):
    port, _ = begun(t)
    port.ack(1)
    block = port.block(2)
    again = port.next()
    t.check(again is not None and again.raw == block.raw, "%s", again)
    to_the_end(t, port, 2)


@both("lost last ACK: the last block is sent again", "RFC 1350 6")
def _(t):
    port, first = begun(t, 100)
    again = port.next()
    t.check(again is not None and again.raw == first.raw, "%s", again)
    port.ack(1)
    port.is_over = True


@case("after the last ACK nothing is sent", "RFC 1350 6", slow=1)
def _(t):
    port, _ = begun(t, 100)
    port.ack(1)
    port.is_over = True
    port.silent(4 * t.server.first_timeout_s, 0.1)


@case("a second last ACK is not answered by DATA", "RFC 1350 6")
def _(t):
    port, _ = begun(t, 100)
    port.ack(1)
    port.is_over = True
    time.sleep(0.05)
    port.ack(1)
    came = [p for p in port.all() if p.op != ERROR]
    t.check(not came, "%s", came and came[0])


@case("an ERROR of the client ends it", "RFC 1350 7", slow=1)
def _(t):
    for code in (0, 3, 4, 8):
        port, _ = begun(t)
        port.ack(1)
        port.block(2)
        port.send(error(code, b"enough"))
        port.is_over = True
        port.silent(2.5 * t.server.first_timeout_s, 0.1)


@case("a client whose port is closed is given up at once", "ours", "ours",
      slow=1)
def _(t):
    port, _ = begun(t)
    number = port.sock.getsockname()[1]
    port.sock.close()
    time.sleep(2.5 * t.server.first_timeout_s)
    again = t.port(number=number)
    again.silent(6 * t.server.first_timeout_s)


# --- windows ----------------------------------------------------------------------

def window(t, size, **options):
    """A transfer with windows of 4: ACK 0 is said."""
    port = t.port()
    first = port.ask(t.file(size)[0], windowsize=4, **options)
    t.agreed(first, windowsize=4)
    port.ack(0)
    return port


@both("window: an ACK from its middle: on from the gap", "RFC 7440 4")
def _(t):
    port = window(t, SIZE)
    for number in (1, 2, 3, 4):
        port.block(number)
    port.ack(2)
    numbers = [p.number for p in port.all(0.1)]
    t.equal("blocks", numbers[:4], [3, 4, 5, 6])


@both("window: its first block lost: all of it again", "RFC 7440 4")
def _(t):
    port = window(t, SIZE)
    for number in (1, 2, 3, 4):
        port.block(number)
    port.ack(4)
    for number in (5, 6, 7, 8):
        port.block(number)
    # block 5 is said to be lost: the ACK of 4 once more, and silence
    port.ack(4)
    numbers = [p.number for p in port.all(t.patience / 2)]
    t.equal("blocks", numbers[:4], [5, 6, 7, 8])


@both("window: copies of an ACK do not multiply it", "RFC 1123 4.2.3.1")
def _(t):
    port = window(t, BLKSIZE * 100)
    for number in (1, 2, 3, 4):
        port.block(number)
    for _ in range(20):
        port.ack(4)
    came = port.all(0.15)
    t.check(4 <= len(came) <= 24, "%d blocks for twenty copies", len(came))
    t.check(all(5 <= p.number <= 8 for p in came), "other blocks")


@both("window: no ACK: the timer sends, in the end all of it", "RFC 7440 4",
      slow=1)
def _(t):
    port = window(t, SIZE)
    blocks = {port.block(number).raw for number in (1, 2, 3, 4)}
    again, end = set(), time.monotonic() + 8 * t.server.first_timeout_s
    while again != blocks and time.monotonic() < end:
        packet = port.next()
        t.check(packet is not None and packet.raw in blocks, "%s", packet)
        again.add(packet.raw)
    t.equal("blocks that came again", len(again), 4)


@both("window: its last block lost: that comes again", "RFC 7440 4")
def _(t):
    port = window(t, SIZE)
    for number in (1, 2, 3):
        port.block(number)
    again = port.block(4)  # say that it was lost
    while again is not None and again.number != 4:
        again = port.next()
    t.check(again is not None, "silence")
    port.ack(4)
    numbers = []
    while len(numbers) < 4:
        packet = port.next()
        t.check(packet is not None, "silence behind the ACK")
        if packet.number > 4:
            numbers.append(packet.number)
    t.equal("blocks", numbers, [5, 6, 7, 8])


@both("window: an ACK of a block behind it is passed over", "RFC 7440 4",
      "ours")
def _(t):
    port = window(t, SIZE)
    for number in (1, 2, 3, 4):
        port.block(number)
    port.ack(5)
    came = [p for p in port.all(0.15) if p.number > 4]
    t.check(not came, "%s", came and came[0])


@both("window: the last is shorter and ends it", "RFC 7440 4")
def _(t):
    port = window(t, BLKSIZE * 5 + 7)
    for number in (1, 2, 3, 4):
        port.block(number)
    port.ack(4)
    port.block(5)
    t.equal("octets", len(port.block(6).payload), 7)
    port.ack(6)
    port.is_over = True
    port.silent(grace=0.1)


@both("window: across block 65535", "RFC 7440 4", "ours", slow=6)
def _(t):
    name, content = t.file(8 * 65700 + 3)
    path = Path(11, loss=0.0005)
    t.port(path=path).get(name, want=content, blksize=8, windowsize=64)


# --- paths ------------------------------------------------------------------------

for what, how in PATHS.items():
    for size in (1, 16):
        @both("path: %s, windows of %d" % (what, size),
              "RFC 1350 2, RFC 7440 4", slow=4)
        def _(t, what=what, how=how, size=size):
            name, content = t.file(100000 if size > 1 else 60000)
            path = Path(len(what) + size, **how)
            options = {"blksize": 1000}
            if size > 1:
                options["windowsize"] = size
            got = t.port(path=path).get(name, want=content, **options)
            t.check(got.n_packets < got.n_blocks * 6, "%d packets for %d "
                    "blocks", got.n_packets, got.n_blocks)


@case("path: a client that pauses a second before each ACK", "ours", "ours",
      slow=5)
def _(t):
    port, first = begun(t, BLKSIZE * 3 + 1)
    for number in (1, 2, 3):
        time.sleep(1)
        port.ack(number)
        port.block(number + 1)
    time.sleep(1)
    port.ack(4)
    port.is_over = True


# --- when and how often -----------------------------------------------------------

def unanswered(t, *args, **options):
    """All that an unanswered request costs."""
    port = t.port()
    first = port.ask(*args, **options)
    copies = [first]
    while True:
        packet = port.next(min(12 * t.server.first_timeout_s, 8))
        if packet is None:
            return port, copies
        copies.append(packet)
        if packet.at - first.at > 40:
            return port, copies


for what, options in (("DATA", {}), ("OACK", dict(tsize=0)),
                      ("OACK of a large window", dict(
                          windowsize=64, blksize=1468))):
    @case("unanswered: %s: few copies" % what, "RFC 1123 4.2.3.2", "ours",
          slow=6)
    def _(t, options=options):
        port, copies = unanswered(t, t.file(200000)[0], **options)
        t.check(2 <= len(copies) <= 4, "%d packets", len(copies))
        t.check(all(p.raw == copies[0].raw for p in copies), "not the same")
        octets = sum(len(p.raw) for p in copies)
        limit = 160 if options else 4 * 516
        t.check(octets <= limit, "%d octets for a request of %d", octets,
                len(port.request))


@case("unanswered: the pauses grow", "RFC 1123 4.2.3.2", slow=6)
def _(t):
    port, copies = unanswered(t, t.file(2000)[0])
    pauses = [b.at - a.at for a, b in zip(copies, copies[1:])]
    t.check(len(pauses) >= 2, "it is not sent again: %s", pauses)
    t.check(all(b > 0.8 * a for a, b in zip(pauses, pauses[1:])) and
            pauses[-1] > 1.5 * pauses[0], "pauses of %s s",
            ", ".join("%.2f" % p for p in pauses))


@case("unanswered: then it is over: an ACK gets ERROR 5, or the port is closed",
      "RFC 1350 4", "SHOULD", slow=6)
def _(t):
    port, _ = unanswered(t, t.file(2000)[0])
    port.is_over = True
    port.sock.connect(port.tid)
    port.sock.send(ack(1))
    try:
        came = port.all()
    except ConnectionRefusedError:
        return
    t.check(came and came[0].op == ERROR and came[0].number == 5, "%s",
            came and came[0] or "nothing")


@case("unanswered in the middle: few copies of the window, then an end",
      "ours", "ours", slow=6)
def _(t):
    port = window(t, SIZE)
    for number in (1, 2, 3, 4):
        port.block(number)
    port.ack(4)
    came = port.all(12 * t.server.first_timeout_s + 4)
    port.is_over = True
    t.check(4 <= len(came) <= 4 * 12, "%d packets", len(came))
    t.check(came[-1].at - came[0].at < 25 * t.server.first_timeout_s,
            "still sent after %.1f s", came[-1].at - came[0].at)


@case("a lost block comes again as soon as the path allows",
      "RFC 1123 4.2.3.2", "ours")
def _(t):
    port, _ = begun(t, BLKSIZE * 60)
    for number in range(1, 50):
        port.ack(number)
        block = port.block(number + 1)
    again = port.next()
    t.check(again is not None and again.raw == block.raw, "%s", again)
    t.check(again.at - block.at < 0.9 * t.server.first_timeout_s,
            "after %.3f s", again.at - block.at)


@case("no block is sent again while ACKs come in time", "RFC 1350 2",
      "SHOULD")
def _(t):
    got = t.get(1000000, blksize=1000)
    t.check(got.n_packets < got.n_blocks * 1.02, "%d packets for %d blocks",
            got.n_packets, got.n_blocks)
