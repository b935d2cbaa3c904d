# SPDX-License-Identifier: ISC
"""TLS below the cases: a socket that behaves as one without it."""
import socket
import ssl
import subprocess

NAME = "boot.example"


def certify(certificate, key):
    """A certificate that has signed itself, and its key."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days",
         "30", "-subj", "/CN=" + NAME, "-addext", "subjectAltName=DNS:" + NAME,
         "-keyout", key, "-out", certificate], check=True,
        stderr=subprocess.DEVNULL)


class TlsSocket:
    """What the cases ask of a socket, over TLS."""

    def __init__(self, sock, certificate):
        context = ssl.create_default_context(cafile=certificate)
        self.tls = context.wrap_socket(sock, server_hostname=NAME,
                                       suppress_ragged_eofs=False)

    def __getattr__(self, name):
        return getattr(self.tls, name)

    def attempt(self, act, *args):
        try:
            return act(*args)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise BlockingIOError from None
        except ssl.SSLError as why:
            raise ConnectionError(why) from None

    def send(self, octets):
        return self.attempt(self.tls.send, octets)

    def sendall(self, octets):
        return self.attempt(self.tls.sendall, octets)

    def recv(self, n, flags=0):
        """To peek, it may wait for a moment: what can be read need not be
        for us."""
        if flags & socket.MSG_PEEK:
            self.tls.settimeout(0.1)
            try:
                return self.attempt(self.tls.recv, n)
            except socket.timeout:
                return b"nothing yet"
        return self.attempt(self.tls.recv, n)

    def recv_into(self, room, n, _flags):
        have = 0
        while have < n:
            got = self.attempt(self.tls.recv_into, room[have:], n - have)
            if not got:
                break
            have += got
        return have

    def shutdown(self, how):
        """Of the socket below: Python's TLS has no half of an end."""
        socket.socket.shutdown(self.tls, how)
