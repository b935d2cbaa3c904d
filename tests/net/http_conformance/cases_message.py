# SPDX-License-Identifier: ISC
"""Messages: what is a request, what is refused, and that nothing which stands
behind it is ever answered.  Rows: name, section, how binding, octets, the
statuses that will do (none: the connection may end without an answer)."""
from harness import HOST, raw_request, read_date, rows

CASES, case = rows()

GET = b"GET /small HTTP/1.1\r\n" + HOST
EVIL = b"GET /small?evil HTTP/1.1\r\n" + HOST + b"\r\n"
END = b"\r\n"
BAD = (400,)

REFUSED = [
    # lengths
    ("two Content-Lengths that differ", "RFC 9112 6.3", "MUST",
     GET + b"Content-Length: 0\r\nContent-Length: 44\r\n\r\n" + EVIL, BAD),
    ("Content-Length with a sign", "RFC 9112 6.3", "MUST",
     GET + b"Content-Length: +5\r\n\r\nhello" + EVIL, BAD),
    ("Content-Length with a minus", "RFC 9112 6.3", "MUST",
     GET + b"Content-Length: -5\r\n\r\nhello" + EVIL, BAD),
    ("Content-Length in hexadecimal", "RFC 9112 6.3", "MUST",
     GET + b"Content-Length: 0x5\r\n\r\nhello" + EVIL, BAD),
    ("Content-Length with a blank inside", "RFC 9112 6.3", "MUST",
     GET + b"Content-Length: 5 5\r\n\r\nhello" + EVIL, BAD),
    ("Content-Length that is empty", "RFC 9112 6.3", "MUST",
     GET + b"Content-Length:\r\n\r\n" + EVIL, BAD),
    ("Content-Length of words", "RFC 9112 6.3", "MUST",
     GET + b"Content-Length: five\r\n\r\nhello" + EVIL, BAD),
    ("Content-Length with a tail", "RFC 9112 6.3", "MUST",
     GET + b"Content-Length: 5;x\r\n\r\nhello" + EVIL, BAD),
    ("a list of two Content-Lengths", "RFC 9112 6.3", "MUST",
     GET + b"Content-Length: 5, 6\r\n\r\nhello" + EVIL, BAD),
    ("Content-Length beyond 64 bits", "RFC 9110 8.6", "MUST",
     GET + b"Content-Length: 99999999999999999999\r\n\r\n" + EVIL, (400, 413)),
    ("Content-Length that wraps to 0", "RFC 9110 8.6", "MUST",
     GET + b"Content-Length: 18446744073709551616\r\n\r\n" + EVIL, (400, 413)),
    ("a body of GET", "ours", "ours",
     GET + b"Content-Length: 5\r\n\r\nhello" + EVIL, BAD),
    ("a body of HEAD that looks like a request", "ours", "ours",
     b"HEAD /small HTTP/1.1\r\n" + HOST +
     b"Content-Length: %d\r\n\r\n" % len(EVIL) + EVIL, BAD),
    # transfer codings
    ("chunked and a length", "RFC 9112 6.1", "ours",
     GET + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
     b"0\r\n\r\n" + EVIL, BAD),
    ("chunked", "ours", "ours",
     GET + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + EVIL, BAD),
    ("an unknown transfer coding", "RFC 9112 6.1, 6.3", "SHOULD",
     GET + b"Transfer-Encoding: xchunked\r\n\r\n" + EVIL, (400, 501)),
    ("chunked which is not the last coding", "RFC 9112 6.3", "MUST",
     GET + b"Transfer-Encoding: chunked, gzip\r\n\r\n" + EVIL, (400, 501)),
    ("chunked behind a tab", "ours", "ours",
     GET + b"Transfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n" + EVIL, BAD),
    ("chunked of HTTP/1.0", "RFC 9112 6.1", "MUST",
     b"GET /small HTTP/1.0\r\nConnection: keep-alive\r\n"
     b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + EVIL, (400, 501)),
    ("a chunk size with a sign", "RFC 9112 7.1", "MUST",
     GET + b"Transfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n" +
     EVIL, (400, 501)),
    # field lines
    ("a blank before the colon", "RFC 9112 5.1", "MUST",
     GET + b"Content-Length : 0\r\n\r\n" + EVIL, BAD),
    ("a tab before the colon", "RFC 9112 5.1", "MUST",
     GET + b"X\t: 0\r\n\r\n" + EVIL, BAD),
    ("a folded field", "RFC 9112 5.2", "MUST",
     GET + b"X: a\r\n b\r\n\r\n" + EVIL, BAD),
    ("a folded Host", "RFC 9112 5.2", "MUST",
     b"GET / HTTP/1.1\r\nHost:\r\n a\r\n\r\n" + EVIL, BAD),
    ("a first field line that begins with a blank", "RFC 9112 2.2", "MUST",
     b"GET / HTTP/1.1\r\n X: a\r\n" + HOST + END + EVIL, BAD),
    ("a field without a name", "RFC 9112 5", "SHOULD",
     GET + b": x\r\n\r\n" + EVIL, BAD),
    ("a field without a colon", "RFC 9112 5", "ours",
     GET + b"x\r\n\r\n" + EVIL, BAD),
    ("a blank in a field name", "RFC 9112 5.1", "MUST",
     GET + b"X Y: z\r\n\r\n" + EVIL, BAD),
    ("a bracket in a field name", "RFC 9110 5.6.2", "ours",
     GET + b"X(Y): z\r\n\r\n" + EVIL, BAD),
    ("a NUL in a field name", "RFC 9110 5.6.2", "ours",
     GET + b"Content-Len\0gth: 5\r\n\r\n" + EVIL, BAD),
    ("a NUL in a field value", "RFC 9110 5.5", "ours",
     GET + b"X: a\0b\r\n\r\n" + EVIL, BAD),
    ("a CR in a field value", "RFC 9110 5.5", "ours",
     GET + b"X: a\rY: b\r\n\r\n" + EVIL, BAD),
    ("ESC in a field value", "ours", "ours",
     GET + b"X: a\x1b[0m\r\n\r\n" + EVIL, BAD),
    ("lines that end with LF alone", "ours", "ours",
     (GET + END).replace(b"\r\n", b"\n") + EVIL, BAD),
    ("a header that ends with LF alone", "ours", "ours",
     GET + b"\n" + EVIL, BAD),
    ("CR CR LF", "RFC 9112 2.2", "ours", GET + b"X: y\r\r\n\r\n" + EVIL, BAD),
    # Host
    ("no Host", "RFC 9112 3.2", "MUST",
     b"GET /small HTTP/1.1\r\n\r\n" + EVIL, BAD),
    ("two Hosts", "RFC 9112 3.2", "MUST", GET + HOST + END + EVIL, BAD),
    ("two Hosts that differ", "RFC 9112 3.2", "MUST",
     GET + b"Host: b\r\n\r\n" + EVIL, BAD),
    ("a Host with a slash", "RFC 9112 3.2", "MUST",
     b"GET /small HTTP/1.1\r\nHost: a/b\r\n\r\n" + EVIL, BAD),
    ("a Host with a user", "RFC 9112 3.2", "MUST",
     b"GET /small HTTP/1.1\r\nHost: u@a\r\n\r\n" + EVIL, BAD),
    ("a Host with a blank", "RFC 9112 3.2", "MUST",
     b"GET /small HTTP/1.1\r\nHost: a b\r\n\r\n" + EVIL, BAD),
    ("a Host with a broken octet", "RFC 9112 3.2", "MUST",
     b"GET /small HTTP/1.1\r\nHost: a%4\r\n\r\n" + EVIL, BAD),
    ("a Host that is an IPv6 address and more", "RFC 9112 3.2", "ours",
     b"GET /small HTTP/1.1\r\nHost: fd77::1:8080:x\r\n\r\n" + EVIL, BAD),
    ("a Host with a port of words", "RFC 9112 3.2", "MUST",
     b"GET /small HTTP/1.1\r\nHost: a:http\r\n\r\n" + EVIL, BAD),
    ("a Host with a broken IPv6 address", "RFC 9112 3.2", "MUST",
     b"GET /small HTTP/1.1\r\nHost: [::1\r\n\r\n" + EVIL, BAD),
    ("a Host that is empty", "ours", "ours",
     b"GET /small HTTP/1.1\r\nHost:\r\n\r\n" + EVIL, BAD),
    # request lines
    ("no version", "ours", "ours", b"GET /small\r\n\r\n", BAD + (None,)),
    ("HTTP/2.0", "RFC 9110 15.6.6", "SHOULD",
     b"GET /small HTTP/2.0\r\n" + HOST + END + EVIL, (505,)),
    ("the preface of HTTP/2", "ours", "ours",
     b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400, 405, 505)),
    ("HTTP/1.10", "RFC 9112 2.3", "SHOULD",
     b"GET /small HTTP/1.10\r\n" + HOST + END + EVIL, (400, 505)),
    ("HTTP/1.1 in lower case", "RFC 9112 2.3", "SHOULD",
     b"GET /small http/1.1\r\n" + HOST + END + EVIL, BAD),
    ("HTTP/11", "RFC 9112 2.3", "SHOULD",
     b"GET /small HTTP/11\r\n" + HOST + END + EVIL, (400, 505)),
    ("HTTP/0.9 with its version", "RFC 9112 2.3", "SHOULD",
     b"GET /small HTTP/0.9\r\n" + HOST + END + EVIL, (400, 505)),
    ("another protocol", "RFC 9112 2.3", "SHOULD",
     b"GET /small ICY/1.1\r\n" + HOST + END + EVIL, BAD),
    ("two blanks before the target", "ours", "ours",
     b"GET  /small HTTP/1.1\r\n" + HOST + END + EVIL, BAD),
    ("two blanks before the version", "ours", "ours",
     b"GET /small  HTTP/1.1\r\n" + HOST + END + EVIL, BAD),
    ("a blank behind the version", "ours", "ours",
     b"GET /small HTTP/1.1 \r\n" + HOST + END + EVIL, BAD),
    ("a tab instead of a blank", "ours", "ours",
     b"GET\t/small HTTP/1.1\r\n" + HOST + END + EVIL, BAD),
    ("a blank in the target", "RFC 9112 3.2", "SHOULD",
     b"GET /sm all HTTP/1.1\r\n" + HOST + END + EVIL, BAD),
    ("a NUL in the target", "RFC 9112 3.2", "SHOULD",
     b"GET /sm\0all HTTP/1.1\r\n" + HOST + END + EVIL, BAD),
    ("a control character in the target", "ours", "ours",
     b"GET /sm\x01all HTTP/1.1\r\n" + HOST + END + EVIL, BAD),
    ("a fragment in the target", "RFC 9112 3.2", "ours",
     b"GET /small#x HTTP/1.1\r\n" + HOST + END + EVIL, BAD),
    ("a target without a slash", "RFC 9112 3.2", "SHOULD",
     b"GET small HTTP/1.1\r\n" + HOST + END + EVIL, BAD),
    ("a target of another scheme", "ours", "ours",
     b"GET ftp://a/small HTTP/1.1\r\n" + HOST + END + EVIL, (400, 404, 421)),
    ("a method with a bracket", "RFC 9110 9.1", "SHOULD",
     b"G(T /small HTTP/1.1\r\n" + HOST + END + EVIL, (400, 405, 501)),
    ("a request line that begins with a blank", "ours", "ours",
     b" GET /small HTTP/1.1\r\n" + HOST + END + EVIL, BAD),
    ("TLS", "ours", "ours",
     bytes.fromhex("16030102000100") + b"\1" * 200, (400, None)),
    ("a binary junk", "ours", "ours", bytes(range(128, 256)) * 3 + END * 2,
     (400, None)),
    # what becomes too large
    ("a target of 9000 octets", "RFC 9112 3", "ours",
     b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n" + HOST + END + EVIL, (414,)),
    ("a field of 17000 octets", "RFC 6585 5", "ours",
     GET + b"X: " + b"y" * 17000 + b"\r\n\r\n" + EVIL, (431,)),
    ("101 fields", "RFC 6585 5", "ours", GET + b"X: y\r\n" * 101 + END + EVIL,
     (431,)),
    ("a header of a million octets", "RFC 6585 5", "ours",
     GET + b"X: y\r\n" * 170000 + END + EVIL, (400, 431)),
    ("a method of 100,000 octets", "RFC 9112 3", "ours",
     b"G" * 100000 + b" / HTTP/1.1\r\n" + HOST + END + EVIL,
     (400, 405, 414, 501)),
    ("a field name of 20,000 octets", "RFC 6585 5", "ours",
     GET + b"X" * 20000 + b": y\r\n\r\n" + EVIL, (400, 431)),
]


