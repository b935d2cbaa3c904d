# SPDX-License-Identifier: ISC
"""What curl does not do to the TLS of pxe-httpd: pipelined and dripping
requests, handshakes that stop, garbage, renegotiation, readers that stop.

usage: http_tls.py DIRECTORY ROOT
"""
import os
import random
import socket
import ssl
import struct
import subprocess
import sys

ADDRESS = ("10.77.0.1", 16443)
HOST = b"Host: 10.77.0.1\r\n"
PATIENCE_S = 30
directory, root = sys.argv[1:]
small, large = (open(f"{root}/{name}", "rb").read() for name in "ki")
context = ssl.create_default_context(cafile=f"{directory}/ca.pem")
is_good = True


def check(name, what, *args):
    global is_good
    try:
        why = what(*args)
    except Exception as e:  # each is a failure, and told
        why = repr(e)
    print(("not ok - " if why else "ok - ") + "tls: " + name, flush=True)
    if why:
        is_good = False
        print("#", why, flush=True)


def connect(options=None, session=None):
    sock = socket.create_connection(ADDRESS, PATIENCE_S)
    return (options or context).wrap_socket(
        sock, server_hostname="10.77.0.1", session=session)


def read_all(s):
    data = b""
    while more := s.recv(65536):
        data += more
    return data


def bodies(data, sizes):
    """The bodies of so many answers, one behind the other."""
    out = []
    for size in sizes:
        head, data = data.split(b"\r\n\r\n", 1)
        if not head.startswith(b"HTTP/1.1 200"):
            raise ValueError(head)
        out.append(data[:size])
        data = data[size:]
    return out, data


def pipelined():
    """More requests in one record than are answered at once."""
    one = b"GET /k HTTP/1.1\r\n" + HOST + b"\r\n"
    last = b"GET /i HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n"
    with connect() as s:
        s.sendall(one * 100 + last)
        got, rest = bodies(read_all(s), [len(small)] * 100 + [len(large)])
    if got != [small] * 100 + [large] or rest:
        return "not what was asked for"


def large_record():
    """A request that fills a record, so that some of it stays within TLS."""
    fields = b"".join(b"X-%d: %s\r\n" % (i, b"x" * 150) for i in range(90))
    one = b"GET /k HTTP/1.1\r\n" + HOST + fields + b"\r\n"
    with connect() as s:
        s.sendall((one * 4)[:-2] + b"Connection: close\r\n\r\n")
        got, rest = bodies(read_all(s), [len(small)] * 4)
    if got != [small] * 4 or rest:
        return "not what was asked for"


def dripping():
    with connect() as s:
        for octet in b"GET /k HTTP/1.0\r\n\r\n":
            s.sendall(bytes([octet]))
        if not read_all(s).endswith(small):
            return "not the file"


def bad_request():
    with connect() as s:
        s.sendall(b"POST /k HTTP/1.1\r\nContent-Length: 100000\r\n" + HOST +
                  b"\r\n" + b"x" * 100000)
        if not read_all(s).startswith(b"HTTP/1.1 405"):
            return "not refused"


def kept():
    """A large file, and the connection serves on."""
    with connect() as s:
        for want in large, small:
            s.sendall(b"GET /%s HTTP/1.1\r\n" %
                      (b"i" if want is large else b"k") + HOST + b"\r\n")
            data = s.recv(65536)
            while b"\r\n\r\n" not in data:
                data += s.recv(65536)
            body = data.split(b"\r\n\r\n", 1)[1]
            if body + read_some(s, len(want) - len(body)) != want:
                return "not the file"


def read_some(s, n):
    data = b""
    while len(data) < n:
        more = s.recv(1 << 16)
        if not more:
            break
        data += more
    return data


def strictly(sock):
    """TLS whose end must be told by it."""
    strict = ssl.create_default_context(cafile=f"{directory}/ca.pem")
    strict.options &= ~getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0x80)
    return strict.wrap_socket(sock, server_hostname="10.77.0.1",
                              suppress_ragged_eofs=False)


def ends_with_notice():
    """An end that TLS vouches for: nothing was cut off."""
    with strictly(socket.create_connection(ADDRESS, PATIENCE_S)) as s:
        s.sendall(b"GET /i HTTP/1.0\r\n\r\n")
        if not read_all(s).endswith(large):
            return "cut"


