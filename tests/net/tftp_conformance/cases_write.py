# SPDX-License-Identifier: ISC
"""Writing: refused unless it is configured, and then into one directory."""
import os
import time

from caselib import wait_until
from harness import BLKSIZE, Path, Refused, rows
from servers import UPLOAD_LIMIT, UPLOAD_TOTAL
from wire import ACK, DATA, ERROR, OACK, WRQ, ack, data, error

CASES, case, both = rows()


def upload(name, *how, **more):
    return case("upload: " + name, *how, variant=more.pop("variant", "upload"),
                **more)


def is_there(t, name, content):
    """A moment after its last ACK, as it was sent."""
    end = time.monotonic() + 2
    while t.server.uploaded(name) != content and time.monotonic() < end:
        time.sleep(0.02)
    there = t.server.uploaded(name)
    t.check(there is not None, "no file")
    t.check(there == content, "%d octets of %d, or others", len(there),
            len(content))


def not_there(t, name):
    there = t.server.uploaded(name)
    t.check(there is None, "there is a file")
    parts = [n for n in os.listdir(t.server.uploads) if name in n]
    t.check(not parts, "%s is left", parts)


def refused(t, code, name, content=b"x" * 10, words="", **options):
    """The ERROR that an upload gets."""
    port = t.port()
    try:
        port.put(name, content, **options)
    except Refused as why:
        t.check(why.code in code, "%s", why)
        if not t.server.is_measured:
            t.check(words in why.text, "the text: %s", why)
        return why
    t.check(False, "it is accepted")


@case("write: refused by default", "RFC 1350 5, RFC 1123 4.2.3.4", "ours")
def _(t):
    for name in ("new", "size-512", "sub/new"):
        port = t.port()
        packet = port.refusal(port.ask(name, op=WRQ), 2)
        t.check(len(packet.text) > 10, "%s", packet)
        t.check(not os.path.exists(os.path.join(t.server.root, "new")),
                "the file is there")


@case("write: refused with options too", "RFC 2347", "ours")
def _(t):
    port = t.port()
    port.refusal(port.ask("new", op=WRQ, tsize=5, blksize=1024), 2)
    port.silent()


for size in (0, 1, 511, 512, 513, 5120):
    @upload("%d octets" % size, "RFC 1350 4, 6")
    def _(t, size=size):
        name, content = "up-%d" % size, t.server.content(size)
        t.equal("options", t.port().put(name, content), {})
        is_there(t, name, content)


@upload("blksize", "RFC 2348", "SHOULD")
def _(t):
    content = t.server.content(20000)
    for blksize in (8, 511, 1468):
        terms = t.port().put("up-blk-%d" % blksize, content, blksize=blksize)
        t.equal("terms", terms, {"blksize": blksize})
        is_there(t, "up-blk-%d" % blksize, content)


@upload("tsize is told back as it was sent", "RFC 2349", "SHOULD")
def _(t):
    content = t.server.content(3000)
    terms = t.port().put("up-tsize", content, tsize=3000)
    t.equal("terms", terms, {"tsize": 3000})
    is_there(t, "up-tsize", content)


@upload("windows: one ACK each", "RFC 7440 4", "SHOULD")
def _(t):
    content = t.server.content(50000)
    port = t.port()
    t.agreed(port.ask("up-window-0", op=WRQ, windowsize=8), windowsize=8)
    port.send(error(0))
    terms = t.port().put("up-window", content, windowsize=8, blksize=1000)
    t.equal("terms", terms, {"windowsize": 8, "blksize": 1000})
    is_there(t, "up-window", content)


@upload("a window of which a block was lost", "RFC 7440 4", "ours")
def _(t):
    content = t.server.content(512 * 6 + 5)
    port = t.port()
    t.agreed(port.ask("up-gap", op=WRQ, windowsize=4), windowsize=4)
    for number in (1, 3, 4):
        port.send(data(number, content[512 * (number - 1):512 * number]))
    packet = port.fresh()
    port.expect(packet, ACK, 1)
    port.all(0.05)
    for number in (2, 3, 4, 5):
        port.send(data(number, content[512 * (number - 1):512 * number]))
    port.expect(port.fresh(), ACK, 5)
    for number in (6, 7):
        port.send(data(number, content[512 * (number - 1):512 * number]))
    port.expect(port.fresh(), ACK, 7)
    port.is_over = True
    is_there(t, "up-gap", content)


