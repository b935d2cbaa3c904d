# SPDX-License-Identifier: ISC
"""TFTP packets, to be right and to be wrong."""
import struct

RRQ, WRQ, DATA, ACK, ERROR, OACK = range(1, 7)
NAMES = ("opcode 0", "RRQ", "WRQ", "DATA", "ACK", "ERROR", "OACK")


def octets(value):
    if isinstance(value, bytes):
        return value
    return str(value).encode("utf-8", "surrogateescape")


def request(name, options=(), mode="octet", op=RRQ, tail=b""):
    """`options`: pairs; `tail` follows the last of them as it is."""
    words = [name, mode]
    for pair in options:
        words += pair
    return struct.pack(">H", op) + b"".join(
        octets(w) + b"\0" for w in words) + tail


def data(number, payload=b""):
    return struct.pack(">HH", DATA, number & 0xffff) + payload


def ack(number):
    return struct.pack(">HH", ACK, number & 0xffff)


def error(code, text=b"enough"):
    return struct.pack(">HH", ERROR, code) + text + b"\0"


class Packet:
    """What came, from whom and when."""

    def __init__(self, raw, peer, at):
        self.raw, self.peer, self.at = raw, peer, at
        self.op = int.from_bytes(raw[:2], "big")
        self.number = int.from_bytes(raw[2:4], "big")  # block, or ERROR's code
        self.payload = raw[4:]

    @property
    def text(self):
        """Of an ERROR."""
        return self.payload.rstrip(b"\0").decode("utf-8", "backslashreplace")

    @property
    def options(self):
        """Of an OACK: pairs, names in lower case."""
        words = self.raw[2:].split(b"\0")[:-1]
        return [(n.decode("ascii", "backslashreplace").lower(),
                 v.decode("ascii", "backslashreplace"))
                for n, v in zip(words[::2], words[1::2])]

    def __str__(self):
        name = NAMES[self.op] if self.op < len(NAMES) else "opcode %d" % self.op
        if self.op == ERROR:
            return "ERROR %d %r" % (self.number, self.text)
        if self.op == OACK:
            return "OACK %s" % self.options
        return "%s %d of %d octets" % (name, self.number, len(self.payload))


def netascii(content):
    """As RFC 764 has it on the wire: LF is CR LF, a bare CR is CR NUL."""
    return content.replace(b"\r", b"\r\0").replace(b"\n", b"\r\n")
