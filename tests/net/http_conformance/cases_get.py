# SPDX-License-Identifier: ISC
"""Files: GET and HEAD, names, types, connections that are kept, pipelines."""
import time

from harness import HOST, raw_request, read_date, rows
from servers import BIG_BYTES, BIG_MARKS, OWN_TYPES, TYPES

CASES, case = rows()

for name in ("small", "one", "empty", "copied", "sent", "large"):
    @case("GET: %s" % name, "RFC 9110 9.3.1")
    def _(t, name=name):
        t.same("/" + name, name)

for family in (4, 6):
    @case("GET over IPv%d" % family, "ours")
    def _(t, family=family):
        t.same("/sent", "sent", family=family)


@case("HEAD has the fields of GET and no body", "RFC 9110 9.3.2", "SHOULD")
def _(t):
    for name in ("small", "empty", "large", "x.iso"):
        conn = t.conn()
        head = conn.ask("/" + name, method="HEAD")
        get = conn.ask("/" + name)
        for field in ("content-length", "content-type", "etag",
                      "last-modified", "accept-ranges", "cache-control"):
            t.equal("%s of %s" % (field, name), head[field], get[field])
        t.equal("the body of GET", get.body, t.server.content(name))


@case("Content-Length beyond 4 GiB: HEAD", "RFC 9110 8.6")
def _(t):
    t.equal("length", t.ask("/big", method="HEAD").length, BIG_BYTES)


@case("400 MB across the mark of 4 GiB, octet by octet", "RFC 9110 8.6",
      slow=8)
def _(t):
    conn = t.conn(timeout=60)
    begin, end = (1 << 32) - (200 << 20), (1 << 32) + (200 << 20)
    conn.send(raw_request("/big", {"Range": "bytes=%d-%d" % (
        begin, end - 1)}))
    got = t.status(conn.head(), 206)
    t.equal("length", got.length, end - begin)
    zeros = bytes(1 << 20)

    def look(at, octets):
        """All is zero but for the mark."""
        for place, mark in BIG_MARKS.items():
            first = max(begin + at, place)
            last = min(begin + at + len(octets), place + len(mark))
            if first < last:
                octets = bytearray(octets)
                t.equal("what is at %d" % first, bytes(
                    octets[first - begin - at:last - begin - at]),
                    mark[first - place:last - place])
                octets[first - begin - at:last - begin - at] = bytes(
                    last - first)
        t.check(octets == zeros[:len(octets)], "not zero near %d", at)
    conn.skip(end - begin, look)
    t.equal("what follows", conn.ask("/small").status, 200)


@case("Date is there and right", "RFC 9110 6.6.1")
def _(t):
    for target, fields in (("/small", {}), ("/nowhere", {}),
                           ("/small", {"Range": "bytes=0-0"}),
                           ("/small", {"If-None-Match": "*"})):
        got = t.ask(target, fields)
        t.check(abs(read_date(got["date"]) - time.time()) < 30, "Date: %s",
                got["date"])


@case("Date is there when HTTP/1.0 asks", "RFC 9110 6.6.1")
def _(t):
    read_date(t.ask("/small", version="HTTP/1.0", host=b"")["date"])


@case("Last-Modified is the file's, and never of the future",
      "RFC 9110 8.8.2.1")
def _(t):
    t.server.put("dated", b"x", when=1000000000)
    t.equal("Last-Modified", t.ask("/dated")["last-modified"],
            "Sun, 09 Sep 2001 01:46:40 GMT")
    t.server.put("tomorrow", b"x", when=time.time() + 86400)
    got = t.ask("/tomorrow")
    if got["last-modified"] is not None:
        t.check(read_date(got["last-modified"]) <= read_date(got["date"]),
                "Last-Modified: %s", got["last-modified"])


@case("Accept-Ranges says bytes", "RFC 9110 14.3", "ours")
def _(t):
    t.equal("Accept-Ranges", t.ask("/small")["accept-ranges"], "bytes")


