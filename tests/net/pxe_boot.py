#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A machine that boots from the network, as far as DHCP goes.

usage: pxe_boot.py INTERFACE MAC KIND [ROUTER]

KIND is one of the table below.  Asks for an address, waits for all offers as
firmware does, takes the first address, sets it on the interface, and goes on
to port 4011 where the offer of a proxy leaves the file open (EDK2: option 60
without the tags of PXE 1.0; iPXE: no siaddr or no file).  With ALL_OFFERS
in the environment it waits as long as EDK2 does.  Prints a line for each thing
that it hears:

    OFFER server yiaddr siaddr file=.. class=.. tags=.. from=address:port
    ACK ...
    BINL ...               the answer to its REQUEST on port 4011
    BOOTS siaddr file      what it loads; nothing where there is none
"""
import os
import random
import select
import socket
import struct
import subprocess
import sys
import time

from dhcp_peer import checksum, open_packet
from dhcp_storm import ACK, DISCOVER, OFFER, REQUEST, MAGIC, option, parse

ETH_P_IP = 0x0800
# name: (option 60, option 93, more options)
KINDS = {
    "bios": ("PXEClient:Arch:00000:UNDI:002001", 0, b""),
    "efi": ("PXEClient:Arch:00007:UNDI:003016", 7, b""),
    "aa64": ("PXEClient:Arch:00011:UNDI:003000", 11, b""),
    "http": ("HTTPClient:Arch:00016:UNDI:003001", 16, b""),
    "ipxe": ("PXEClient:Arch:00000:UNDI:002001", 0,
             option(77, b"iPXE") +
             option(175, bytes([19, 1, 1, 39, 1, 1, 33, 1, 1, 24, 1, 1]))),
    "os": (None, None, b""),
}


class Machine:
    def __init__(self, interface, mac, kind):
        self.interface = interface
        self.mac = bytes.fromhex(mac.replace(":", ""))
        self.kind = kind
        self.xid = random.getrandbits(32)
        self.sock = open_packet(interface, ETH_P_IP)

    def options(self):
        vendor, arch, more = KINDS[self.kind]
        if vendor is None:
            return option(55, bytes([1, 3, 6]))
        return (option(57, b"\x05\xc0") +
                option(55, bytes([1, 3, 43, 54, 60, 66, 67, 97])) +
                option(97, b"\0" + b"\x42" * 10 + self.mac) +
                option(93, struct.pack(">H", arch)) +
                option(94, bytes([1, 3, 16])) +
                option(60, vendor.encode()) + more)

    def message(self, kind, ciaddr=b"\0" * 4, more=b"", xid=None):
        head = struct.pack(">BBBBIHH", 1, 1, 6, 0, xid or self.xid, 4, 0x8000)
        return (head + ciaddr + b"\0" * 12 + self.mac + b"\0" * 202 + MAGIC +
                option(53, bytes([kind])) + more + self.options() + b"\xff")

    def broadcast(self, payload):
        udp = struct.pack("!HHHH", 68, 67, 8 + len(payload), 0) + payload
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17,
                         0, b"\0" * 4, b"\xff" * 4)
        ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
        self.sock.send(b"\xff" * 6 + self.mac + struct.pack("!H", ETH_P_IP) +
                       ip + udp)

    def replies(self, seconds, enough):
        """What comes back to us in that time, or until it is enough."""
        until, got = time.monotonic() + seconds, []
        while not enough(got) and select.select(
                [self.sock], [], [], max(0, until - time.monotonic()))[0]:
            frame = self.sock.recv(2048)
            if frame[12:14] != b"\x08\0" or frame[23] != 17:
                continue
            at = 14 + (frame[14] & 15) * 4
            source, port, target = struct.unpack_from("!HH", frame, at) + (
                frame[0:6],)
            if port != 68 or target not in (b"\xff" * 6, self.mac):
                continue
            reply = Reply(frame[at + 8:], frame[26:30], source)
            if reply.xid == self.xid and reply.mac == self.mac:
                got.append(reply)
        return got


class Reply:
    def __init__(self, data, source, port):
        self.options = parse(data) or {}
        self.xid = struct.unpack_from(">I", data, 4)[0]
        self.mac = data[28:34]
        self.yiaddr, self.siaddr = data[16:20], data[20:24]
        self.type = self.options.get(53, b"\0")[0]
        self.server = self.options.get(54, source)
        self.vendor = self.options.get(60, b"").decode("latin-1")
        self.file = (self.options.get(67) or data[108:236]).split(b"\0")[0]
        self.source = f"{socket.inet_ntoa(source)}:{port}"
        tags, at = self.options.get(43, b""), 0
        self.tags = []
        while at + 1 < len(tags) and tags[at] != 255:
            self.tags.append(tags[at])
            at += 2 + tags[at + 1]

    def is_proxy(self):
        return self.yiaddr == b"\0" * 4

    def is_boot(self):
        return self.vendor[:9] in ("PXEClient", "HTTPClien")

    def __str__(self):
        return " ".join([
            socket.inet_ntoa(self.server), socket.inet_ntoa(self.yiaddr),
            socket.inet_ntoa(self.siaddr),
            f"file={self.file.decode('latin-1')}", f"class={self.vendor}",
            "tags=" + ",".join(map(str, self.tags)), f"from={self.source}"])


def set_address(interface, address, router):
    subprocess.run(["ip", "addr", "flush", "dev", interface], check=True)
    subprocess.run(["ip", "addr", "add", f"{address}/24", "dev", interface],
                   check=True)
    for via in router:
        subprocess.run(["ip", "route", "replace", "default", "via", via],
                       check=True)


def ask_binl(machine, offer, address):
    """The REQUEST of EDK2: from port 4011 to port 4011, a new xid."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((socket.inet_ntoa(address), 4011))
    server = offer.siaddr if any(offer.siaddr) else offer.server
    target = (socket.inet_ntoa(server), 4011)
    xid = random.getrandbits(32)
    for _ in range(4):
        sock.sendto(machine.message(REQUEST, address, xid=xid), target)
        if not select.select([sock], [], [], 1)[0]:
            continue
        data, source = sock.recvfrom(2048)
        reply = Reply(data, socket.inet_aton(source[0]), source[1])
        if reply.xid == xid and source == target:
            return reply
    return None


