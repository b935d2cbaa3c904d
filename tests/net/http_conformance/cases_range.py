# SPDX-License-Identifier: ISC
"""Parts of files (RFC 9110 section 14): one, several, none."""
import re

from harness import Failed, raw_request, rows
from servers import BIG_BYTES, BIG_MARKS

CASES, case = rows()

SIZE = 1000  # of "small"


def ask(t, value, name="small", **more):
    return t.ask("/" + name, {"Range": value}, **more)


def is_part(t, got, first, last, name="small", size=None):
    t.status(got, 206)
    want = t.server.content(name)
    size = len(want) if size is None else size
    t.equal("Content-Range", got["content-range"],
            "bytes %d-%d/%d" % (first, last, size))
    t.equal("Content-Length", got.length, last - first + 1)
    t.check(got.body == want[first:last + 1], "another body")
    return got


# Rows: value, first and last octet that come.
PARTS = [
    ("bytes=0-0", 0, 0), ("bytes=5-9", 5, 9), ("bytes=5-", 5, 999),
    ("bytes=999-", 999, 999), ("bytes=999-999", 999, 999),
    ("bytes=0-999", 0, 999), ("bytes=0-", 0, 999),
    ("bytes=5-1000", 5, 999), ("bytes=5-99999999", 5, 999),
    ("bytes=-1", 999, 999), ("bytes=-5", 995, 999), ("bytes=-1000", 0, 999),
    ("bytes=-1001", 0, 999), ("bytes=005-0009", 5, 9),
    ("bytes=0-18446744073709551615", 0, 999),
    ("bytes=0-18446744073709551616", 0, 999),
    ("bytes=0-99999999999999999999999", 0, 999),
    ("bytes=-99999999999999999999999", 0, 999),
]
for value, first, last in PARTS:
    @case("one part: %s" % value, "RFC 9110 14.1.2, 15.3.7", "MUST"
          if len(value) < 20 else "ours")
    def _(t, value=value, first=first, last=last):
        is_part(t, ask(t, value), first, last)

for value in ("BYTES=5-9", "Bytes=5-9", "bytes= 5-9", "bytes=5-9 ",
              "bytes=,5-9", "bytes=5-9,", "bytes= , 5-9 ,, "):
    @case("one part: %r" % value, "RFC 9110 14.1, 5.6.1", "ours")
    def _(t, value=value):
        is_part(t, ask(t, value), 5, 9)

for value in ("bytes=9-5", "bytes=", "bytes", "bytes=-", "bytes=5", "=5-9",
              "bytes=a-b", "bytes=+5-9", "bytes=5-9x", "bytes=5 -9",
              "bytes=5- 9", "bytes=0x5-9", "bytes=--5", "bytes=5--9",
              "bytes=5-9 10-11", "bytes=5-9;10-11", "bytes =5-9",
              "bytes:5-9", "lines=5-9", "bytes=5-9,9-5", "bytes=5-9,x",
              "bytes=-5-9", "bytes=5.0-9", "bytes=-0x5"):
    @case("none: %r" % value, "RFC 9110 14.2", "ours")
    def _(t, value=value):
        got = t.status(ask(t, value), 200, 416, 400)
        t.check(got.status != 200 or got.body == t.server.content("small"),
                "another body")

for value in ("bytes=1000-", "bytes=1000-2000", "bytes=-0",
              "bytes=18446744073709551616-", "bytes=18446744073709551615-",
              "bytes=1000-,2000-3000", "bytes=99999999999999999999999-"):
    @case("unsatisfiable: %s" % value, "RFC 9110 15.5.17", "SHOULD")
    def _(t, value=value):
        got = t.status(ask(t, value), 416)
        t.equal("Content-Range", got["content-range"], "bytes */1000")
        t.equal("Content-Length", got.length, len(got.body))


@case("an empty file has no part", "RFC 9110 14.1.2, 15.5.17", "ours")
def _(t):
    for value in ("bytes=0-", "bytes=0-0", "bytes=-5", "bytes=0-0,2-3"):
        got = t.status(ask(t, value, "empty"), 200, 416)
        t.check(got.status == 416 or got.body == b"", "%s", got)