for what, how in (("loss", dict(loss=0.05)), ("copies", dict(copies=0.2)),
                  ("disorder", dict(disorder=0.1))):
    @upload("windows over a path with %s" % what, "RFC 7440 4", "ours", slow=3)
    def _(t, what=what, how=how):
        content = t.server.content(60000)
        port = t.port(path=Path(len(what), **how))
        port.put("up-path-" + what, content, windowsize=4, blksize=1000)
        is_there(t, "up-path-" + what, content)


for window in (1, 64):
    @upload("block numbers roll over, windows of %d" % window, "RFC 1350 5",
            "ours", slow=8)
    def _(t, window=window):
        content = t.server.content(8 * 65700 + 3)
        options = dict(windowsize=64) if window > 1 else {}
        terms = t.port().put("up-long-%d" % window, content, blksize=8, **options)
        t.equal("blksize", terms.get("blksize"), 8)
        is_there(t, "up-long-%d" % window, content)


@upload("every DATA doubled", "RFC 1123 4.2.3.1")
def _(t):
    content = t.server.content(5000)
    t.port().put("up-doubled", content, copies=2)
    is_there(t, "up-doubled", content)


@upload("lost last ACK: it is said again", "RFC 1350 6")
def _(t):
    content = t.server.content(1000)
    t.port().put("up-last", content, lose_last=True)
    is_there(t, "up-last", content)


@upload("lost ACK 0: it is said again", "RFC 1350 4", slow=1)
def _(t):
    port = t.port()
    first = port.ask("up-first", op=WRQ)
    port.expect(first, ACK, 0)
    again = port.next()
    t.check(again is not None and again.raw == first.raw, "%s", again)


@upload("a request that comes twice makes one transfer", "RFC 1350 4", "ours")
def _(t):
    port = t.port()
    port.expect(port.ask("up-twice", op=WRQ), ACK, 0)
    port.send(port.request, port.door)
    came = port.all(0.1)
    t.check(all(p.raw == ack(0) and p.peer == port.tid for p in came), "%s",
            came and came[0])
    port.send(data(1, b"abc"))
    port.expect(port.fresh(), ACK, 1)
    port.is_over = True
    is_there(t, "up-twice", b"abc")


@upload("DATA of the future and of the past is passed over", "RFC 1350 2")
def _(t):
    port = t.port()
    port.expect(port.ask("up-order", op=WRQ), ACK, 0)
    port.send(data(2, b"x" * 512))
    port.send(data(0, b"x" * 512))
    port.send(data(1, b"a" * 512))
    packet = port.fresh()
    port.expect(packet, ACK, 1)
    port.send(data(1, b"b" * 512))
    port.send(data(3, b"b" * 512))
    port.send(data(2, b"c"))
    packet = port.fresh()
    port.expect(packet, ACK, 2)
    port.is_over = True
    is_there(t, "up-order", b"a" * 512 + b"c")


@upload("the file appears when it is complete", "ours", "ours")
def _(t):
    port = t.port()
    port.expect(port.ask("up-whole", op=WRQ), ACK, 0)
    port.send(data(1, b"a" * 512))
    port.expect(port.fresh(), ACK, 1)
    t.check(t.server.uploaded("up-whole") is None, "it is there before")
    port.send(data(2, b"b"))
    port.expect(port.fresh(), ACK, 2)
    port.is_over = True
    t.equal("contents", t.server.uploaded("up-whole"), b"a" * 512 + b"b")


@upload("an existing file: ERROR 6", "RFC 1350 5, RFC 1123 4.2.3.4", "ours")
def _(t):
    t.port().put("up-again", b"first")
    refused(t, (6,), "up-again", b"second")
    t.equal("contents", t.server.uploaded("up-again"), b"first")


@upload("a file that came into being meanwhile is kept", "ours", "ours")
def _(t):
    port = t.port()
    port.expect(port.ask("up-race", op=WRQ), ACK, 0)
    t.port(host=2).put("up-race", b"first")
    port.send(data(1, b"second"))
    port.refusal(port.fresh(), 6)
    port.is_over = True
    t.equal("contents", t.server.uploaded("up-race"), b"first")


@upload("an existing file is replaced where that is configured", "ours",
        "ours", variant="replace")