def needs_binl(machine, offer):
    if machine.kind == "http":
        return False
    if machine.kind == "ipxe":
        return not (any(offer.siaddr) and offer.file)
    return not offer.tags or not offer.file


def main():
    interface, mac, kind = sys.argv[1:4]
    machine = Machine(interface, mac, kind)
    has_both = (lambda got: "ALL_OFFERS" not in os.environ and
                any(r.is_proxy() for r in got) and
                any(not r.is_proxy() for r in got))
    offers = []
    for _ in range(4):
        machine.broadcast(machine.message(DISCOVER))
        offers += [r for r in machine.replies(1.5, has_both)
                   if r.type == OFFER]
        if any(not r.is_proxy() for r in offers):
            break
    for offer in offers:
        print("OFFER", offer, flush=True)
    plain = [r for r in offers if not r.is_proxy()]
    if not plain:
        sys.exit("no address was offered")
    machine.broadcast(machine.message(
        REQUEST, more=option(50, plain[0].yiaddr) +
        option(54, plain[0].server)))
    acks = [r for r in machine.replies(3, lambda got: any(
        r.type == ACK for r in got)) if r.type == ACK]
    for ack in acks:
        print("ACK", ack, flush=True)
    if not acks:
        sys.exit("no address was acknowledged")
    set_address(interface, socket.inet_ntoa(acks[0].yiaddr), sys.argv[4:5])
    proxies = [r for r in offers if r.is_proxy() and r.is_boot()]
    best = acks[0] if acks[0].file else None
    if proxies:
        best = proxies[0]
        if needs_binl(machine, best):
            best = ask_binl(machine, best, acks[0].yiaddr)
            print("BINL", best, flush=True)
    if best is not None and best.file:
        server = best.siaddr if any(best.siaddr) else best.server
        print("BOOTS", socket.inet_ntoa(server), best.file.decode("latin-1"))


if __name__ == "__main__":
    main()