@case("HEAD has no parts", "RFC 9110 14.2")
def _(t):
    for value in ("bytes=0-4", "bytes=0-4,9-20", "bytes=5000-"):
        got = t.status(ask(t, value, method="HEAD"), 200)
        t.equal("Content-Length", got.length, SIZE)


@case("206 has what 200 would have", "RFC 9110 15.3.7")
def _(t):
    whole, part = t.ask("/x.iso"), ask(t, "bytes=1-5", "x.iso")
    for field in ("etag", "last-modified", "content-type", "cache-control",
                  "expires", "vary"):
        t.equal(field, part[field], whole[field])
    t.check(part["date"], "no Date")


@case("parts on one connection, one after the other", "RFC 9110 14")
def _(t):
    conn = t.conn()
    for at in range(0, 1000, 50):
        is_part(t, conn.ask("/small", {"Range": "bytes=%d-%d" % (
            at, at + 49)}), at, at + 49)


@case("a large file in parts of a megabyte, in a pipeline", "RFC 9110 14")
def _(t):
    conn = t.conn()
    size, step = 20000000, 1 << 20
    firsts = range(0, size, step)
    for at in firsts:
        conn.send(raw_request("/large", {"Range": "bytes=%d-%d" % (
            at, at + step - 1)}))
    for at in firsts:
        is_part(t, conn.answer(), at, min(at + step, size) - 1, "large")


@case("parts beyond 4 GiB", "RFC 9110 14.1.2")
def _(t):
    for begin, mark in BIG_MARKS.items():
        last = begin + len(mark) - 1
        got = ask(t, "bytes=%d-%d" % (begin, last), "big")
        t.equal("body", t.status(got, 206).body, mark)
        t.equal("Content-Range", got["content-range"], "bytes %d-%d/%d" % (
            begin, last, BIG_BYTES))
    got = ask(t, "bytes=-3", "big")
    t.equal("body", got.body, b"end")
    got = t.status(ask(t, "bytes=%d-" % BIG_BYTES, "big"), 416)
    t.equal("Content-Range", got["content-range"], "bytes */%d" % BIG_BYTES)


@case("a part of 5 GiB less one octet", "RFC 9110 14.1.2")
def _(t):
    conn = t.conn()
    conn.send(raw_request("/big", {"Range": "bytes=1-"}))
    got = t.status(conn.head(), 206)
    t.equal("length", got.length, BIG_BYTES - 1)
    conn.close(hard=True)


# --- several ------------------------------------------------------------------

def boundary_of(kind):
    """RFC 2046 section 5.1.1."""
    match = re.match(r'multipart/byteranges; *boundary=(?:"([^"]*)"|'
                     r"([!#-'*+.0-9A-Z^-~-]+))\Z", kind or "")
    if not match:
        raise Failed("Content-Type: %s" % kind)
    boundary = match[1] or match[2]
    if not 0 < len(boundary) <= 70 or not re.match(
            r"[0-9A-Za-z'()+_,./:=? -]*[0-9A-Za-z'()+_,./:=?-]\Z", boundary):
        raise Failed("the boundary %r" % boundary)
    return boundary.encode()


def read_parts(t, got, kind="application/octet-stream"):
    """[(first, last, size, octets)] of a multipart/byteranges, of which every
    octet must be in its place (RFC 9110 section 14.6)."""
    t.status(got, 206)
    t.check("content-range" not in got.fields, "a Content-Range")
    boundary = boundary_of(got["content-type"])
    t.equal("Content-Length", got.length, len(got.body))
    rest = got.body
    if rest.startswith(b"\r\n"):  # an empty preamble
        rest = rest[2:]
    parts = []
    while True:
        t.check(rest.startswith(b"--" + boundary), "no boundary before part "
                "%d: %r", len(parts), rest[:80])
        rest = rest[len(boundary) + 2:]
        if rest.startswith(b"--"):
            t.check(rest in (b"--", b"--\r\n"), "behind the last boundary: "
                    "%r", rest[:80])
            return parts
        t.check(rest.startswith(b"\r\n"), "behind a boundary: %r", rest[:80])
        head, _, rest = rest[2:].partition(b"\r\n\r\n")
        fields = {k.strip().lower(): v.strip() for k, _, v in (
            line.partition(":") for line in head.decode().split("\r\n"))}
        match = re.match(r"bytes ([0-9]+)-([0-9]+)/([0-9]+)\Z",
                         fields.get("content-range", ""))
        t.check(match, "the fields of a part: %s", fields)
        t.equal("type of a part", fields.get("content-type"), kind)
        first, last, size = map(int, match.groups())
        octets, rest = rest[:last - first + 1], rest[last - first + 1:]
        t.equal("octets of a part", len(octets), last - first + 1)
        t.check(rest.startswith(b"\r\n"), "behind a part: %r", rest[:80])
        rest = rest[2:]
        parts.append((first, last, size, octets))