@case("an answer says that nobody shall guess its type", "ours", "ours",
      only="pxe", variant="listing")
def _(t):
    t.equal("option", t.ask("/odd/")["x-content-type-options"], "nosniff")


# --- names --------------------------------------------------------------------

NAMES = [
    ("/a%20name%20with%20spaces", "a name with spaces"),
    ("/a%20b%25%3f%23%2B&.txt", "a b%?#+&.txt"),
    ("/a%20b%25%3F%23%2b%26%2etxt", "a b%?#+&.txt"),
    ("/gr%C3%BCn", "gr\u00fcn"), ("/gr%c3%bcn", "gr\u00fcn"),
    ("/%73%6d%61%6c%6c", "small"), ("/small?x#y".split("#", maxsplit=1)[0],
                                    "small"),
    ("/x;y=z,(1)'!$*@:", "x;y=z,(1)'!$*@:"), ("/back%5Cslash", "back\\slash"),
    ("/sub/inner", "sub/inner"), ("/sub//inner", "sub/inner"),
    ("//sub/inner", "sub/inner"), ("/./sub/./inner", "sub/inner"),
    ("/sub/deep/er", "sub/deep/er"), ("/link-inside", "small"),
    ("/link-dir/inner", "sub/inner"), ("/sub/../small", "small"),
    ("/sub/deep/../inner", "sub/inner"), ("/sub/inner/../../small", "small"),
    ("/nowhere/../small", "small"), ("/link-dir/../small", "small"),
    ("/sub%2f%2E.%2fsmall", "small"),
]
for target, name in NAMES:
    @case("a name: %s" % target, "RFC 9110 4.2.3, RFC 3986 2.1", "MUST"
          if "//" not in target else "ours")
    def _(t, target=target, name=name):
        t.same(target, name)


@case("a name in UTF-8 that is not encoded", "ours", "ours")
def _(t):
    t.same("/gr\u00fcn", "gr\u00fcn")


NOT_SERVED = [
    ("/../elsewhere/secret", "ours", (400, 403, 404)),
    ("/sub/../../small", "ours", (400, 403, 404)),
    ("/sub/../../elsewhere/secret", "ours", (400, 403, 404)),
    ("/%2e%2e/elsewhere/secret", "ours", (400, 403, 404)),
    ("/sub%2f..%2f..%2felsewhere/secret", "ours", (400, 403, 404)),
    ("/..%5celsewhere%5csecret", "ours", (400, 403, 404)),
    ("/..%c0%af..%c0%afetc/passwd", "ours", (400, 403, 404)),
    ("/%252e%252e/elsewhere/secret", "ours", (400, 403, 404)),
    ("http://a/../elsewhere/secret", "ours", (400, 403, 404)),
    ("//../elsewhere/secret", "ours", (400, 403, 404)),
    ("/link-out", "ours", (403, 404)),
    ("/link-absolute", "ours", (403, 404)),
    ("/sub/way-out/secret", "ours", (403, 404)),
    ("/link-loop", "ours", (403, 404)),
    ("/fifo", "ours", (403, 404)), ("/device", "ours", (403, 404)),
    ("/socket", "ours", (403, 404)), ("/hollow/", "ours", (403, 404)),
    ("/unreadable", "ours", (403, 404)), ("/no-entry/x", "ours", (403, 404)),
    ("/nowhere", "RFC 9110 15.5.5", (404,)), ("/small/", "ours", (404,)),
    ("/small/x", "ours", (404,)), ("/", "ours", (403, 404)),
    ("/SMALL", "ours", (404,)), ("/small%20", "ours", (404,)),
    ("/small.", "ours", (404,)), ("/sub/inner/..%2f", "ours", (403, 404, 400)),
    ("/a%", "RFC 3986 2.1", (400,)), ("/a%zz", "RFC 3986 2.1", (400,)),
    ("/a%2", "RFC 3986 2.1", (400,)), ("/small%00", "ours", (400, 404)),
    ("/small%00.iso", "ours", (400, 404)), ("/small%0a", "ours", (400, 404)),
    ("/small%0d%0aX:%20y", "ours", (400, 404)),
    ("/" + "x" * 300, "ours", (400, 404, 414)),
    ("/" + "x/" * 900, "ours", (400, 404, 414)),
]
for target, rule, wanted in NOT_SERVED:
    @case("not served: %s" % target[:60], rule, "ours")
    def _(t, target=target, wanted=wanted):
        got = t.status(t.ask(target), *wanted)
        t.check(b"secret" not in got.body or b"/secret" in got.body,
                "the secret came: %s", got)
        t.check("x" not in got.fields, "a field of the request's making")
        t.serves()