def is_refused(t, octets, wanted, pieces=None):
    method = "HEAD" if octets.startswith(b"HEAD") else "GET"
    got = t.exchange(octets, (method,), pieces)
    what = [str(a) for a in got]
    t.check(len(got) < 2, "what stands behind it was answered: %s", what)
    if not got:
        t.check(None in wanted, "no answer")
        return
    t.check(got[0].status in wanted, "%s, not %s", what[0], wanted)
    t.check(got[0].says("connection", "close"), "Connection: close is not "
            "told: %s", what[0])
    if got[0].status < 500:  # RFC 9110 section 6.6.1
        read_date(got[0]["date"])


for name, rule, level, octets, wanted in REFUSED:
    @case("refused: " + name, rule, level)
    def _(t, octets=octets, wanted=wanted):
        is_refused(t, octets, wanted)

    if len(octets) < 500:
        @case("refused octet by octet: " + name, rule, level)
        def _(t, octets=octets, wanted=wanted):
            is_refused(t, octets, wanted, 1)
            is_refused(t, octets, wanted, 17)


# --- what must be taken -------------------------------------------------------

TAKEN = [
    ("a value with blanks and tabs round it", "RFC 9112 5.1", "MUST",
     GET + b"X: \t y z \t \r\n"),
    ("a value without a blank before it", "RFC 9112 5.1", "MUST",
     b"GET /small HTTP/1.1\r\nHost:a\r\n"),
    ("an empty value", "RFC 9110 5.5", "MUST", GET + b"X:\r\n"),
    ("octets above 127 in a value", "RFC 9110 5.5", "ours",
     GET + b"X: gr\xc3\xbcn\xff\r\n"),
    ("field names in any case", "RFC 9110 5.1", "MUST",
     b"GET /small HTTP/1.1\r\nhOsT: a\r\n"),
    ("every character of a token in a name", "RFC 9110 5.6.2", "MUST",
     GET + b"!#$%&'*+-.^_`|~09azAZ: x\r\n"),
    ("Content-Length: 0", "RFC 9110 8.6", "MUST",
     GET + b"Content-Length: 0\r\n"),
    ("HTTP/1.0 without Host", "RFC 9112 3.2", "MUST",
     b"GET /small HTTP/1.0\r\n"),
    ("a Host with a port", "RFC 9110 7.2", "MUST",
     b"GET /small HTTP/1.1\r\nHost: a.b:8080\r\n"),
    ("a Host that is an IPv6 address", "RFC 9110 7.2", "MUST",
     b"GET /small HTTP/1.1\r\nHost: [fd77::1]:8080\r\n"),
    # as wget2 writes it on IPv6
    ("a Host that is an IPv6 address without brackets", "ours", "ours",
     b"GET /small HTTP/1.1\r\nHost: fd77::1\r\n"),
    ("a Host with octets as %41", "RFC 3986 3.2.2", "MUST",
     b"GET /small HTTP/1.1\r\nHost: fd77%3A%3a1:8080\r\n"),
    ("a Host that is an IPv4 address", "RFC 9110 7.2", "MUST",
     b"GET /small HTTP/1.1\r\nHost: 10.77.0.1\r\n"),
    ("absolute form", "RFC 9112 3.2.2", "MUST",
     b"GET http://a/small HTTP/1.1\r\n" + HOST),
    ("absolute form of another host than Host", "RFC 9112 3.2.2", "MUST",
     b"GET http://b:81/small HTTP/1.1\r\n" + HOST),
    ("absolute form, scheme in upper case", "RFC 9110 4.2.3", "MUST",
     b"GET HTTP://a/small HTTP/1.1\r\n" + HOST),
    ("absolute form with an IPv6 address", "RFC 9112 3.2.2", "MUST",
     b"GET http://[fd77::1]:8080/small HTTP/1.1\r\n" + HOST),
    ("a query", "RFC 9110 4.2.1", "MUST",
     b"GET /small?a=b&c=/../d%20? HTTP/1.1\r\n" + HOST),
    ("a target of 4000 octets", "RFC 9112 3", "ours",
     b"GET /small?" + b"q" * 4000 + b" HTTP/1.1\r\n" + HOST),
    ("80 fields", "ours", "ours", GET + b"X: y\r\n" * 80),
    ("a field of 4000 octets", "ours", "ours",
     GET + b"X: " + b"y" * 4000 + b"\r\n"),
    ("Expect: 100-continue without a body", "RFC 9110 10.1.1", "ours",
     GET + b"Expect: 100-continue\r\n"),
    ("Upgrade to what we have not", "RFC 9110 7.8", "MUST",
     GET + b"Upgrade: h2c\r\nConnection: Upgrade\r\n"),
    ("two fields of one name", "RFC 9110 5.3", "MUST",
     GET + b"Accept: a/b\r\nAccept: c/d\r\n"),
]