def are_parts(t, value, want, name="small", **more):
    """Exactly these parts, or those that they become one by one."""
    got = ask(t, value, name, **more)
    content = t.server.content(name)
    parts = read_parts(t, got)
    t.equal("parts", [p[:2] for p in parts], want)
    for first, last, size, octets in parts:
        t.equal("size", size, len(content))
        t.check(octets == content[first:last + 1], "another part %d-%d",
                first, last)
    return got


SEVERAL = [
    ("two", "bytes=0-4,500-504", [(0, 4), (500, 504)]),
    ("two, with blanks", "bytes=0-4 , 500-504", [(0, 4), (500, 504)]),
    ("two, with empty elements", "bytes=,0-4,,500-504,", [(0, 4), (500, 504)]),
    ("an open one and a suffix", "bytes=0-0,-1", [(0, 0), (999, 999)]),
    ("three", "bytes=0-9,300-309,900-", [(0, 9), (300, 309), (900, 999)]),
    ("out of order", "bytes=500-504,0-4", [(500, 504), (0, 4)]),
    ("one of three is not there", "bytes=0-4,5000-6000,500-504",
     [(0, 4), (500, 504)]),
    ("a suffix first", "bytes=-5,0-4", [(995, 999), (0, 4)]),
]
for name, value, want in SEVERAL:
    @case("several parts: %s" % name, "RFC 9110 15.3.7.2, 14.6", "ours")
    def _(t, value=value, want=want):
        are_parts(t, value, want)


def coalesced(t, value, want, name="small"):
    """What is asked for comes, and nothing of it twice."""
    got = ask(t, value, name)
    content = t.server.content(name)
    if got.status == 200:
        t.lacks(got.body == content, "the whole file came")
        return
    if "content-range" in got.fields:
        t.equal("the one part", got["content-range"], "bytes %d-%d/%d" % (
            *want[0], len(content)))
        t.equal("parts", len(want), 1)
        t.check(got.body == content[want[0][0]:want[0][1] + 1], "not it")
        return
    t.equal("parts", [p[:2] for p in read_parts(t, got)], want)


COALESCED = [
    ("overlapping", "bytes=0-99,50-149", [(0, 149)]),
    ("adjacent", "bytes=0-99,100-199", [(0, 199)]),
    ("the same twice", "bytes=5-9,5-9", [(5, 9)]),
    ("one inside the other", "bytes=0-500,100-200", [(0, 500)]),
    ("one inside the other, the small one first", "bytes=100-200,0-500",
     [(0, 500)]),
    ("one bridges two", "bytes=0-200,400-700,150-450", [(0, 700)]),
    ("overlapping out of order", "bytes=50-149,0-99", [(0, 149)]),
    ("a suffix that overlaps", "bytes=900-950,-80", [(900, 999)]),
    ("a suffix that is all", "bytes=5-9,-2000", [(0, 999)]),
    ("a gap smaller than what a part costs", "bytes=0-9,15-30", [(0, 30)]),
    ("two overlap, one is apart", "bytes=0-9,5-20,600-610",
     [(0, 20), (600, 610)]),
    ("one of two is not there", "bytes=5-9,5000-", [(5, 9)]),
]
for name, value, want in COALESCED:
    @case("coalesced: %s" % name, "RFC 9110 15.3.7.2", "ours")
    def _(t, value=value, want=want):
        coalesced(t, value, want)


@case("several parts have a type each, the file's", "RFC 9110 14.6")
def _(t):
    got = t.ask("/x.iso", {"Range": "bytes=0-4,300-310"})
    read_parts(t, got, "application/vnd.efi-iso")