def cut_is_not_an_end():
    """A file that gets shorter meanwhile ends without the notice."""
    path = f"{root}/shrinks"
    with open(path, "wb") as f:
        f.truncate(60000000)
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    sock.settimeout(PATIENCE_S)
    sock.connect(ADDRESS)
    with strictly(sock) as s:
        s.sendall(b"GET /shrinks HTTP/1.1\r\n" + HOST + b"\r\n")
        s.recv(1000)
        os.truncate(path, 1000000)
        try:
            n = len(read_all(s))
        except (ssl.SSLError, ConnectionError):
            return None
        finally:
            os.unlink(path)
    return f"an end after {n} octets"


def resumed():
    options = ssl.create_default_context(cafile=f"{directory}/ca.pem")
    options.maximum_version = ssl.TLSVersion.TLSv1_2
    with connect(options) as s:
        s.sendall(b"GET /k HTTP/1.0\r\n\r\n")
        read_all(s)
        session = s.session
    with connect(options, session) as s:
        s.sendall(b"GET /k HTTP/1.0\r\n\r\n")
        if not read_all(s).endswith(small):
            return "not the file"
        if not s.session_reused:
            return "a handshake in full"


def renegotiation():
    """A client that begins anew, which TLS 1.2 had: refused."""
    p = subprocess.run(
        ["openssl", "s_client", "-connect", "%s:%d" % ADDRESS, "-tls1_2"],
        input=b"R\n", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        timeout=PATIENCE_S, check=False)
    if b"RENEGOTIATING" not in p.stdout:
        return "it was not tried"
    if b"no renegotiation" not in p.stdout and b"error" not in p.stdout:
        return "not refused: %r" % p.stdout[-300:]


def client_hello():
    """What a client says first."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_hostname="10.77.0.1")
    try:
        tls.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def is_served():
    with connect() as s:
        s.sendall(b"GET /k HTTP/1.0\r\n\r\n")
        return read_all(s).endswith(small)


def stalled():
    """Handshakes that stop at each octet hold up nobody, and end."""
    hello = client_hello()
    socks = []
    for i in range(200):
        sock = socket.create_connection(ADDRESS, PATIENCE_S)
        sock.sendall(hello[:i * len(hello) // 199])
        socks.append(sock)
    if not is_served():
        return "held up"
    for sock in socks:
        try:
            while sock.recv(65536):
                pass
        except ConnectionError:
            pass
        sock.close()


def garbage():
    """Handshakes with octets that are others than they should be."""
    hello, rng = client_hello(), random.Random(5)
    for i in range(300):
        octets = bytearray(hello)
        for _ in range(rng.randint(1, 8)):
            octets[rng.randrange(len(octets))] = rng.randrange(256)
        if i % 3 == 0:
            octets = rng.randbytes(rng.randint(1, 3000))
        with socket.create_connection(ADDRESS, PATIENCE_S) as sock:
            try:
                sock.sendall(octets)
                sock.shutdown(socket.SHUT_WR)
                while sock.recv(65536):
                    pass
            except OSError:  # it may be gone before we are done
                pass
    if not is_served():
        return "it does not serve any more"


def broken_records():
    """After the handshake: records that nobody has signed."""
    for i in range(50):
        s = connect()
        s.sendall(b"GET /i HTTP/1.1\r\n" + HOST + b"\r\n")
        sock = socket.socket(fileno=os.dup(s.fileno()))
        sock.sendall(b"\x17\x03\x03\x01\x00" + os.urandom(256))
        if i % 2:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                            struct.pack("ii", 1, 0))
        sock.close()
        s.close()
    if not is_served():
        return "it does not serve any more"


def slow_readers():
    """Those who do not read hold up nobody."""
    conns = []
    for _ in range(60):
        s = connect()
        s.sendall(b"GET /i HTTP/1.1\r\n" + HOST + b"\r\n")
        conns.append(s)
    for _ in range(20):
        if not is_served():
            return "held up"
    # and they get it all once they do
    for s in conns[:5]:
        data = read_some(s, len(large))
        head = data.index(b"\r\n\r\n") + 4
        data += read_some(s, len(large) - len(data) + head)
        if data[head:] != large:
            return "not the file"
    for s in conns:
        s.close()


check("pipelined requests in one record", pipelined)
check("requests that fill their records", large_record)
check("an octet a record", dripping)
check("what is refused can be read", bad_request)
check("a connection that is kept", kept)
check("the end is told", ends_with_notice)
check("what was cut short does not look like an end", cut_is_not_an_end)
check("a session goes on by its ticket", resumed)
check("no renegotiation", renegotiation)
check("handshakes that stop", stalled)
check("garbage in place of a handshake", garbage)
check("garbage after it", broken_records)
check("clients that do not read", slow_readers)
sys.exit(not is_good)
