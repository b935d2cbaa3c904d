#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Makes an iPXE boot ROM look like a plain one.

usage: mask.py TAP PORT [always]

No package of Debian has a BIOS boot ROM other than iPXE.  This relay stands
between the card of a QEMU (-netdev socket,connect=127.0.0.1:PORT: frames with
their length before them, of which none is lost) and a tap.  Until the ROM asks
for its first file by TFTP, the options by which iPXE is known (77 and 175) are
taken out of its DHCP messages and its IPv6 is dropped: what remains is a ROM
with UNDI.  With "always" that goes on for the iPXE which it loads, and which
then looks like firmware that has not loaded anything yet.
"""
import fcntl
import os
import select
import socket
import struct
import sys

TUNSETIFF = 0x400454ca
IFF_TAP, IFF_NO_PI = 0x0002, 0x1000
HIDDEN = (77, 175)


def open_tap(name):
    tap = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH22x", name.encode(),
                                            IFF_TAP | IFF_NO_PI))
    return tap


def without_hidden(options):
    """The options, those that tell of iPXE overwritten with padding."""
    out, at = bytearray(options), 0
    while at + 1 < len(out) and out[at] != 255:
        if out[at] == 0:
            at += 1
            continue
        end = at + 2 + out[at + 1]
        if out[at] in HIDDEN:
            out[at:end] = bytes(end - at)
        at = end
    return out


def is_udp(frame):
    return (len(frame) >= 42 and frame[12:14] == b"\x08\x00"
            and frame[23] == 17)


def udp_at(frame):
    return 14 + (frame[14] & 15) * 4


def masked(frame):
    """A frame of the client as a plain ROM sends it; None: not at all."""
    if frame[12:14] == b"\x86\xdd":
        return None
    if is_udp(frame):
        at = udp_at(frame)
        options = at + 8 + 240
        if struct.unpack_from("!H", frame, at + 2)[0] == 67:
            frame = bytearray(frame)
            frame[options:] = without_hidden(frame[options:])
            frame[at + 6:at + 8] = b"\0\0"  # no UDP checksum
    return frame


def frames(stream):
    """Whole frames out of `stream`, which keeps the rest."""
    while len(stream) >= 4:
        end = 4 + struct.unpack_from("!I", stream)[0]
        if len(stream) < end:
            break
        yield bytes(stream[4:end])
        del stream[:end]


def main():
    tap = open_tap(sys.argv[1])
    listener = socket.create_server(("127.0.0.1", int(sys.argv[2])))
    card = listener.accept()[0]
    card.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    stream, is_masked = bytearray(), True
    while True:
        ready = select.select([tap, card], [], [])[0]
        if tap in ready:
            frame = os.read(tap, 65535)
            card.sendall(struct.pack("!I", len(frame)) + frame)
        if card not in ready:
            continue
        octets = card.recv(1 << 18)
        if not octets:
            return
        stream += octets
        for frame in frames(stream):
            if (is_udp(frame) and
                    frame[udp_at(frame) + 2:udp_at(frame) + 4] == b"\0\x45"):
                is_masked = sys.argv[3:] == ["always"]
            out = masked(frame) if is_masked else frame
            if out is not None:
                os.write(tap, bytes(out))


main()