def _(t):
    t.port().put("up-replaced", b"first" * 500)
    is_there(t, "up-replaced", b"first" * 500)
    t.port().put("up-replaced", b"second")
    is_there(t, "up-replaced", b"second")


@upload("too large by its tsize: ERROR 3", "RFC 2349", "ours")
def _(t):
    refused(t, (3,), "up-large", tsize=UPLOAD_LIMIT + 1)
    refused(t, (3,), "up-large", tsize=1 << 63)
    not_there(t, "up-large")


@upload("as large as the limit", "ours", "ours", slow=1)
def _(t):
    content = t.server.content(UPLOAD_LIMIT)
    t.port().put("up-limit", content, tsize=UPLOAD_LIMIT, blksize=1468,
                 windowsize=16)
    is_there(t, "up-limit", content)


@upload("too large by its data: ERROR 3", "RFC 1350 5", "ours", slow=1)
def _(t):
    for options in ({}, dict(tsize=10)):
        refused(t, (3, 4, 0), "up-larger", b"x" * (UPLOAD_LIMIT + 1),
                blksize=1468, windowsize=16, **options)
        not_there(t, "up-larger")


@upload("more data than its tsize said", "RFC 2349", "ours")
def _(t):
    port = t.port()
    try:
        port.put("up-more", b"x" * 2000, tsize=1000)
    except Refused as why:
        t.check(why.code in (0, 3, 4), "%s", why)
        not_there(t, "up-more")
        return
    is_there(t, "up-more", b"x" * 2000)


@upload("netascii", "RFC 1350 1, RFC 764")
def _(t):
    for n, (wire, want) in enumerate((
            (b"one\r\ntwo\r\n", b"one\ntwo\n"), (b"a\r\0b\r\0", b"a\rb\r"),
            (b"x" * 511 + b"\r\ny", b"x" * 511 + b"\ny"),
            (b"x" * 511 + b"\r\0y", b"x" * 511 + b"\ry"))):
        t.port().put("up-text-%d" % n, wire, mode="netascii")
        is_there(t, "up-text-%d" % n, want)


@upload("netascii that ends in a CR", "RFC 764", "ours")
def _(t):
    t.port().put("up-cr", b"abc\r", mode="netascii")
    is_there(t, "up-cr", b"abc\r")


for name in ("../up-out", "sub/up-out", "/etc/up-out", "..", ".", "",
             "..\\up-out", "/../up-out", ".hidden-up"):
    @upload("the name %r" % name, "ours", "ours")
    def _(t, name=name):
        port = t.port()
        packet = port.ask(name, op=WRQ)
        if packet.op == ERROR:
            port.refusal(packet, 0, 1, 2, 4)
            return
        # only ever into the directory
        port.expect(packet, ACK, 0)
        port.send(data(1, b"x"))
        packet = port.fresh()
        port.is_over = True
        if t.server.is_measured and packet is not None and packet.op == ERROR:
            return
        port.expect(packet, ACK, 1)
        t.check(t.server.is_measured or not name.startswith("."),
                "it is accepted")
        t.check(not os.path.exists(t.server.path("up-out")), "it is outside")
        last = name.replace("\\", "/").rsplit("/", 1)[-1]
        t.check(any(n.endswith(last) for n in os.listdir(t.server.uploads)),
                "no file")


@upload("a link in the directory is not followed", "ours", "ours")
def _(t):
    os.symlink(t.server.path("target"), os.path.join(t.server.uploads,
                                                     "up-link"))
    try:
        t.port().put("up-link", b"x")
    except Refused:
        pass
    t.check(not os.path.exists(t.server.path("target")), "it is")


@upload("abandoned: nothing is left", "ours", "ours", slow=6)
def _(t):
    port = t.port()
    port.expect(port.ask("up-left", op=WRQ), ACK, 0)
    port.send(data(1, b"a" * BLKSIZE))
    port.expect(port.fresh(), ACK, 1)
    port.all(18 * t.server.first_timeout_s)
    port.is_over = True
    not_there(t, "up-left")
    t.port().put("up-left", b"x")
    is_there(t, "up-left", b"x")


@upload("ended by an ERROR of the client: nothing is left", "RFC 1350 7",
        "ours")
