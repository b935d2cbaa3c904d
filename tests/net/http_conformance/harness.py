# SPDX-License-Identifier: ISC
"""What the cases are written with: a client that sends octets as they are, and
reads answers more strictly than any browser does."""
import calendar
import re
import select
import socket
import struct
import time

from caselib import Failed, Lacks, table
from tls import TlsSocket

PORT = 8080
SERVER4, SERVER6 = "10.77.0.1", "fd77::1"
HOST = b"Host: a\r\n"
TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
STATUS = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9][0-9]) ([\t -~\x80-\xff]*)\Z")
DATE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), ([0-3]\d) (Jan|Feb|Mar|Apr|"
                  r"May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) ([0-2]\d):"
                  r"([0-5]\d):([0-6]\d) GMT\Z")
ETAG = re.compile(r'(W/)?"[!#-~\x80-\xff]*"\Z')
NO_BODY = (204, 304)
HEAD_MAX = 64 * 1024


def raw_request(target, fields=(), method="GET", version="HTTP/1.1",
                host=HOST):
    """The octets of a request; `fields`: (name, value) or whole lines."""
    if isinstance(target, str):
        target = target.encode()
    out = method.encode() + b" " + target + b" " + version.encode() + b"\r\n"
    out += host
    for field in fields.items() if isinstance(fields, dict) else fields:
        if isinstance(field, tuple):
            field = ("%s: %s" % field).encode("latin-1")
        out += field + b"\r\n"
    return out + b"\r\n"


def read_date(text):
    """Seconds since 1970 of an IMF-fixdate (RFC 9110 section 5.6.7)."""
    if not DATE.match(text or ""):
        raise Failed("%r is no IMF-fixdate" % text)
    parsed = time.strptime(text, "%a, %d %b %Y %H:%M:%S GMT")
    seconds = calendar.timegm(parsed)
    if time.strftime("%a, %d %b %Y %H:%M:%S GMT",
                     time.gmtime(seconds)) != text:
        raise Failed("%r is no date" % text)
    return seconds


def write_date(seconds):
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(seconds))


class Answer:
    """An answer, looked at closely."""

    def __init__(self, head):
        lines = head.split(b"\r\n")
        match = STATUS.match(lines[0])
        if not match:
            raise Failed("a bad status line: %r" % lines[0])
        self.minor = int(match[1])
        self.status = int(match[2])
        self.phrase = match[3].decode("latin-1")
        self.fields = {}
        self.body = b""
        for line in lines[1:]:
            name, colon, value = line.partition(b":")
            if not colon or not TOKEN.match(name):
                raise Failed("a bad header field: %r" % line)
            if re.search(rb"[\0-\x08\x0a-\x1f\x7f]", value):
                raise Failed("a control character in %r" % line)
            self.fields.setdefault(name.decode().lower(), []).append(
                value.strip(b" \t").decode("latin-1"))
        for name in ("content-length", "content-type", "content-range",
                     "date", "etag", "last-modified", "location",
                     "transfer-encoding"):
            if len(self.all(name)) > 1:
                raise Failed("%s twice" % name)
        if "content-length" in self.fields:
            if not re.match(r"[0-9]+\Z", self["content-length"]):
                raise Failed("Content-Length: %s" % self["content-length"])
            if "transfer-encoding" in self.fields:
                raise Failed("both Content-Length and Transfer-Encoding")

    def __getitem__(self, name):
        values = self.fields.get(name.lower())
        return values[0] if values else None

    def all(self, name):
        return self.fields.get(name.lower(), [])

    @property
    def length(self):
        value = self["content-length"]
        return None if value is None else int(value)

    def says(self, name, word):
        return any(word in [v.strip().lower() for v in value.split(",")]
                   for value in self.all(name))

    def __str__(self):
        return "%d %s %s" % (self.status, {
            k: v for k, v in self.fields.items()
            if k.startswith("content") or k == "connection"}, self.body[:60])


