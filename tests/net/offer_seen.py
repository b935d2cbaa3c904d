#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Holds the models of offer_rank.py against captures of real firmware.

usage: offer_seen.py FILE.pcap | FILE.boot...

Each boot session (from a DISCOVER to the next that is answered otherwise) is
given to the model of the firmware that sent it; what it asks at 4011 and
what it loads must be what is in the capture.  A line of a .boot file is a
packet: "SOURCE PORT DESTINATION PORT PROTOCOL PAYLOAD", the last in hex.
"""
import os
import socket
import struct
import sys

import offer_rank as rank


def lines(path):
    with open(path, encoding="ascii") as f:
        for line in f:
            if not line.startswith("#"):
                source, sport, dest, dport, protocol, data = line.split()
                yield (source, int(sport), dest, int(dport), int(protocol),
                       bytes.fromhex(data))


def packets(path):
    """(source, port, destination, port, protocol, payload) of each packet."""
    if path.endswith(".boot"):
        yield from lines(path)
        return
    with open(path, "rb") as f:
        data = f.read()
    order = "<" if data[:4] == b"\xd4\xc3\xb2\xa1" else ">"
    at = 24
    while at + 16 <= len(data):
        size = struct.unpack_from(order + "I", data, at + 8)[0]
        frame = data[at + 16:at + 16 + size]
        at += 16 + size
        if frame[12:14] != b"\x08\x00" or frame[23] not in (6, 17):
            continue
        l4 = 14 + (frame[14] & 15) * 4
        source, dest = struct.unpack_from("!HH", frame, l4)
        start = l4 + (8 if frame[23] == 17 else (frame[l4 + 12] >> 4) * 4)
        yield (socket.inet_ntoa(frame[26:30]), source,
               socket.inet_ntoa(frame[30:34]), dest, frame[23], frame[start:])


class Session:
    """What was said from one DISCOVER on, and what was loaded."""

    def __init__(self, discover):
        self.discover, self.offers, self.acks = discover, [], []
        self.binl_asked, self.binl_answers, self.loaded = [], [], None

    def request(self, offer):
        return next((a for a in self.acks if a.server == offer.server), None)

    def binl(self, address, _ack, _item):
        return next((a for a in self.binl_answers if a.source == address),
                    None)


def sessions(path):
    found = []
    for source, sport, dest, dport, protocol, data in packets(path):
        if protocol == 17 and {sport, dport} & {67, 4011} and len(data) > 240:
            message = rank.Reply(data, source, sport)
            if data[0] == 1 and message.kind == 1:
                if not found or message.xid != found[-1].discover.xid:
                    found.append(Session(message))
            elif not found:
                continue
            elif data[0] == 1 and dport == 4011:
                found[-1].binl_asked.append(dest)
            elif data[0] == 2 and sport == 4011:
                found[-1].binl_answers.append(message)
            elif message.kind == rank.OFFER:
                found[-1].offers.append(message)
            elif message.kind == rank.ACK:
                found[-1].acks.append(message)
        elif found and found[-1].loaded is None:
            if protocol == 17 and dport == 69 and data[:2] == b"\0\1":
                found[-1].loaded = dest, rank.text_of(data[2:])
            elif data.startswith((b"GET ", b"HEAD ")):
                found[-1].loaded = dest, data.split(b" ")[1].decode("latin-1")
    return found


def model_of(discover, path):
    if discover.vendor.startswith("HTTPClient"):
        return rank.edk2_http
    if discover.vendor.startswith("U-Boot") or "u-boot" in path:
        return rank.u_boot
    # the ROM of the captures is iPXE in disguise
    if 175 in discover.options or \
            discover.options.get(93) == b"\0\0":
        return rank.ipxe
    return rank.edk2


def check(path):
    status = 0
    for n, session in enumerate(sessions(path)):
        if not session.offers or not session.acks:
            continue
        model = model_of(session.discover, os.path.basename(path))
        if not session.discover.vendor.startswith(("PXE", "HTTP", "U-B")):
            continue
        out = model(session.offers, session)
        loaded = None
        if out.file:
            name = out.file
            if "://" in name:
                name = "/" + name.split("/", 3)[3]
            loaded = out.server, name
            if name == "*" and session.loaded:
                loaded = out.server, session.loaded[1]
        same = loaded == session.loaded and \
            set(out.asked) == set(session.binl_asked)
        status |= not same
        print("%s - %s, boot %d, %s: %s%s" % (
            "ok" if same else "not ok", os.path.basename(path), n + 1,
            model.__name__, out,
            "" if same else "; but it did %s, 4011 %s" % (
                session.loaded, session.binl_asked)))
    return status


if __name__ == "__main__":
    sys.exit(max(check(path) for path in sys.argv[1:]))
