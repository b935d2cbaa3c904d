# SPDX-License-Identifier: ISC
"""Reading: sizes, block numbers that roll over, netascii, names of modes."""
import random

from harness import Path, rows
from wire import ERROR, error, netascii

CASES, case, both = rows()

TEXTS = {
    "LF becomes CR LF": b"one\ntwo\n\n",
    "a bare CR becomes CR NUL": b"one\rtwo\r\r",
    "CR LF becomes CR NUL CR LF": b"one\r\ntwo\r\n",
    "CR and LF at the very end": b"x" * 40 + b"\r",
    "an empty file": b"",
    "every octet": bytes(range(256)) * 3,
    # LF: its CR is the last octet of block 1, its LF the first of block 2
    "LF across the border of two blocks": b"x" * 511 + b"\n" + b"y" * 300,
    "CR across the border of two blocks": b"x" * 511 + b"\r" + b"y" * 300,
    "an exact multiple after conversion": b"x" * 510 + b"\n",
    "one octet less than a block after conversion": b"x" * 509 + b"\n",
    "only LF": b"\n" * 1500,
    "only CR": b"\r" * 1500,
}


for size in (0, 1, 511, 512, 513, 1024, 5120):
    @both("reading: %d octets" % size, "RFC 1350 2, 6")
    def _(t, size=size):
        got = t.get(size)
        t.equal("options", got.options, {})
        t.equal("blocks", got.n_blocks, size // 512 + 1)
        t.check(got.n_packets <= 2 * got.n_blocks + 2, "%d packets for %d "
                "blocks", got.n_packets, got.n_blocks)

for blksize in (8, 9, 511, 512, 1024, 1428, 1456, 1468):
    @both("reading: multiples of blksize %d" % blksize, "RFC 2348, RFC 1350 6")
    def _(t, blksize=blksize):
        for size in (blksize - 1, blksize, 4 * blksize, 4 * blksize + 1):
            got = t.get(size, blksize=blksize)
            t.equal("blksize", got.options.get("blksize"), blksize)
            t.equal("blocks", got.n_blocks, size // blksize + 1)


@case("reading: 65,540 blocks one by one: block 0 follows 65535",
      "RFC 1350 5, RFC 2348", "ours", slow=9)
def _(t):
    got = t.get(8 * 65539 + 3, blksize=8)
    t.equal("blocks", got.n_blocks, 65540)


@both("reading: 140,000 blocks: the number rolls over twice",
      "RFC 1350 5, RFC 7440", "ours", slow=8)
def _(t):
    got = t.get(8 * 139999 + 3, blksize=8, windowsize=64)
    t.equal("blocks", got.n_blocks, 140000)


@case("reading: the last block is number 65535 and full to but one octet",
      "RFC 1350 5", "ours", slow=5)
def _(t):
    got = t.get(8 * 65534 + 7, blksize=8, windowsize=64)
    t.equal("blocks", got.n_blocks, 65535)


@case("reading: an empty block 0 follows a full block 65535", "RFC 1350 5, 6",
      "ours", slow=5)
def _(t):
    got = t.get(8 * 65535, blksize=8, windowsize=64)
    t.equal("blocks", got.n_blocks, 65536)


@case("rollover = 1: block 1 follows block 65535", "ours", "ours",
      variant="rollover", slow=5)
def _(t):
    name, content = t.file(8 * 66000)
    got = t.port().get(name, want=content, rollover=1, blksize=8,
                       windowsize=64)
    t.equal("options", got.options, {"blksize": 8, "windowsize": 64})


@case("rollover = 1: a client that asks for 0 gets it", "tftp-hpa", "ours",
      variant="rollover", slow=5)
def _(t):
    name, content = t.file(8 * 66000)
    t.port().get(name, want=content, rollover=0, pairs=[
        ("rollover", 0), ("blksize", 8), ("windowsize", 64)])


for start in (0, 1):
    @case("the option rollover = %d" % start, "tftp-hpa", "ours", slow=5)
    def _(t, start=start):
        name, content = t.file(8 * 66000)
        port = t.port()
        t.agreed(port.ask(name, rollover=start), rollover=start)
        port.send(error(0))
        got = port.get(name, want=content, rollover=start, pairs=[
            ("rollover", start), ("blksize", 8), ("windowsize", 64)])
        t.equal("rollover", got.options.get("rollover"), start)


@case("the option rollover with other values is left out", "tftp-hpa", "ours")
def _(t):
    for value in ("2", "-1", "65536", "x", ""):
        terms = t.terms(("rollover", value), ("blksize", 512))
        t.check(terms is None or "rollover" not in terms, "%r: %s", value,
                terms)


@both("reading: tsize is the size of the file", "RFC 2349")
def _(t):
    for size in (0, 1, 512, 1000, 100000):
        got = t.get(size, tsize=0)
        t.equal("tsize", got.options.get("tsize"), size)


@both("reading: tsize asked with another value than 0", "RFC 2349", "ours")
def _(t):
    t.equal("tsize", t.get(1000, tsize=77).options.get("tsize"), 1000)


@both("reading: 16 files at once, each its own", "RFC 1350 4")
def _(t):
    ports = [(t.port(host=1 + i % 4), *t.file(3000 + i)) for i in range(16)]
    content = {}
    for port, name, _ in ports:
        content[port] = port.ask(name).payload
        t.equal("octets", len(content[port]), 512)
    for number in range(2, 7):
        for port, _, _ in ports:
            port.ack(number - 1)
        for port, _, _ in ports:
            content[port] += port.block(number).payload
    for port, name, want in ports:
        port.ack(6)
        port.is_over = True
        t.check(content[port] == want, "the contents of %s", name)


@both("reading: IPv6", "RFC 1350", "ours")
def _(t):
    name, content = t.file(5000)
    got = t.port(ip6=True).get(name, want=content, blksize=1024, tsize=0)
    t.equal("options", got.options, {"blksize": 1024, "tsize": 5000})


# --- netascii -----------------------------------------------------------------

for n, (what, text) in enumerate(TEXTS.items()):
    @both("netascii: %s" % what, "RFC 1350 1, RFC 764")
    def _(t, n=n, text=text):
        name = t.server.put("text-%d" % n, text)
        t.port().get(name, "netascii", want=text)


@both("netascii: tsize is that after the conversion", "RFC 2349", "ours")
def _(t):
    text = b"line\r\n\n" * 500
    name = t.server.put("text-tsize", text)
    got = t.port().get(name, "netascii", want=text, tsize=0)
    t.check("tsize" in got.options, "no tsize")


for blksize in (8, 9, 1468):
    @both("netascii: blksize %d" % blksize, "RFC 2348")
    def _(t, blksize=blksize):
        dice = random.Random(blksize)
        text = bytes(dice.choice(b"ab\r\n") for _ in range(4000))
        name = t.server.put("text-blksize-%d" % blksize, text)
        t.port().get(name, "netascii", want=text, blksize=blksize)


@both("netascii: a block that is sent again is the same", "RFC 1350 2")
def _(t):
    text = b"line\n\n" * 300
    name = t.server.put("text-again", text)
    port = t.port()
    port.ask(name, "netascii")
    for number in (2, 3):
        port.ack(number - 1)
        block = port.block(number)
        at = 512 * (number - 1)
        t.check(block.payload == netascii(text)[at:at + 512], "contents")
        again = port.next()
        t.check(again is not None and again.raw == block.raw, "block %d "
                "is another one: %s", number, again)


@both("netascii: windows with loss", "RFC 7440", "ours", slow=2)
def _(t):
    dice = random.Random(3)
    text = bytes(dice.choice(b"abcdef\r\n") for _ in range(60000))
    name = t.server.put("text-loss", text)
    t.port(path=Path(5, loss=0.03)).get(name, "netascii", want=text,
                                        blksize=600, windowsize=8, tsize=0)


@case("netascii: 70,000 blocks", "RFC 1350 5", "ours", slow=6)
def _(t):
    text = (b"x" * 70 + b"\n") * 7800
    name = t.server.put("text-long", text)
    t.port().get(name, "netascii", want=text, blksize=8, windowsize=64)


# --- modes --------------------------------------------------------------------

for mode in ("OCTET", "oCtEt", "NETASCII", "NetAscii"):
    @case("mode: %s" % mode, "RFC 1350 5")
    def _(t, mode=mode):
        name = t.server.put("text-mode-" + mode, b"a\nb\n" * 300)
        t.port().get(name, mode, want=b"a\nb\n" * 300)

for mode in ("mail", "binary", "octets", "octe", ""):
    @case("mode: %r is refused" % mode, "RFC 1350 1, 5", "SHOULD")
    def _(t, mode=mode):
        port = t.port()
        packet = port.ask(t.file(1000)[0], mode)
        port.refusal(packet, 0, 4)
        t.check(t.server.is_measured or "mode" in packet.text.lower(),
                "the text: %s", packet.text)


@case("mode: a request without one", "RFC 1350 5", "SHOULD")
def _(t):
    port = t.port()
    port.send(b"\0\1size-1000\0")
    for packet in port.all():
        port.expect(packet, ERROR)