class Conn:
    """A connection of a client."""

    def __init__(self, case, family=4, rcvbuf=None, timeout=None):
        self.case = case
        self.data = b""
        self.sock = socket.socket(
            socket.AF_INET6 if family == 6 else socket.AF_INET)
        if rcvbuf:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        self.sock.settimeout(timeout or case.patience)
        self.sock.connect((SERVER6 if family == 6 else SERVER4, PORT))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        case.conns.append(self)
        if case.server.has_tls:
            self.sock = TlsSocket(self.sock, case.server.certificate)

    def close(self, hard=False):
        if hard:  # a reset instead of a FIN
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                 struct.pack("ii", 1, 0))
        self.sock.close()

    def send(self, octets, pieces=None):
        """`pieces`: sent so many octets at a time."""
        try:
            if pieces is None:
                self.sock.sendall(octets)
                return
            for at in range(0, len(octets), pieces):
                self.sock.sendall(octets[at:at + pieces])
        except ConnectionError:
            pass  # it need not read what it refuses

    def more(self):
        """Reads on; False at the end."""
        try:
            got = self.sock.recv(1 << 20)
        except ConnectionError:
            return False
        except socket.timeout:
            raise Failed("nothing more comes; so far %r" % self.data[:200]
                         ) from None
        self.data += got
        return bool(got)

    def has_more(self):
        """Does something come, or is that all?"""
        try:
            return self.more()
        except Failed:
            return False

    def take(self, n):
        if n <= len(self.data):
            out, self.data = self.data[:n], self.data[n:]
            return out
        parts, have = [self.data], len(self.data)
        self.data = b""
        while have < n:
            try:
                got = self.sock.recv(min(1 << 20, n - have))
            except ConnectionError:
                got = b""
            except socket.timeout:
                raise Failed("%d octets of %d and no more" % (
                    have, n)) from None
            if not got:
                raise Failed("the connection ended %d octets early" % (
                    n - have))
            parts.append(got)
            have += len(got)
        return b"".join(parts)

    def skip(self, n, look=None):
        """Reads a large body without keeping it; `look(at, octets)`, a
        megabyte at a time."""
        at = 0
        room = memoryview(bytearray(1 << 20))
        while at < n:
            if self.data:
                octets, self.data = self.data[:n - at], self.data[n - at:]
            else:
                size = min(len(room), n - at)
                size = self.sock.recv_into(room, size, socket.MSG_WAITALL)
                octets = room[:size]
            if not octets:
                raise Failed("%d octets of %d" % (at, n))
            if look:
                look(at, octets)
            at += len(octets)

    def head(self):
        """The next answer without its body."""
        while b"\r\n\r\n" not in self.data:
            if len(self.data) > HEAD_MAX:
                raise Failed("a header without an end")
            if not self.more():
                raise Failed("the connection ended in a header: %r" %
                             self.data[:200])
        head, _, self.data = self.data.partition(b"\r\n\r\n")
        return Answer(head)

    def answer(self, method="GET"):
        got = self.head()
        if method == "HEAD" or got.status in NO_BODY:
            return got
        if got.says("transfer-encoding", "chunked"):
            got.body = self.chunks()
        elif got.length is not None:
            got.body = self.take(got.length)
        else:
            while self.more():
                pass
            got.body, self.data = self.data, b""
        return got

    def chunks(self):
        body = b""
        while True:
            while b"\r\n" not in self.data:
                if not self.more():
                    raise Failed("the connection ended in a chunk")
            size, _, self.data = self.data.partition(b"\r\n")
            n = int(size.split(b";")[0], 16)
            body += self.take(n)
            if self.take(2) != b"\r\n":
                raise Failed("a chunk without its end")
            if n == 0:
                return body

    def ask(self, target, fields=(), method="GET", **more):
        self.send(raw_request(target, fields, method, **more))
        return self.answer(method)

    def ends(self, seconds=None):
        """Nothing more comes, and the server closes."""
        self.sock.settimeout(seconds or self.case.patience)
        if self.data or self.more():
            raise Failed("more than there should be: %r" % self.data[:200])

    def is_open(self, seconds=0.2):
        ready, _, _ = select.select([self.sock], [], [], seconds)
        if not ready:
            return True
        try:
            return bool(self.sock.recv(1, socket.MSG_PEEK))
        except ConnectionError:
            return False


class Case:
    """One run of a case."""
    patience = 10

    def __init__(self, server, place):
        self.server, self.place = server, place
        self.conns = []
        self.mine = "of-case-%d" % place  # a file that no other case touches

    def finish(self):
        for conn in self.conns:
            conn.sock.close()

    # --- what is expected ---

    @staticmethod
    def check(good, why, *args):
        if not good:
            raise Failed(why % args if args else why)

    def equal(self, what, got, want):
        self.check(got == want, "%s is %.300r, not %.300r", what, got, want)

    def status(self, answer, *wanted):
        self.check(answer.status in wanted, "status %s, not %s", answer,
                   " or ".join(map(str, wanted)))
        return answer

    @staticmethod
    def lacks(good, why):
        """What a server need not have, but ours has."""
        if not good:
            raise Lacks(why)

    # --- requests ---

    def conn(self, **more):
        return Conn(self, **more)

    def ask(self, target, fields=(), method="GET", family=4, **more):
        """One request on a connection of its own, which the server closes."""
        conn = self.conn(family=family)
        conn.send(raw_request(target, list(
            fields.items() if isinstance(fields, dict) else fields) +
            [("Connection", "close")], method, **more))
        got = conn.answer(method)
        conn.ends()
        return got

    def same(self, target, name, fields=(), status=200, **more):
        """It gets that file, whole."""
        got = self.status(self.ask(target, fields, **more), status)
        want = self.server.content(name)
        self.check(got.body == want, "%s: %d octets which are not those of "
                   "%s, %d", target, len(got.body), name, len(want))
        self.equal("Content-Length", got.length, len(want))
        return got

    def serves(self):
        self.same("/small", "small")

    def exchange(self, octets, methods=("GET",), pieces=None):
        """Sends all that, and the answers until the server closes or says no
        more; of what is no GET, `methods` tells by its place."""
        conn = self.conn(timeout=self.server.quiet_s)
        conn.send(octets, pieces)
        got = []
        while conn.data or conn.has_more():
            n = len(got)
            got.append(conn.answer(methods[n] if n < len(methods) else "GET"))
            self.check(n < 1000, "answers without an end")
        conn.close()
        return got


def rows():
    """An empty table of cases, and how one is put into it: name, section,
    how binding (MUST, SHOULD, ours), then options of the row."""
    cases, add = table()

    def case(name, rule, level="MUST", variant="plain", only=None, slow=0,
             alone=False):
        return add(name, variant, only, rule=rule, level=level, slow=slow,
                   alone=alone)
    return cases, case


__all__ = ["Answer", "Case", "Conn", "Failed", "HOST", "PORT", "raw_request",
           "read_date", "rows", "write_date", "ETAG", "SERVER4", "SERVER6"]