for name, rule, level, octets in TAKEN:
    @case("taken: " + name, rule, level)
    def _(t, octets=octets):
        for pieces in (None, 1) if len(octets) < 500 else (None,):
            got = t.exchange(octets + b"Connection: close\r\n\r\n", (), pieces)
            t.equal("answers", len(got), 1)
            t.status(got[0], 200)
            t.equal("body", got[0].body, t.server.content("small"))


# --- methods ------------------------------------------------------------------

for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW", "get",
               "OPTIONS", "PROPFIND"):
    @case("%s is not allowed, and what is is told" % method,
          "RFC 9110 9.1, 15.5.6", "MUST")
    def _(t, method=method):
        known = method not in ("BREW", "get")
        got = t.status(t.ask("/small", method=method), *(
            (405, 501) if known else (405, 501, 400)))
        if got.status == 405:
            allowed = {w.strip() for v in got.all("allow")
                       for w in v.split(",")}
            t.check({"GET", "HEAD"} <= allowed, "Allow: %s", allowed)
        t.check(got.body or got.length == 0, "no body and no length")


@case("POST with a body: nothing of it becomes a request", "RFC 9112 6.3")
def _(t):
    got = t.exchange(raw_request("/small", [
        ("Content-Length", len(EVIL))], "POST") + EVIL)
    t.equal("statuses", [a.status for a in got][1:], [])
    t.status(got[0], 405)


