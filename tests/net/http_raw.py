# SPDX-License-Identifier: ISC
"""usage: http_raw.py DIRECTORY MAIN-PID FEW-PID POOR-PID

Raw octets to pxe-httpd: request smuggling, pipelines, slow, stalled and
vanishing clients, limits, files that shrink.  Prints TAP.
"""
import os
import random
import select
import socket
import sys
import threading
import time

T, MAIN, FEW, POOR = sys.argv[1], *map(int, sys.argv[2:5])
ROOT = os.path.join(T, "a", "root")
SMALL = open(os.path.join(ROOT, "small"), "rb").read()
LARGE = open(os.path.join(ROOT, "large"), "rb").read()
H = b"Host: a\r\n"
GET = b"GET /small HTTP/1.1\r\n" + H
GOOD = GET + b"\r\n"
failed = False


def check(name, good, *about):
    global failed
    print(f"{'ok' if good else 'not ok'} - http: {name}", flush=True)
    if not good:
        failed = True
        for text in about:
            print("# " + repr(text)[:400])


def connect(port=16000, timeout=20, rcvbuf=None):
    s = socket.socket()
    if rcvbuf:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
    s.settimeout(timeout)
    s.connect(("127.0.0.1", port))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def read_all(s):
    """What comes until the end; a reset is an end."""
    data = bytearray()
    try:
        while more := s.recv(1 << 20):
            data += more
    except ConnectionError:
        pass
    return bytes(data)


def answers(data, heads=()):
    """(status, header, body) of each answer in `data`; None: broken."""
    out = []
    while data:
        head, sep, data = data.partition(b"\r\n\r\n")
        if not sep:
            return None
        lines = head.decode("latin-1").split("\r\n")
        fields = {k.lower(): v.strip() for k, v in
                  (x.split(":", 1) for x in lines[1:])}
        n = int(fields.get("content-length", 0))
        if len(out) in heads or lines[0].split()[1] == "304":
            n = 0
        if len(data) < n:
            return None
        out.append((int(lines[0].split()[1]), fields, data[:n]))
        data = data[n:]
    return out


def ask(data, port=16000, pieces=None):
    """Sends, in pieces or at once, and reads until the server closes."""
    with connect(port) as s:
        try:
            for piece in pieces or [data]:
                s.sendall(piece)
                if pieces:
                    time.sleep(0.0005)
        except ConnectionError:
            pass
        return read_all(s)


def memory_kb(pid):
    for line in open(f"/proc/{pid}/status", encoding="ascii"):
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    return 0


