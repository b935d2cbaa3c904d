# SPDX-License-Identifier: ISC
"""Options: limits, garbage, what an OACK may say."""
from caselib import Lacks
from harness import rows
from wire import DATA, ERROR, OACK, error, request

CASES, case, both = rows()

GARBAGE = ("", "x", "-1", "-512", "1e3", "0x200", "5 12", "512x", "1.5",
           "\u00b2")
# the last two are 512 where 32 or 64 bits are kept
HUGE = (65536, 65540, 100000, 4294967295, 10 ** 23, (1 << 32) + 512,
        (1 << 64) + 512)


@case("blksize: 8, the least", "RFC 2348")
def _(t):
    t.equal("terms", t.terms(blksize=8), {"blksize": 8})


@case("blksize: 65464, the most: not more than that", "RFC 2348")
def _(t):
    terms = t.terms(blksize=65464, size=70000)
    t.check(terms and 8 <= terms["blksize"] <= 65464, "%s", terms)


@case("blksize: 65464 on Ethernet is cut to what needs no fragments", "ours",
      "ours")
def _(t):
    t.equal("terms", t.terms(blksize=65464), {"blksize": 1468})


for value in (0, 1, 7):
    @case("blksize: %d is too little" % value, "RFC 2348")
    def _(t, value=value):
        t.check(not t.terms(blksize=value), "it is accepted")


@case("blksize: beyond 65464 it is left out or cut", "RFC 2348")
def _(t):
    for value in (65465, 65535) + HUGE:
        terms = t.terms(blksize=value, size=3000)
        t.check(not terms or 8 <= terms["blksize"] <= 65464, "%d: %s", value,
                terms)

for name in ("blksize", "windowsize", "timeout"):
    @case("%s: what is no number is left out" % name, "RFC 2347", "ours")
    def _(t, name=name):
        for value in GARBAGE:
            terms = t.terms((name, value), ("tsize", 0))
            t.check(terms is None or name not in terms, "%r: %s", value, terms)
            if terms is not None:
                t.equal("tsize beside %r" % value, terms.get("tsize"), 2000)


@case("tsize: what is no number", "RFC 2349", "ours")
def _(t):
    for value in ("x", "-1", ""):
        terms = t.terms(("tsize", value))
        t.check(terms in (None, {}, {"tsize": 2000}), "%r: %s", value, terms)


@case("blksize: what is asked within the limits is what is got", "RFC 2348",
      "SHOULD")
def _(t):
    for value in (9, 100, 511, 512, 513, 1000, 1428, 1432, 1456, 1468):
        t.equal("terms", t.terms(blksize=value, size=3000),
                {"blksize": value})


@case("blksize: larger than the file", "RFC 2348")
def _(t):
    t.equal("blocks", t.get(100, blksize=1000).n_blocks, 1)


@case("options: names in any case", "RFC 2347")
def _(t):
    for name in ("BLKSIZE", "BlkSize", "blkSIZE"):
        t.equal("terms", t.terms((name, 1000)), {"blksize": 1000})
    t.equal("terms", t.terms(("TSIZE", 0)), {"tsize": 2000})


@case("options: doubled, one of them counts", "RFC 2347", "SHOULD")
def _(t):
    terms = t.terms(("blksize", 1024), ("blksize", 600))
    t.check(terms is None or terms.get("blksize", 512) in (512, 600, 1024),
            "%s", terms)


@case("options: unknown ones are left out", "RFC 2347")
def _(t):
    t.equal("terms", t.terms(("shoesize", 43), ("blksize", 1024),
                             ("hat", "")), {"blksize": 1024})


@case("options: only unknown ones: DATA at once", "RFC 2347")
def _(t):
    t.equal("terms", t.terms(("shoesize", 43), ("x", "y")), {})


@case("options: none asked, DATA at once", "RFC 2347")
def _(t):
    port = t.port()
    port.expect(port.ask(t.file(2000)[0]), DATA, 1)


@case("options: only what was asked is in the OACK", "RFC 2347")
def _(t):
    asked = {"blksize": 1024, "tsize": 0, "timeout": 3, "windowsize": 1}
    for name, value in asked.items():
        terms = t.terms((name, value))
        t.check(terms is None or set(terms) <= {name}, "%s", terms)


@case("options: all four", "RFC 2347, 2348, 2349, 7440", "SHOULD")
def _(t):
    t.equal("terms", t.terms(blksize=1024, tsize=0, timeout=3, windowsize=4),
            {"blksize": 1024, "tsize": 2000, "timeout": 3, "windowsize": 4})


@case("options: their order does not matter", "RFC 2347")
def _(t):
    asked = [("timeout", 2), ("tsize", 0), ("blksize", 600)]
    want = t.terms(*asked)
    t.check(want, "none is accepted")
    for turn in (1, 2):
        t.equal("terms", t.terms(*asked[turn:], *asked[:turn]), want)