@case("a FIFO, a device and a socket hold nobody up", "ours", "ours")
def _(t):
    conns = []
    for name in ("fifo", "device", "socket") * 5:
        conns.append(t.conn())
        conns[-1].send(raw_request("/" + name))
    t.serves()
    for conn in conns:
        t.status(conn.answer(), 403, 404)


@case("a directory without listings is none", "ours", "ours")
def _(t):
    for target in ("/sub", "/sub/", "/"):
        got = t.status(t.ask(target), 301, 403, 404)
        t.check(b"inner" not in got.body, "%s: %s", target, got.body)


# --- types --------------------------------------------------------------------

for name, kind in TYPES.items():
    suffix = name[name.rfind("."):]
    is_own = any(name.endswith(s) for s in OWN_TYPES)
    only_ours = name.endswith(".baz")  # two dots: others look at the last

    @case("the type of %s" % name, "RFC 9110 8.3", "ours",
          only="pxe" if only_ours else None)
    def _(t, name=name, kind=kind):
        got = t.ask("/" + name)
        t.equal("type", (got["content-type"] or "").split(";")[0], kind)
        t.equal("body", got.body, t.server.content(name))


@case("an EFI program whose name says nothing, for firmware", "ours", "ours",
      only="pxe")
def _(t):
    program = bytearray(4096)
    program[:2], program[60] = b"MZ", 64
    program[64:72] = b"PE\0\0\x64\x86\1\0"
    t.server.put(t.mine, bytes(program))
    firmware = {"User-Agent": "UefiHttpBoot/1.0"}
    for method in ("HEAD", "GET"):
        got = t.ask("/" + t.mine, firmware, method)
        t.equal("type", got["content-type"], "application/efi")
    t.equal("type for others", t.ask("/" + t.mine)["content-type"],
            "application/octet-stream")
    t.equal("type of what is none", t.ask("/small", firmware)["content-type"],
            "application/octet-stream")


@case("text has a charset", "ours", "ours", only="pxe")
def _(t):
    t.equal("type", t.ask("/x.ipxe")["content-type"],
            "text/plain; charset=utf-8")


# --- connections --------------------------------------------------------------

@case("HTTP/1.1 keeps the connection", "RFC 9112 9.3", "SHOULD")
def _(t):
    conn = t.conn()
    for name in ("small", "empty", "sent", "large", "small") * 3:
        t.equal(name, conn.ask("/" + name).body, t.server.content(name))


@case("Connection: close closes", "RFC 9112 9.6")
def _(t):
    conn = t.conn()
    got = conn.ask("/small", {"Connection": "close"})
    t.check(got.says("connection", "close"), "it is not told")
    conn.ends()


for words in ("Close", "x, close", "close , x", "keep-alive, close"):
    @case("Connection: %s closes" % words, "RFC 9110 7.6.1, RFC 9112 9.6")
    def _(t, words=words):
        conn = t.conn()
        t.status(conn.ask("/small", {"Connection": words}), 200)
        conn.ends()


