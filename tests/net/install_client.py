# SPDX-License-Identifier: ISC
"""What curl does not do to pxe-httpd: broken off, raced, pipelined downloads.

usage: install_client.py HOW URL [ARGUMENT]; prints what came of it.
"""
import os
import socket
import struct
import sys
import threading
import time
import urllib.parse

PATIENCE_S = 60


def connect(url):
    parts = urllib.parse.urlsplit(url)
    s = socket.create_connection((parts.hostname, parts.port), PATIENCE_S,
                                 (os.environ.get("FROM", ""), 0))
    return s, parts.netloc, parts.path + ("?" + parts.query
                                          if parts.query else "")


def request(host, path, *fields, method="GET", version="1.1"):
    lines = [f"{method} {path} HTTP/{version}", f"Host: {host}", *fields]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def read_head(s, data=b""):
    while b"\r\n\r\n" not in data:
        more = s.recv(65536)
        if not more:
            raise ConnectionError("no head")
        data += more
    head, rest = data.split(b"\r\n\r\n", 1)
    fields = dict(line.lower().split(": ", 1)
                  for line in head.decode().split("\r\n")[1:])
    return int(head.split()[1]), fields, rest


def read_answer(s, data=b""):
    """Status, body and what stands behind it; a body cut short: "cut"."""
    status, fields, data = read_head(s, data)
    size = int(fields.get("content-length", "0"))
    while len(data) < size:
        try:
            more = s.recv(1 << 20)
        except ConnectionResetError:
            more = b""
        if not more:
            return status, "cut", b""
        data += more
    return status, data[:size], data[size:]


def fetch(url, *fields, **more):
    s, host, path = connect(url)
    with s:
        s.sendall(request(host, path, *fields, **more))
        return read_answer(s)


def abort(url, octets):
    """Takes that many octets of the body, and resets the connection."""
    s, host, path = connect(url)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    s.sendall(request(host, path))
    status, fields, data = read_head(s)
    n = len(data)
    while n < int(octets):
        n += len(s.recv(65536))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()
    print(status, "of", fields["content-length"])


def paused(url, sign):
    """Takes no more than fits, makes a file of that name, waits until it is
    gone, and takes the rest."""
    s, host, path = connect(url)
    with s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        s.sendall(request(host, path))
        status, fields, data = read_head(s)
        with open(sign, "x", encoding="ascii"):
            pass
        while os.path.exists(sign):
            time.sleep(0.02)
        size, n = int(fields["content-length"]), len(data)
        more = n
        while n < size and more > 0:
            try:
                more = len(s.recv(1 << 20))
            except ConnectionResetError:
                more = 0
            n += more
    print(status, "whole" if n == size else n)


def race(url, n):
    """The last octet, by many at the same time."""
    answers, gate = [], threading.Barrier(int(n))

    def one():
        s, host, path = connect(url)
        with s:
            gate.wait()
            s.sendall(request(host, path, "Range: bytes=-1"))
            status, body, _ = read_answer(s)
            answers.append(f"{status}/{len(body)}")

    threads = [threading.Thread(target=one) for _ in range(int(n))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    print(*sorted(set(answers)), len(answers))


def pipeline(url, n):
    """The whole file and its last octet in turns, asked for at once."""
    s, host, path = connect(url)
    with s:
        for _ in range(int(n)):
            s.sendall(request(host, path) +
                      request(host, path, "Range: bytes=-1"))
        data, seen = b"", []
        for i in range(2 * int(n)):
            status, body, data = read_answer(s, data)
            seen.append((status, body))
            if body == "cut":
                break
    whole = {body for status, body in seen if status == 200}
    last = {body for status, body in seen if status == 206}
    good = (len(seen) == 2 * int(n) and len(whole) == len(last) == 1 and
            next(iter(whole))[-1:] == next(iter(last)))
    print("good" if good else [(s, len(b)) for s, b in seen])


def told(answer):
    status, body, _ = answer
    print(body if body == "cut" else f"{status}/{len(body)}")


def whole(url):
    told(fetch(url))


def end(url):
    told(fetch(url, "Range: bytes=-1"))


def old(url):
    """HTTP/1.0 without a word about the connection."""
    told(fetch(url, version="1.0"))


def tricks(url):
    """Ranges; each must be refused, or be whole and gated, or not the end."""
    s, host, path = connect(url)
    with s:
        s.sendall(request(host, path, method="HEAD"))
        _, fields, _ = read_head(s)
    size = int(fields["content-length"])
    for value in (f"bytes={size - 1}-{size - 1}", f"bytes={size - 1}-",
                  f"bytes=0-{size * 2}", "bytes=-1", f"bytes=-{size * 2}",
                  f"bytes=0-0,{size - 1}-{size - 1}", "bytes=0-0,-1",
                  f"bytes={size - 2}-{size - 1}, 0-1"):
        try:
            status, body, _ = fetch(url, f"Range: {value}")
        except (ConnectionError, socket.timeout):
            status, body = 0, "cut"
        print(value.replace(str(size), "N"), status,
              body if body == "cut" else len(body) > 0)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