@case("options: values in the OACK are plain numbers", "RFC 2347", "ours")
def _(t):
    port = t.port()
    first = port.ask(t.file(2000)[0], blksize="01000", tsize="00")
    port.expect(first, OACK)
    t.equal("tsize", dict(first.options).get("tsize"), "2000")
    t.check(dict(first.options).get("blksize") in (None, "1000"), "%s", first)


@case("options: NULs behind them", "RFC 2347", "ours")
def _(t):
    port = t.port()
    for n in (1, 50):
        first = port.ask_raw(request(t.file(2000)[0], [("blksize", 1000)],
                                     tail=b"\0" * n))
        port.expect(first, OACK)
        t.equal("options", first.options, [("blksize", "1000")])
        port.send(error(0))


for what, tail in (("a name", b"blksize"), ("a name with NUL", b"blksize\0"),
                   ("a value without NUL", b"blksize\x001000")):
    @case("options: cut off behind %s" % what, "RFC 2347", "ours")
    def _(t, tail=tail):
        port = t.port()
        port.send(request(t.file(2000)[0], tail=tail))
        for packet in port.all():
            port.tid, port.is_over = packet.peer, False
            t.check(packet.op in (DATA, ERROR) or packet.op == OACK and
                    packet.options == [("blksize", "1000")], "%s", packet)


@case("options: a request of 512 octets", "RFC 2347", "SHOULD")
def _(t):
    name, content = t.file(2000)
    pairs = [("blksize", 1000), ("tsize", 0)]
    room = 512 - len(request(name, pairs)) - len(b"filler\0\0")
    pairs.insert(0, ("filler", "y" * room))
    t.equal("octets", len(request(name, pairs)), 512)
    got = t.port().get(name, want=content, pairs=pairs)
    t.equal("options", got.options, {"blksize": 1000, "tsize": 2000})


for size in (513, 600, 1400):
    @case("options: a request of %d octets is served or refused" % size,
          "RFC 2347", "ours")
    def _(t, size=size):
        name, _ = t.file(2000)
        pairs = [("filler", "y" * (size - len(request(name)) - 8))]
        port = t.port()
        first = port.ask(name, pairs=pairs)
        t.check(first.op in (DATA, ERROR), "%s", first)


@case("options: forty unknown ones", "RFC 2347")
def _(t):
    pairs = [("o%d" % i, i) for i in range(40)] + [("blksize", 700)]
    t.equal("terms", t.terms(*pairs), {"blksize": 700})


@case("options: not accepted by the client: ERROR 8 ends it, then without",
      "RFC 2347")
def _(t):
    name, content = t.file(2000)
    port = t.port()
    port.expect(port.ask(name, blksize=1000, timeout=1), OACK)
    port.send(error(8, b"client does not accept options"))
    port.silent(1.5)
    port.get(name, want=content)


@case("options: who refuses them twice is not offered these again",
      "FACTS C-67", "ours")
def _(t):
    name, content = t.file(2000)
    for _ in range(2):
        port = t.port()
        port.expect(port.ask(name, blksize=1000, timeout=1), OACK)
        port.send(error(8, b"client does not accept options"))
        port.is_over = True
        port.silent(0.1)
    port = t.port()
    port.expect(port.ask(name, blksize=1000, timeout=1), DATA, 1)
    # another program with the same address
    port = t.port()
    port.expect(port.ask(name, blksize=1200, tsize=0), OACK)
    t.port(host=2).get(name, want=content, blksize=1000, timeout=1)


@case("options: the file is looked for first", "RFC 2347")
def _(t):
    port = t.port()
    port.refusal(port.ask("nothing", blksize=1000, tsize=0), 1)


# --- timeout ------------------------------------------------------------------

@case("timeout: it is as asked in the OACK, or not there", "RFC 2349")
def _(t):
    for value in (1, 2, 60, 255):
        terms = t.terms(timeout=value)
        t.check(terms in ({}, {"timeout": value}), "%s", terms)


@case("timeout: below 1, above 255", "RFC 2349")
def _(t):
    for value in (0, 256, 257, 65537) + HUGE:
        t.check(not t.terms(timeout=value), "%d is accepted", value)


@case("timeout: 1 means one second", "RFC 2349", slow=2)
def _(t):
    port = t.port()
    first = port.ask(t.file(2000)[0], timeout=1)
    if first.op != OACK:
        port.expect(first, DATA)
        return
    again = port.next(4)
    t.check(again is not None and again.raw == first.raw, "%s", again)
    t.check(0.8 < again.at - first.at < 3, "sent again after %.2f s",
            again.at - first.at)


@case("utimeout: microseconds", "tftp-hpa", "ours", slow=2)
def _(t):
    port = t.port()
    first = port.ask(t.file(2000)[0], utimeout=600000)
    t.agreed(first, utimeout=600000)
    again = port.next(4)
    t.check(again is not None and again.raw == first.raw, "%s", again)
    t.check(0.5 < again.at - first.at < 2, "sent again after %.2f s",
            again.at - first.at)


@case("utimeout: below 10 ms, above 255 s or no number", "tftp-hpa", "ours")
def _(t):
    for value in (0, 1, 9999, 255000001, "x", "-1", ""):
        t.check(not t.terms(("utimeout", value)), "%r is accepted", value)