@case("CONNECT makes no tunnel", "RFC 9110 9.3.6")
def _(t):
    got = t.exchange(b"CONNECT a:80 HTTP/1.1\r\n" + HOST + END + EVIL)
    t.check(len(got) == 1 and got[0].status >= 400, "%s", [
        str(a) for a in got])


@case("OPTIONS * is answered or refused", "RFC 9110 9.3.7", "ours")
def _(t):
    got = t.exchange(b"OPTIONS * HTTP/1.1\r\n" + HOST +
                     b"Connection: close\r\n\r\n")
    t.equal("answers", len(got), 1)
    t.status(got[0], 200, 204, 405)


@case("TRACE sends nothing of the request back", "RFC 9110 9.3.8")
def _(t):
    got = t.ask("/small", {"Authorization": "secret-of-mine"}, "TRACE")
    t.check(b"secret-of-mine" not in got.body, "it came back")


# --- errors -------------------------------------------------------------------

@case("an error has a body that says why, a type and its length",
      "RFC 9110 15.5", "SHOULD")
def _(t):
    got = t.status(t.ask("/nowhere"), 404)
    t.check(got.body.strip(), "an empty body")
    t.check(got["content-type"], "no type")
    t.equal("Content-Length", got.length, len(got.body))


@case("an error of HEAD has no body", "RFC 9110 9.3.2")
def _(t):
    t.status(t.ask("/nowhere", method="HEAD"), 404)