@case("Connection: closed is not close", "RFC 9110 7.6.1", "ours")
def _(t):
    conn = t.conn()
    conn.ask("/small", {"Connection": "closed, xclose"})
    t.status(conn.ask("/small"), 200)


@case("HTTP/1.0 closes", "RFC 9112 9.3")
def _(t):
    conn = t.conn()
    got = conn.ask("/small", version="HTTP/1.0", host=b"")
    t.equal("body", got.body, t.server.content("small"))
    conn.ends()


@case("HTTP/1.0 may keep the connection, and hears so", "RFC 9112 9.3",
      "ours")
def _(t):
    conn = t.conn()
    keep = {"Connection": "keep-alive"}
    got = conn.ask("/small", keep, version="HTTP/1.0", host=b"")
    t.check(got.says("connection", "keep-alive"), "it is not told")
    t.check(got.length is not None, "no length")
    t.status(conn.ask("/small", version="HTTP/1.0", host=b""), 200)
    conn.ends()


@case("HTTP/1.0 never gets chunks", "RFC 9112 6.1")
def _(t):
    for target in ("/small", "/large", "/nowhere"):
        got = t.ask(target, version="HTTP/1.0", host=b"")
        t.check("transfer-encoding" not in got.fields, "%s", target)


@case("nothing behind Connection: close is answered", "RFC 9112 9.6")
def _(t):
    got = t.exchange(raw_request("/small", {"Connection": "close"}) +
                     raw_request("/small"))
    t.equal("answers", len(got), 1)


@case("a pipeline of 500 requests is answered in order", "RFC 9112 9.3.2")
def _(t):
    names = ("small", "one", "empty", "copied", "nowhere")
    asked = [names[n % 5] for n in range(500)]
    conn = t.conn()
    conn.send(b"".join(raw_request("/" + n) for n in asked[:-1]) +
              raw_request("/" + asked[-1], {"Connection": "close"}))
    for n, name in enumerate(asked):
        got = conn.answer()
        t.check(got.status == (404 if name == "nowhere" else 200) and (
            name == "nowhere" or got.body == t.server.content(name)),
                "answer %d is not %s: %s", n, name, got)
    conn.ends()


@case("a pipeline in pieces of 7 octets", "RFC 9112 9.3.2")
def _(t):
    conn = t.conn()
    conn.send(raw_request("/small") * 20, 7)
    for _ in range(20):
        t.equal("body", conn.answer().body, t.server.content("small"))


@case("GET and HEAD mixed in a pipeline", "RFC 9112 9.3.2, 6.3")
def _(t):
    methods = ["GET", "HEAD", "HEAD", "GET", "HEAD"] * 20
    conn = t.conn()
    conn.send(b"".join(raw_request("/copied", method=m) for m in methods))
    for method in methods:
        got = conn.answer(method)
        t.equal("length", got.length, 32768)
        t.check(method == "HEAD" or got.body == t.server.content("copied"),
                "another body")


@case("large files in a pipeline", "RFC 9112 9.3.2")
def _(t):
    conn = t.conn()
    conn.send(raw_request("/large") * 3 + raw_request("/small"))
    for name in ("large", "large", "large", "small"):
        t.check(conn.answer().body == t.server.content(name), "not %s", name)


@case("a client that closes its half gets everything", "RFC 9112 9.6", "ours")
def _(t):
    conn = t.conn()
    conn.send(raw_request("/large") + raw_request("/small"))
    conn.sock.shutdown(1)
    for name in ("large", "small"):
        t.check(conn.answer().body == t.server.content(name), "not %s", name)
    conn.ends()


@case("2,000 requests on one connection", "RFC 9112 9.3", "ours")
def _(t):
    conn = t.conn()
    for _ in range(2000):
        conn.send(b"GET /one HTTP/1.1\r\n" + HOST + b"\r\n")
        t.equal("status", conn.answer().status, 200)