def _(t):
    port = t.port()
    port.expect(port.ask("up-ended", op=WRQ), ACK, 0)
    port.send(data(1, b"a" * BLKSIZE))
    port.expect(port.fresh(), ACK, 1)
    port.send(error(3, b"disk full"))
    port.is_over = True
    port.silent(2 * t.server.first_timeout_s)
    not_there(t, "up-ended")


@upload("DATA of a stranger gets ERROR 5 and is not written", "RFC 1350 4",
        "SHOULD")
def _(t):
    port = t.port()
    port.expect(port.ask("up-stranger", op=WRQ), ACK, 0)
    stranger = t.port(host=2)
    stranger.send(data(1, b"evil"), port.tid)
    came = stranger.all(0.2)
    port.send(data(1, b"good"))
    port.expect(port.fresh(), ACK, 1)
    port.is_over = True
    is_there(t, "up-stranger", b"good")
    t.check(came, "nothing came")
    stranger.refusal(came[0], 5)


@upload("a block larger than agreed ends it", "RFC 2348", "ours")
def _(t):
    port = t.port()
    port.expect(port.ask("up-wide", op=WRQ), ACK, 0)
    port.send(data(1, b"x" * 600))
    packet = port.next()
    t.check(packet is not None and (packet.op == ERROR or packet.raw != ack(1)),
            "it is taken")
    not_there(t, "up-wide")


@upload("unanswered: few ACKs", "RFC 1123 4.2.3.2", "ours", slow=5)
def _(t):
    port = t.port()
    port.expect(port.ask("up-mute", op=WRQ), ACK, 0)
    came = port.all(20 * t.server.first_timeout_s)
    port.is_over = True
    t.check(1 <= len(came) <= 4, "%d more", len(came))


@upload("IPv6", "RFC 1350", "ours")
def _(t):
    content = t.server.content(3000)
    t.port(ip6=True).put("up-ip6", content, blksize=1000, tsize=3000)
    is_there(t, "up-ip6", content)


@upload("more at a time than may be: refused, then again", "ours", "ours",
        variant="replace", alone=True)
def _(t):
    begun = []
    for n in range(30):
        port = t.port(host=1 + n)
        packet = port.ask("up-many-%d" % n, op=WRQ)
        if packet.op == ERROR:
            port.refusal(packet, 0, 3)
            break
        begun.append(port)
    t.check(len(begun) == 10, "%d at a time", len(begun))
    for port in begun:
        port.send(error(0))
        port.is_over = True
    time.sleep(0.1)
    t.port().put("up-many", b"x")
    is_there(t, "up-many", b"x")


@upload("requests that nobody follows up do not keep others out", "ours",
        "ours", variant="replace", alone=True)
def _(t):
    for n in range(30):
        port = t.port(host=1 + n)
        port.ask("up-mute-%d" % n, op=WRQ, timeout=255)
        port.is_over = True

    def is_taken():
        try:
            t.port(host=100).put("up-after", b"x")
            return True
        except Refused:
            return False

    t.check(wait_until(is_taken, 15), "they do")
    is_there(t, "up-after", b"x")


@upload("more than all may have together: ERROR 3", "RFC 1350 5", "ours",
        variant="replace", alone=True)
def _(t):
    content = t.server.content(UPLOAD_LIMIT)
    n = 0
    try:
        while n <= UPLOAD_TOTAL // UPLOAD_LIMIT:
            t.port().put("up-total-%d" % n, content, blksize=1468,
                         windowsize=16)
            n += 1
        t.check(False, "%d MiB are accepted", n)
    except Refused as why:
        t.check(why.code == 3, "%s", why)
    t.check(n >= UPLOAD_TOTAL // UPLOAD_LIMIT - 1, "after %d", n)
    not_there(t, "up-total-%d" % n)
    os.unlink(os.path.join(t.server.uploads, "up-total-0"))

    def has_room():
        try:
            t.port().put("up-total-1", b"smaller")
            return True
        except Refused:
            return False

    t.check(wait_until(has_room, 15), "the room of a removed file is lost")
    is_there(t, "up-total-1", b"smaller")
    for name in os.listdir(t.server.uploads):
        os.unlink(os.path.join(t.server.uploads, name))


@upload("files are still read", "ours", "ours")
def _(t):
    if not t.server.is_measured:
        t.check(t.get(3000).n_blocks == 6, "blocks")
    port = t.port()
    packet = port.ask("no such", blksize=1000)
    t.check(packet.op not in (DATA, OACK), "%s", packet)