@case("several parts: the connection goes on", "RFC 9112 6.3")
def _(t):
    conn = t.conn()
    for _ in range(20):
        got = conn.ask("/small", {"Range": "bytes=0-4,500-504"})
        t.equal("parts", len(read_parts(t, got)), 2)
    t.equal("body", conn.ask("/small").body, t.server.content("small"))


@case("several parts by HTTP/1.0", "RFC 9110 14.2", "ours")
def _(t):
    are_parts(t, "bytes=0-4,500-504", [(0, 4), (500, 504)],
              version="HTTP/1.0", host=b"")


@case("several large parts", "RFC 9110 15.3.7.2", "ours")
def _(t):
    want = [(0, 5999999), (7000000, 12000000), (15000000, 19999999)]
    are_parts(t, "bytes=" + ",".join("%d-%d" % w for w in want), want,
              "large")


@case("several parts, small beside large", "RFC 9110 15.3.7.2", "ours")
def _(t):
    want = [(19999990, 19999999), (0, 9999999), (15000000, 15000000)]
    are_parts(t, "bytes=" + ",".join("%d-%d" % w for w in want), want,
              "large")


@case("several parts beyond 4 GiB", "RFC 9110 15.3.7.2", "ours")
def _(t):
    spans = [(at, at + len(mark) - 1) for at, mark in BIG_MARKS.items()]
    got = ask(t, "bytes=" + ",".join("%d-%d" % s for s in spans), "big")
    parts = read_parts(t, got)
    t.equal("parts", [(p[0], p[2], p[3]) for p in parts],
            [(at, BIG_BYTES, mark) for at, mark in BIG_MARKS.items()])


@case("30 parts", "RFC 9110 15.3.7.2", "ours")
def _(t):
    want = [(at, at + 9) for at in range(0, 6000, 200)]
    are_parts(t, "bytes=" + ",".join("%d-%d" % w for w in want), want,
              "copied")


@case("the boundary does not stand in the file", "RFC 2046 5.1.1")
def _(t):
    seen = set()
    for _ in range(5):
        got = ask(t, "bytes=0-4,500-504")
        seen.add(boundary_of(got["content-type"]))
    t.check(all(b not in t.server.content("small") for b in seen), "it does")
    t.lacks(len(seen) > 1, "it can be foretold: %s" % seen)


# --- abuse --------------------------------------------------------------------

ABUSE = [
    ("1300 overlapping ranges to the end",
     "bytes=" + ",".join("%d-" % n for n in range(1300))),
    ("1300 times the first octet", "bytes=" + ",".join(["0-0"] * 1300)),
    ("1300 times all", "bytes=" + ",".join(["0-"] * 1300)),
    ("700 tiny ranges downwards", "bytes=" + ",".join(
        "%d-%d" % (n, n) for n in range(19000000, 5000000, -20000))),
    ("700 tiny ranges upwards", "bytes=" + ",".join(
        "%d-%d" % (n, n) for n in range(5000000, 19000000, 20000))),
]
for name, value in ABUSE:
    @case("abuse: %s" % name, "RFC 9110 14.2, 17.15", "SHOULD")
    def _(t, value=value):
        got = ask(t, value, "large")
        t.status(got, 200, 206, 416, 400, 431)
        t.check(len(got.body) <= 20000000 + 70000, "%d octets",
                len(got.body))
        if "multipart" in (got["content-type"] or ""):
            t.check(len(read_parts(t, got)) <= 256, "too many parts")


@case("abuse: a thousand answers of many parts take bounded memory",
      "RFC 9110 17.15", "ours", alone=True)
def _(t):
    value = "bytes=" + ",".join("%d-%d" % (n, n + 5000) for n in range(
        0, 19000000, 600000))
    before = t.server.memory_kb()
    conns = []
    for _ in range(300):
        conn = t.conn(rcvbuf=2048)
        conn.send(raw_request("/large", {"Range": value}))
        conns.append(conn)
    for conn in conns:
        t.status(conn.head(), 206, 200)
    used = t.server.memory_kb() - before
    t.check(used < 60000, "%d kB for 300", used)
    t.serves()