def n_fds(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def wait_for(what, seconds):
    deadline = time.monotonic() + seconds
    while not (got := what()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return got


def is_served(port=16000):
    try:
        return answers(ask(GET + b"Connection: close\r\n\r\n", port))[0][
            2] == SMALL
    except (OSError, TypeError, IndexError):
        return False


# --- shapes that must be refused, each with what follows it ------------------

EVIL = b"GET /small?evil HTTP/1.1\r\n" + H + b"\r\n"
REFUSED = [
    ("two lengths", 400, GET + b"Content-Length: 0\r\nContent-Length: 44\r\n"
     b"\r\n" + EVIL),
    ("+5", 400, GET + b"Content-Length: +5\r\n\r\nhello" + EVIL),
    ("a list of lengths", 400, GET + b"Content-Length: 5, 5\r\n\r\nhello"),
    ("a body", 400, GET + b"Content-Length: 5\r\n\r\nhello" + EVIL),
    ("a body of HEAD", 400, b"HEAD /small HTTP/1.1\r\n" + H +
     b"Content-Length: %d\r\n\r\n" % len(EVIL) + EVIL),
    ("a length too large", 400, GET + b"Content-Length: "
     b"99999999999999999999\r\n\r\n"),
    ("chunked", 400, GET + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" +
     EVIL),
    ("chunked and a length", 400, GET + b"Content-Length: 4\r\n"
     b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + EVIL),
    ("xchunked", 400, GET + b"Transfer-Encoding: xchunked\r\n\r\n" + EVIL),
    ("chunked behind a tab", 400, GET + b"Transfer-Encoding:\tchunked\r\n\r\n"),
    ("a blank before the colon", 400, GET + b"Content-Length : 0\r\n\r\n"),
    ("a folded field", 400, GET + b"X: a\r\n b\r\n\r\n"),
    ("a folded first field", 400, b"GET / HTTP/1.1\r\n X: a\r\n" + H +
     b"\r\n"),
    ("no Host", 400, b"GET /small HTTP/1.1\r\n\r\n" + EVIL),
    ("two Hosts", 400, GET + H + b"\r\n"),
    ("a bad Host", 400, b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
    ("a NUL in a field", 400, GET + b"X: a\0b\r\n\r\n" + EVIL),
    ("a NUL in the target", 400, b"GET /sm\0all HTTP/1.1\r\n" + H + b"\r\n"),
    ("ends of LF only", 400, GOOD.replace(b"\r\n", b"\n")),
    ("a CR alone", 400, GET + b"X: a\rY: b\r\n\r\n"),
    ("a field without a name", 400, GET + b": x\r\n\r\n"),
    ("a field without a colon", 400, GET + b"x\r\n\r\n"),
    ("no version", 400, b"GET /small\r\n\r\n"),
    ("HTTP/2", 505, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ("HTTP/1.10", 400, b"GET /small HTTP/1.10\r\n" + H + b"\r\n"),
    ("two blanks", 400, b"GET  /small HTTP/1.1\r\n" + H + b"\r\n"),
    ("CONNECT", 405, b"CONNECT a:80 HTTP/1.1\r\n" + H + b"\r\n" + EVIL),
    ("POST with a request in it", 405, b"POST / HTTP/1.1\r\n" + H +
     b"Content-Length: %d\r\n\r\n" % len(EVIL) + EVIL),
    ("TLS", 400, bytes.fromhex("16030102000100") + b"\1" * 200),
    ("a long target", 414, b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n" + H +
     b"\r\n"),
    ("a long header", 431, GET + b"X: " + b"y" * 17000 + b"\r\n\r\n"),
    ("many fields", 431, GET + b"X: y\r\n" * 101 + b"\r\n"),
    ("a header of a million octets", 431, GET + b"X: y\r\n" * 170000),
]


def refusal(data, answer):
    return answers(answer, heads=(0,) if data.startswith(b"HEAD") else ())


def test_refused():
    for name, status, data in REFUSED:
        got = refusal(data, ask(data))
        check(f"{name} is refused, and nothing behind it answered",
              got and len(got) == 1 and got[0][0] == status and
              got[0][1].get("connection") == "close", got)
    for name, status, data in REFUSED:
        if len(data) > 400:
            continue
        got = refusal(data, ask(data, pieces=[bytes([c]) for c in data]))
        check(f"{name} is refused octet by octet",
              got and len(got) == 1 and got[0][0] == status, got)
    bad = []
    for name, status, data in REFUSED:
        for at in range(0, len(data), 13) if len(data) <= 400 else []:
            got = refusal(data, ask(data, pieces=[data[:at], data[at:]]))
            if not got or len(got) != 1 or got[0][0] != status:
                bad.append((name, at, got))
    check("all of them in two pieces", not bad, *bad[:3])


def test_good():
    got = answers(ask(GOOD + GET + b"Connection: close\r\n\r\n"))
    check("two requests in one go", got and [g[2] for g in got] == [SMALL] * 2,
          got)
    data = GOOD + GET + b"Connection: close\r\n\r\n"
    got = answers(ask(data, pieces=[bytes([c]) for c in data]))
    check("two requests octet by octet",
          got and [g[2] for g in got] == [SMALL] * 2, got)
    bad = [at for at in range(len(data))
           if not (got := answers(ask(data, pieces=[data[:at], data[at:]])))
           or [g[2] for g in got] != [SMALL] * 2]
    check("two requests in two pieces, cut anywhere", not bad, bad)
    got = answers(ask(GOOD + b"HEAD /small HTTP/1.1\r\n" + H + b"\r\n" + GET +
                      b"Connection: close\r\n\r\n"), heads=(1,))
    check("HEAD in a pipeline has no body",
          got and [len(g[2]) for g in got] == [1000, 0, 1000], got)
    got = answers(ask(GOOD * 3 + b"junk\r\n\r\n" + GOOD))
    check("good requests before a bad one are answered first",
          got and [g[0] for g in got] == [200, 200, 200, 400], got)
    got = answers(ask(GET + b"Connection: close\r\n\r\n" + GOOD))
    check("nothing behind Connection: close", got and len(got) == 1, got)
    got = answers(ask(b"GET /small HTTP/1.0\r\n\r\n" + GOOD))
    check("nothing behind HTTP/1.0", got and len(got) == 1, got)
    keep = b"GET /small HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
    got = answers(ask(keep + b"GET /small HTTP/1.0\r\n\r\n"))
    check("HTTP/1.0 may keep the connection", got and len(got) == 2 and
          got[0][1].get("connection") == "keep-alive", got)
    got = answers(ask(b"GET http://x:1/small HTTP/1.1\r\n" + H + b"\r\n" +
                      GET + b"Connection: close\r\n\r\n"))
    check("an absolute target keeps the connection",
          got and [g[0] for g in got] == [200, 200], got)
    got = answers(ask(b"GET //x:y/ HTTP/1.1\r\n" + H + b"\r\n"))
    check("a target that evhttp does not know is refused",
          got and [g[0] for g in got] == [400], got)
    got = answers(ask(b"GET //small?x HTTP/1.1\r\n" + H +
                      b"Connection: close\r\n\r\n"))
    check("two slashes", got and got[0][2] == SMALL, got)


# --- who reads or writes slowly, or not at all -------------------------------

def test_half_close():
    with connect() as s:
        s.sendall(b"GET /large HTTP/1.1\r\n" + H + b"\r\n" + GOOD)
        s.shutdown(socket.SHUT_WR)
        got = answers(read_all(s))
    check("a client that closed its half gets everything",
          got and [len(g[2]) for g in got] == [len(LARGE), 1000] and
          got[0][2] == LARGE, got and [len(g[2]) for g in got])


def test_pipeline_flood():
    before = memory_kb(MAIN)
    most = 0
    with connect() as s:
        s.setblocking(False)
        deadline = time.monotonic() + 5
        block = b"GET /large HTTP/1.1\r\n" + H + b"\r\n"
        sent = 0
        while time.monotonic() < deadline:
            _, ready, _ = select.select([], [s], [], 0.5)
            if not ready:
                break
            try:
                sent += s.send(block * 1000)
            except BlockingIOError:
                pass
            most = max(most, memory_kb(MAIN) - before)
    check("a pipeline that is never read costs no memory", most < 8000,
          f"{most} kB for {sent} octets")
    check("and nobody else waits", is_served())


def test_stalled():
    stalled = []
    for _ in range(100):
        s = connect(rcvbuf=4096)
        s.sendall(b"GET /large HTTP/1.1\r\n" + H + b"\r\n")
        stalled.append(s)
    start = time.monotonic()
    got = answers(ask(b"GET /large HTTP/1.1\r\n" + H +
                      b"Connection: close\r\n\r\n"))
    took = time.monotonic() - start
    check("100 stalled downloads do not hold up one that reads",
          got and got[0][2] == LARGE and took < 10, took)
    for s in stalled:
        s.close()


def test_vanishing():
    for i in range(200):
        s = connect()
        s.sendall(b"GET /large HTTP/1.1\r\n" + H + b"\r\n" + GOOD * (i % 3))
        if i % 2:
            s.recv(1000)
        if i % 4 == 0:  # a reset instead of a FIN
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                         b"\1\0\0\0\0\0\0\0")
        s.close()
    for i in range(200):
        s = connect()
        s.sendall(GOOD[:i % len(GOOD)])
        s.close()
    check("clients that vanish do no harm", is_served())


def test_shrinking():
    path = os.path.join(ROOT, "shrinks")
    with open(path, "wb") as f:
        f.truncate(100 << 20)
    with connect(rcvbuf=65536) as s:
        s.sendall(b"GET /shrinks HTTP/1.1\r\n" + H + b"\r\n")
        got = len(s.recv(100000))
        os.truncate(path, 1 << 20)
        got += len(read_all(s))
    check("a file that shrinks while it is sent ends the connection",
          1 << 20 <= got < 100 << 20, got)
    log = os.path.join(T, "httpd.log")
    check("its reason is in the log", wait_for(
        lambda: "reason=changed" in open(log, encoding="latin-1").read(), 10))
    with connect(rcvbuf=65536) as s:
        with open(path, "wb") as f:
            f.truncate(100 << 20)
        s.sendall(b"GET /shrinks HTTP/1.0\r\n\r\n")
        got = len(s.recv(100000))
        os.unlink(path)
        got += len(read_all(s))
    check("a file that is removed while it is sent is sent", got > 100 << 20,
          got)


def test_slow_and_idle():
    """200 clients drip a header, some are idle; all have a deadline."""
    idle = connect(timeout=90)
    idle.sendall(GOOD)
    idle_start = time.monotonic()
    silent = connect(timeout=60)
    drips = []
    start = time.monotonic()
    for _ in range(200):
        s = connect(timeout=60)
        s.sendall(b"GET /small HTTP/1.1\r\n")
        s.setblocking(False)
        drips.append(s)
    alive, slowest, ended = list(drips), 0, []
    while alive and time.monotonic() - start < 50:
        for s in alive[:]:
            try:
                s.send(b"X")
                if s.recv(1000) == b"":
                    raise ConnectionError
            except BlockingIOError:
                continue
            except OSError:
                ended.append(time.monotonic() - start)
                alive.remove(s)
        before = time.monotonic()
        if not is_served():
            slowest = 99
        slowest = max(slowest, time.monotonic() - before)
        time.sleep(1)
    check("200 clients that drip are closed at the deadline",
          not alive and min(ended) > 25 and max(ended) < 45,
          len(alive), ended[:3])
    check("while others are served at once", slowest < 5, slowest)
    check("a client that says nothing is closed too",
          silent.recv(1) == b"" and time.monotonic() - start < 55)
    data = read_all(idle)
    took = time.monotonic() - idle_start
    check("a kept connection is closed after a minute",
          len(answers(data) or ()) == 1 and 50 < took < 80, took)
    for s in drips + [idle, silent]:
        s.close()


# --- limits -------------------------------------------------------------------

def test_few_connections():
    """20 connections at most, on port 16001."""
    check("one client among few", is_served(16001))
    held = [connect(16001) for _ in range(20)]
    for s in held:
        s.sendall(b"GET /small HTTP/1.1\r\n")
    time.sleep(0.2)
    got = answers(ask(GOOD, 16001))
    check("one more than there may be is told so",
          got and got[0][0] == 503 and
          got[0][1].get("connection") == "close", got)
    time.sleep(3)  # now those that wait may be closed
    check("one that waits without an end makes room", is_served(16001))
    for s in held:
        s.close()
    kept = [connect(16001) for _ in range(20)]
    for s in kept:
        s.sendall(GOOD)
        s.recv(2000)
    check("one that is only kept makes room at once", is_served(16001))
    for s in kept:
        s.close()
    flood = []
    for _ in range(300):
        try:
            flood.append(connect(16001))
        except OSError:
            break
    check("a flood opens few descriptors",
          wait_for(lambda: n_fds(FEW) < 120, 5), n_fds(FEW))
    for s in flood:
        s.close()
    check("after a flood one is served",
          wait_for(lambda: is_served(16001), 10))


def cpu_s(pid):
    fields = open(f"/proc/{pid}/stat", encoding="ascii").read().split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def test_few_descriptors():
    """40 descriptors at most, on port 16002."""
    check("one client with few descriptors", is_served(16002))
    flood = [connect(16002) for _ in range(100)]
    before = cpu_s(POOR)
    time.sleep(1.5)
    used = cpu_s(POOR) - before
    check("without descriptors it does not spin", used < 0.5, used)
    for s in flood:
        s.close()
    check("with descriptors again one is served",
          wait_for(lambda: is_served(16002), 15))


# --- chance --------------------------------------------------------------------

def mutate(rng, data):
    data = bytearray(data)
    for _ in range(rng.randrange(1, 6)):
        at = rng.randrange(len(data) + 1)
        what = rng.randrange(5)
        if what == 0 and at < len(data):
            data[at] = rng.randrange(256)
        elif what == 1:
            data[at:at] = bytes([rng.randrange(256)])
        elif what == 2:
            del data[at:at + rng.randrange(1, 20)]
        elif what == 3:
            data[at:at] = rng.choice(REFUSED)[2][:300]
        else:
            data[at:at] = data[at:at + 30]
    return bytes(data)


def test_mutated():
    rng = random.Random(7)
    seeds = [GOOD * 2, b"GET /boot.ipxe?mac=52-54-00-00-00-01 HTTP/1.1\r\n" +
             H + b"Range: bytes=0-5,-7\r\nIf-Range: \"x\"\r\n\r\n",
             b"HEAD http://[::1]/pxe_loader_16000_uefi HTTP/1.0\r\n"
             b"Connection: keep-alive\r\n\r\n"] + \
        [r[2] for r in REFUSED if len(r[2]) < 400]
    bad = []
    for i in range(1500):
        data = mutate(rng, rng.choice(seeds))
        with connect() as s:
            try:
                cut = rng.randrange(len(data) + 1)
                s.sendall(data[:cut])
                s.sendall(data[cut:])
                s.shutdown(socket.SHUT_WR)
            except ConnectionError:
                pass
            try:
                got = read_all(s)
            except socket.timeout:
                bad.append((i, "no end", data))
                continue
        if got and not got.startswith(b"HTTP/1."):
            bad.append((i, got[:100], data))
    check("1500 mutated requests end, and every answer is one", not bad,
          *bad[:3])


def run():
    wait_for(is_served, 20)
    fds, kb = n_fds(MAIN), memory_kb(MAIN)
    slow = threading.Thread(target=test_slow_and_idle)
    slow.start()
    for test in (test_good, test_refused, test_half_close, test_vanishing,
                 test_shrinking, test_pipeline_flood, test_stalled,
                 test_mutated, test_few_connections, test_few_descriptors):
        test()
    slow.join()
    check("no descriptor is left open", wait_for(
        lambda: n_fds(MAIN) <= fds, 15), n_fds(MAIN), fds)
    if "asan" not in os.environ.get("B", ""):
        check("the memory is as it was", memory_kb(MAIN) - kb < 10000,
              memory_kb(MAIN), kb)
    check("it serves", is_served())


run()
sys.exit(failed)
