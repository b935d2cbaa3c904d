# SPDX-License-Identifier: ISC
"""Who is slow, who stalls, who vanishes; files that change under way."""
import os
import select
import time

from harness import HOST, Failed, raw_request, rows

CASES, case = rows()

GET = b"GET /small HTTP/1.1\r\n" + HOST
HEADER_S = 10  # all servers are configured so


def drip(t, begin, drop, n, seconds):
    """`n` clients that send `begin` and then `drop` each second; how many are
    still open after `seconds`."""
    conns = []
    for _ in range(n):
        conn = t.conn(timeout=60)
        conn.send(begin)
        conns.append(conn)
    end = time.monotonic() + seconds
    while conns and time.monotonic() < end:
        time.sleep(1)
        for conn in conns[:]:
            try:
                conn.sock.send(drop)
                ready, _, _ = select.select([conn.sock], [], [], 0)
                if ready and not conn.sock.recv(1000):
                    raise ConnectionError
            except OSError:
                conns.remove(conn)
        t.serves()
    return len(conns)


for name, begin, drop in (
        ("a request line", b"GET /", b"x"),
        ("a header", GET, b"X: y\r\n"),
        ("a field", GET + b"X: ", b"y"),
        ("empty lines", b"", b"\r\n")):
    @case("50 clients that drip %s have a deadline" % name, "ours", "ours",
          slow=HEADER_S + 8)
    def _(t, begin=begin, drop=drop):
        n = drip(t, begin, drop, 50, HEADER_S + 6)
        t.equal("open connections", n, 0)


@case("a client that says nothing has a deadline", "ours", "ours",
      slow=HEADER_S + 8)
def _(t):
    conn = t.conn(timeout=HEADER_S + 8)
    try:
        t.check(not conn.more() or b" 408 " in conn.data, "%r", conn.data)
    except Failed as why:
        raise Failed("it is still open") from why


@case("400 stalled downloads hold nobody up", "ours", "ours", slow=3)
def _(t):
    for _ in range(400):
        conn = t.conn(rcvbuf=2048)
        conn.send(raw_request("/large"))
    for _ in range(10):
        t.serves()
    t.same("/large", "large")


@case("a reader of a few octets at a time gets it all", "ours", "ours",
      slow=3)
def _(t):
    conn = t.conn(rcvbuf=2048)
    conn.send(raw_request("/sent") * 3)
    conn.sock.setblocking(True)
    want = b"".join([t.server.content("sent")] * 3)
    got = b""
    for _ in range(3):
        while b"\r\n\r\n" not in conn.data:
            conn.data += conn.sock.recv(50) or t.check(False, "it ended")
        head = t.status(conn.head(), 200)
        while len(conn.data) < head.length:
            conn.data += conn.sock.recv(400) or t.check(False, "it ended")
        got += conn.take(head.length)
    t.check(got == want, "another body")


@case("a stalled reader that goes on gets it all", "ours", "ours", slow=3)
def _(t):
    conn = t.conn(rcvbuf=4096)
    conn.send(raw_request("/large"))
    time.sleep(2)
    got = t.status(conn.answer(), 200)
    t.check(got.body == t.server.content("large"), "another body")


@case("a pipeline that is never read costs little memory", "ours", "ours",
      alone=True)
def _(t):
    before = t.server.memory_kb()
    conn = t.conn(rcvbuf=4096)
    conn.sock.setblocking(False)
    block, most = raw_request("/large") * 1000, 0
    end = time.monotonic() + 3
    while time.monotonic() < end:
        _, ready, _ = select.select([], [conn.sock], [], 0.5)
        if not ready:
            break
        try:
            conn.sock.send(block)
        except BlockingIOError:
            pass
        except ConnectionError:
            break
        most = max(most, t.server.memory_kb() - before)
    t.check(most < 8000, "%d kB", most)
    t.serves()


@case("1,000 header bombs under way cost bounded memory", "ours", "ours",
      alone=True)
def _(t):
    before = t.server.memory_kb()
    for _ in range(1000):
        conn = t.conn()
        conn.send(GET + b"X: " + b"y" * 15000)
    t.serves()
    used = t.server.memory_kb() - before
    t.check(used < 60000, "%d kB", used)


@case("clients that vanish do no harm", "ours", "ours", alone=True)
def _(t):
    before = t.server.n_files()
    for n in range(300):
        conn = t.conn()
        conn.send(raw_request("/large") + GET[:n % 40] * (n % 3))
        if n % 2:
            conn.sock.recv(1000)
        conn.close(hard=n % 4 == 0)
    for n in range(200):
        conn = t.conn()
        conn.send((GET + b"\r\n")[:n % 50])
        conn.close()
    t.serves()
    end = time.monotonic() + 10
    while t.server.n_files() > before + 2:
        t.check(time.monotonic() < end, "%d descriptors, before %d",
                t.server.n_files(), before)
        time.sleep(0.1)


# --- files that change --------------------------------------------------------

def begin(t, name, size):
    """Asks for a new file of that size and reads a little of it."""
    with open(t.server.full(name), "wb") as out:
        out.truncate(size)
    os.chmod(t.server.full(name), 0o644)
    os.utime(t.server.full(name), (1000000000, 1000000000))  # clocks are coarse
    conn = t.conn(rcvbuf=65536)
    conn.send(raw_request("/" + name))
    got = conn.head()
    t.equal("length", got.length, size)
    return conn


def shrinks(name):
    os.truncate(name, 1 << 20)


def grows(name):
    with open(name, "ab") as out:
        out.write(b"more" * 1000)


def is_written(name):
    with open(name, "r+b") as out:
        out.seek(90 << 20)
        out.write(b"new")


for change in (shrinks, grows, is_written):
    # the octets of two files are not to be taken for one
    @case("a file that %s under way is never sent as a whole" %
          change.__name__.replace("_", " "), "ours", "ours")
    def _(t, change=change):
        conn = begin(t, change.__name__, 100 << 20)
        change(t.server.full(change.__name__))
        n = len(conn.data)
        conn.data = b""
        while n < 100 << 20 and conn.more():
            n += len(conn.data)
            conn.data = b""
        t.check(n < 100 << 20, "%d octets", n)
        t.serves()


@case("a file that only gets another name under way is sent whole", "ours",
      "ours")
def _(t):
    conn = begin(t, "renamed", 60 << 20)
    os.rename(t.server.full("renamed"), t.server.full("renamed-now"))
    os.chmod(t.server.full("renamed-now"), 0o640)
    conn.skip(60 << 20)
    t.equal("what follows", conn.ask("/small").status, 200)


@case("a file that is removed under way is sent whole", "ours", "ours")
def _(t):
    conn = begin(t, "vanishes", 60 << 20)
    os.unlink(t.server.full("vanishes"))
    conn.skip(60 << 20)
    t.status(conn.ask("/vanishes"), 404)


@case("a file that is replaced under way is sent as it was", "ours", "ours")
def _(t):
    conn = begin(t, "replaced-1", 30 << 20)
    t.server.put("replaced-1", b"new")
    conn.skip(30 << 20, lambda at, octets: t.check(
        not bytes(octets).strip(b"\0"), "the new one's octets"))
    t.equal("then", conn.ask("/replaced-1").body, b"new")
