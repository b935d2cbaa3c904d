#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Machines of each kind ask the servers of a network; what each would load.

usage: offer_live.py INTERFACE NAME SERVERS MACHINE=WANTED...

SERVERS is how many are to speak.  MACHINE is a row of MACHINES below; WANTED is "FILE@SERVER", "@SERVER" (some
file of that server), or "nothing".  Offers are collected and given to the
machine's model in every order in which they may come; with "early:" before
MACHINE in those only in which SERVER's is the first of a proxy (iPXE does not
wait for a second).  Prints TAP.
"""
import glob
import itertools
import os
import random
import select
import socket
import struct
import subprocess
import sys
import time

import offer_rank as rank

VECTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                       "../vectors/dhcp")
COLLECT_S, QUIET_S = 4, 0.8

# The DISCOVER of real firmware, the architecture put into it, the models that
# it must satisfy, and the port it asks 4011 from.
MACHINES = {
    "rom": ("rom-bios-discover", 0, (rank.rom, rank.ipxe), 68),
    "rom-real": ("rom-bios-discover", 0, (rank.rom,), 68),
    "ia32": ("ovmf-x64-discover", 6, (rank.edk2, rank.edk2_old), 4011),
    "x64": ("ovmf-x64-discover", 7, (rank.edk2, rank.edk2_old), 4011),
    "x64-9": ("ovmf-x64-discover", 9, (rank.edk2, rank.edk2_old), 4011),
    "arm32": ("ovmf-x64-discover", 10, (rank.edk2, rank.edk2_old), 4011),
    "aa64": ("ovmf-x64-discover", 11, (rank.edk2, rank.edk2_old), 4011),
    "x64-new": ("ovmf-x64-discover", 7, (rank.edk2,), 4011),
    "ia32-http": ("ovmf-x64-http-discover", 15, (rank.edk2_http,), 0),
    "x64-http": ("ovmf-x64-http-discover", 16, (rank.edk2_http,), 0),
    "aa64-http": ("ovmf-x64-http-discover", 19, (rank.edk2_http,), 0),
    "ipxe-bios": ("ipxe-bios-discover", 0, (rank.ipxe,), 68),
    "ipxe-x64": ("ipxe-efi-x64-discover", 7, (rank.ipxe,), 68),
    "u-boot": ("uboot-discover", 22, (rank.u_boot,), 68),
    "u-boot-proxy": ("uboot-discover", 22, (rank.u_boot_proxy,), 68),
    "u-boot-efi": ("uboot-as-pxeclient-discover", 11, (rank.u_boot,), 68),
}


def read_hex(name):
    path = glob.glob(os.path.join(VECTORS, name + ".hex"))[0]
    with open(path, encoding="ascii") as f:
        return bytes.fromhex("".join(line.split("#")[0] for line in f))


def option_list(octets):
    """(code, value) in their order."""
    out, at = [], 240
    while at < len(octets) and octets[at] != 255:
        if octets[at] == 0:
            at += 1
            continue
        end = at + 2 + octets[at + 1]
        out.append((octets[at], octets[at + 2:end]))
        at = end
    return out


class Machine:
    """One client, and the `wire` of its models."""

    def __init__(self, interface, kind):
        vector, arch, self.models, self.port = MACHINES[kind]
        self.interface, self.kind = interface, kind
        self.mac = bytes([0x52, 0x54]) + os.urandom(4)
        self.acks, self.binls = {}, {}
        octets = bytearray(read_hex(vector))
        octets[28:34] = self.mac
        octets[4:8] = os.urandom(4)
        octets[10:12] = b"\x80\0"  # all hear the answers
        self.head = bytes(octets[:240])
        self.options = [self.adapted(code, value, arch)
                        for code, value in option_list(octets)]
        self.ip("link", "set", interface, "address",
                ":".join("%02x" % octet for octet in self.mac))
        self.wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                  socket.htons(0x0800))
        self.wire.bind((interface, 0x0800))

    def adapted(self, code, value, arch):
        if code == 93:
            value = struct.pack("!H", arch)
        elif code == 60 and b":Arch:" in value:
            head, tail = value.split(b":Arch:")
            value = head + b":Arch:%05d" % arch + tail[5:]
        elif code == 61:
            value = b"\x01" + self.mac
        elif code == 97:
            value = b"\0" + self.mac + self.mac + b"\x40\0\x80\0"
        return code, value

    @staticmethod
    def ip(*words):
        subprocess.run(("ip",) + words, check=True)

    def message(self, kind, *more, ciaddr=b"\0" * 4):
        """Its DISCOVER as a message of that kind, with more options."""
        known = [(53, bytes([kind]))] + list(more) + [
            (code, value) for code, value in self.options
            if code not in (53, 50, 54)]
        octets = self.head[:12] + ciaddr + self.head[16:] + b"".join(
            bytes([code, len(value)]) + value for code, value in known)
        return (octets + b"\xff").ljust(300, b"\0")

    def broadcast(self, payload):
        udp = struct.pack("!HHHH", 68, 67, 8 + len(payload), 0) + payload
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, 0, 64,
                           17, 0, b"\0" * 4, b"\xff" * 4)
        total = sum(struct.unpack("!10H", head))
        total = (total & 0xffff) + (total >> 16)
        head = head[:10] + struct.pack("!H", ~total & 0xffff) + head[12:]
        self.wire.send(b"\xff" * 6 + self.mac + b"\x08\0" + head + udp)

    def hear(self, until):
        """The next message for this machine, or None."""
        while True:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.wire], [], [], left)[0]:
                return None
            frame = self.wire.recv(2048)
            at = 14 + (frame[14] & 15) * 4
            if frame[23] != 17 or frame[at + 2:at + 4] != b"\0\x44":
                continue
            try:
                reply = rank.Reply(frame[at + 8:], socket.inet_ntoa(
                    frame[26:30]), struct.unpack_from("!H", frame, at)[0])
            except ValueError:
                continue
            if reply.octets[0] == 2 and reply.mac == self.mac and \
                    reply.xid == self.head[4:8]:
                return reply

    def discover(self, servers):
        """The offers, one a server; until `servers` have spoken, or quiet."""
        offers, end = {}, time.monotonic() + COLLECT_S
        while len(offers) < servers and time.monotonic() < end:
            self.broadcast(self.message(1))
            quiet = time.monotonic() + QUIET_S
            while len(offers) < servers:
                offer = self.hear(quiet)
                if offer is None:
                    break
                if offer.kind == rank.OFFER:
                    offers.setdefault((offer.server, offer.is_proxy), offer)
        more = self.hear(time.monotonic() + QUIET_S / 2)
        while more is not None:  # somebody who ought to be silent
            offers.setdefault((more.server, more.is_proxy), more)
            more = self.hear(time.monotonic() + QUIET_S / 2)
        return list(offers.values())

    def request(self, offer):
        if offer.server not in self.acks:
            self.acks[offer.server] = self.ask_ack(offer)
        return self.acks[offer.server]

    def ask_ack(self, offer):
        for _ in range(3):
            self.broadcast(self.message(
                3, (50, socket.inet_aton(offer.yiaddr)),
                (54, socket.inet_aton(offer.server))))
            until = time.monotonic() + 1
            while True:
                ack = self.hear(until)
                if ack is None:
                    break
                if ack.kind == rank.ACK and not ack.is_proxy:
                    return ack
        return None

    def binl(self, address, ack, item):
        key = (address, ack.yiaddr, item)
        if key not in self.binls:
            self.binls[key] = self.ask_binl(address, ack, item)
        return self.binls[key]

    def ask_binl(self, address, ack, item):
        self.ip("address", "flush", "dev", self.interface)
        self.ip("address", "add", ack.yiaddr + "/24", "dev", self.interface)
        more = []
        if self.port == 68:
            more.append((54, socket.inet_aton(address)))
        if item is not None:
            more.append((43, b"\x47\4" + struct.pack("!HH", item, 0) +
                         b"\xff"))
        self.head = self.head[:4] + os.urandom(4) + self.head[8:]
        data = self.message(3, *more, ciaddr=socket.inet_aton(ack.yiaddr))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            udp.bind((ack.yiaddr, self.port))
            answer = self.converse(udp, data, address)
        self.ip("address", "flush", "dev", self.interface)
        return answer

    def converse(self, udp, data, address):
        for _ in range(3):
            udp.sendto(data, (address, 4011))
            if not select.select([udp], [], [], 1)[0]:
                continue
            octets, peer = udp.recvfrom(2048)
            answer = rank.Reply(octets, *peer)
            if answer.xid == data[4:8] and answer.kind == rank.ACK:
                return answer
        return None


def fits(out, wanted):
    if wanted == "nothing":
        return out.file is None
    file, server = wanted.rsplit("@", 1)
    got = out.file and out.file.split("?")[0]
    return out.server == server and got in ((file,) if file else (got,))


def orders(offers, wanted, is_early):
    for order in itertools.permutations(offers):
        proxies = [offer for offer in order if offer.is_proxy]
        if not is_early or proxies and \
                proxies[0].server == wanted.rsplit("@", 1)[1]:
            yield list(order)


def check(interface, name, kind, wanted, servers):
    is_early, kind = kind.startswith("early:"), kind.split(":")[-1]
    machine = Machine(interface, kind)
    offers = machine.discover(servers)
    status = 0
    for model in machine.models:
        bad = {str(out) for order in orders(offers, wanted, is_early)
               for out in [model(order, machine)]
               if not fits(out, wanted)}
        status |= bool(bad)
        print("%s - %s: %s by %s gets %s%s" % (
            "not ok" if bad else "ok", name, kind, model.__name__, wanted,
            "" if not bad else "; but " + ", or ".join(sorted(bad))))
        if bad:
            for offer in offers:
                print("# offer of %s: yiaddr %s siaddr %s file '%s' '%s' "
                      "options %s" % (offer.server, offer.yiaddr,
                                      offer.siaddr, offer.header_file,
                                      offer.file, sorted(offer.options)))
    return status


def main():
    interface, name, servers = sys.argv[1:4]
    random.seed()
    status = 0
    for row in sys.argv[4:]:
        kind, wanted = row.split("=", 1)
        status |= check(interface, name, kind, wanted, int(servers))
    sys.exit(status)


main()