@case("utimeout: with timeout, one of them is in force", "tftp-hpa", "ours",
      slow=2)
def _(t):
    port = t.port()
    first = port.ask(t.file(2000)[0], utimeout=600000)
    t.agreed(first, utimeout=600000)
    port.send(error(0))
    first = port.ask(t.file(2000)[0], timeout=1, utimeout=600000)
    port.expect(first, OACK)
    again = port.next(4)
    t.check(again is not None and again.raw == first.raw, "%s", again)
    told = {n: int(v) for n, v in first.options}
    least = min(told.get("timeout", 9) * 1e6, told.get("utimeout", 9e6))
    t.check(again.at - first.at > 0.8 * least / 1e6, "sent again after %.2f s",
            again.at - first.at)


# --- blksize2 -----------------------------------------------------------------

@case("blksize2: the power of two that fits", "tftp-hpa", "ours")
def _(t):
    for value, want in ((8, 8), (15, 8), (512, 512), (1023, 512), (1024, 1024),
                        (1468, 1024)):
        port = t.port()
        t.agreed(port.ask(t.file(2000)[0], blksize2=value), blksize2=want)
        port.ack(0)
        t.equal("octets", len(port.block(1).payload), want)


@case("blksize2: what is too large is cut to a power of two", "tftp-hpa",
      "ours")
def _(t):
    for value in (1500, 2048, 65464, 99999):
        terms = t.terms(blksize2=value, size=70000)
        if not terms:
            raise Lacks("blksize2 is not negotiated")
        t.check(terms["blksize2"] in (1024, 2048, 4096, 8192, 16384, 32768),
                "%s", terms)

@case("blksize2: too little or no number", "tftp-hpa", "ours")
def _(t):
    for value in (0, 7, "x", "-8", ""):
        t.check(not t.terms(blksize2=value), "%r is accepted", value)


@case("blksize2: with blksize, one size is told", "tftp-hpa", "ours")
def _(t):
    for pairs in ([("blksize", 1000), ("blksize2", 1000)],
                  [("blksize2", 1000), ("blksize", 1000)]):
        port = t.port()
        first = port.ask(t.file(2000)[0], pairs=pairs)
        port.expect(first, OACK)
        sizes = {v for _, v in first.options}
        t.equal("sizes told", len(sizes), 1)
        port.ack(0)
        t.equal("octets", len(port.block(1).payload), int(sizes.pop()))


# --- windowsize ---------------------------------------------------------------

for value in (1, 2, 16, 64):
    @both("windowsize: %d blocks and no more before an ACK" % value,
          "RFC 7440 4", "SHOULD")
    def _(t, value=value):
        port = t.port()
        first = port.ask(t.file(512 * 100)[0], windowsize=value)
        t.agreed(first, windowsize=value)
        port.ack(0)
        for number in range(1, value + 1):
            port.block(number)
        late = [p for p in port.all(0.1) if p.raw not in port.seen]
        t.check(not late, "block %s too", late and late[0].number)


@case("windowsize: 65535 is answered by not more", "RFC 7440 3")
def _(t):
    terms = t.terms(windowsize=65535)
    t.check(not terms or 1 <= terms["windowsize"] <= 65535, "%s", terms)


@case("windowsize: 0 is none, beyond 65535 it is left out or cut", "RFC 7440 3")
def _(t):
    for value in (0, ) + HUGE:
        terms = t.terms(windowsize=value)
        t.check(not terms or value > 0 and 1 <= terms["windowsize"] <= 65535,
                "%d: %s", value, terms)


@case("windowsize: a client that acknowledges each block of a window",
      "RFC 7440 4", "ours")
def _(t):
    name, content = t.file(512 * 60 + 9)
    port = t.port()
    got, first = port.begin(name, windowsize=4)
    if first is None:
        port.ack(0)
    pieces, have = [], 0
    while not pieces or len(pieces[-1]) == 512:
        packet = first or port.next()
        first = None
        port.expect(packet, DATA)
        if packet.number == have + 1:
            pieces.append(packet.payload)
            have += 1
        port.ack(have)
        t.check(port.order < 400, "it has no end")
        port.order += 1
    port.is_over = True
    t.check(b"".join(pieces) == content, "contents")
    t.check(got.options in ({}, {"windowsize": 4}), "%s", got.options)


@case("options: none in netascii either, then DATA", "RFC 2347")
def _(t):
    port = t.port()
    first = port.ask(t.server.put("text-plain", b"a\n"), "netascii")
    port.expect(first, DATA, 1)
    port.ack(1)
    port.is_over = True


@case("options: an OACK sent back is no ACK 0", "RFC 2347", "ours")
def _(t):
    port = t.port()
    first = port.ask(t.file(2000)[0], blksize=1000)
    port.expect(first, OACK)
    port.send(first.raw)
    packet = port.fresh(0.2)
    t.check(packet is None or packet.op == ERROR, "%s", packet)