@case("a 404 keeps the connection", "RFC 9112 9.3", "SHOULD")
def _(t):
    conn = t.conn()
    t.status(conn.ask("/nowhere"), 404)
    t.equal("body", conn.ask("/small").body, t.server.content("small"))


@case("nothing of the request stands in an error unescaped", "ours", "ours")
def _(t):
    for target in ("/<script>alert(1)</script>", "/%3Cscript%3E",
                   "/small<script>/"):
        got = t.ask(target, {"X": "<script>"})
        t.check(got.status >= 400, "%s", got)
        t.check(b"<script>" not in got.body or
                got["content-type"].startswith("text/plain"),
                "%s: %s", target, got.body)


@case("an error is not kept by a cache", "ours", "ours", only="pxe")
def _(t):
    t.equal("Cache-Control", t.ask("/nowhere")["cache-control"], "no-store")


@case("answers before a bad request are given first", "RFC 9112 9.3.2")
def _(t):
    got = t.exchange((GET + END) * 3 + b"junk\r\n\r\n" + GET + END)
    t.equal("statuses", [a.status for a in got], [200, 200, 200, 400])


@case("an empty line before a request is passed over or refused",
      "RFC 9112 2.2", "ours")
def _(t):
    got = t.exchange(b"\r\n" + GET + b"Connection: close\r\n\r\n")
    t.equal("answers", len(got), 1)
    t.status(got[0], 200, 400)
