# SPDX-License-Identifier: ISC
"""A neighbour on the link of a DHCP server.

usage: dhcp_peer.py count-arp IF ADDRESS
           says "ready", and at SIGTERM how often somebody asked for ADDRESS
       dhcp_peer.py proxy-arp IF
           says "ready", and answers everybody for every address
       dhcp_peer.py discover IF MAC N
           sends a DISCOVER every 50 ms from N clients beginning with MAC, until
           each has an offer; says "offers: N, longest pause: M ms"
       dhcp_peer.py choose IF MAC SERVER
           sends a REQUEST that takes the offer of SERVER
"""
import signal
import socket
import struct
import sys
import time

ETH_P_IP, ETH_P_ARP, ETH_P_ALL = 0x0800, 0x0806, 0x0003
REQUEST, REPLY = 1, 2
ARP = "!6s6sH HHBBH 6s4s6s4s"


def open_packet(interface, protocol):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(protocol))
    s.bind((interface, protocol))
    return s


def requests(s):
    while True:
        frame = s.recv(2048)
        if len(frame) < struct.calcsize(ARP):
            continue
        f = struct.unpack_from(ARP, frame)
        if f[2] == ETH_P_ARP and f[7] == REQUEST:
            yield f


def count_arp(interface, address):
    n = 0

    def end(*_):
        print(f"asked {n} times", flush=True)
        sys.exit(0)

    wanted = socket.inet_aton(address)
    s = open_packet(interface, ETH_P_ARP)
    signal.signal(signal.SIGTERM, end)
    print("ready", flush=True)
    for f in requests(s):
        n += f[11] == wanted


def proxy_arp(interface):
    s = open_packet(interface, ETH_P_ARP)
    mac = s.getsockname()[4]
    print("ready", flush=True)
    for f in requests(s):
        s.send(struct.pack(ARP, f[8], mac, ETH_P_ARP, 1, ETH_P_IP, 6, 4,
                           REPLY, mac, f[11], f[8], f[9]))


def checksum(octets):
    n = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    n = (n & 0xFFFF) + (n >> 16)
    return 0xFFFF - (n & 0xFFFF) - (n >> 16)


def make_message(mac, xid, options=bytes([53, 1, 1])):
    dhcp = struct.pack("!BBBBIHH16x6s10x192xI", 1, 1, 6, 0, xid, 0, 0x8000,
                       mac, 0x63825363) + options + b"\xff"
    dhcp = dhcp.ljust(300, b"\0")
    udp = struct.pack("!HHHH", 68, 67, 8 + len(dhcp), 0) + dhcp
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0,
                     b"\0" * 4, b"\xff" * 4)
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    return b"\xff" * 6 + mac + struct.pack("!H", ETH_P_IP) + ip + udp


def discover(interface, first, n):
    first = int(first.replace(":", ""), 16)
    s = open_packet(interface, ETH_P_IP)
    s.settimeout(0.001)
    waiting, n_offers, last, longest = {}, 0, time.monotonic(), 0
    n = int(n)
    next_send, sent = time.monotonic(), 0
    deadline = next_send + 60
    while n_offers < n and time.monotonic() < deadline:
        now = time.monotonic()
        if sent < n and now >= next_send:
            xid = 0x1000 + sent
            waiting[xid] = now
            s.send(make_message((first + sent).to_bytes(6, "big"), xid))
            sent += 1
            next_send = now + 0.05
        try:
            frame = s.recv(2048)
        except socket.timeout:
            continue
        if len(frame) < 282 or frame[42] != 2 or frame[36:38] != b"\0\x44":
            continue
        xid = struct.unpack_from("!I", frame, 46)[0]
        if waiting.pop(xid, None) is not None:
            n_offers += 1
            if n_offers > 1:
                longest = max(longest, time.monotonic() - last)
            last = time.monotonic()
    print(f"offers: {n_offers}, longest pause: {int(longest * 1000)} ms")
    sys.exit(0 if n_offers == n else 1)


def choose(interface, mac, server):
    server = socket.inet_aton(server)
    options = (bytes([53, 1, 3, 54, 4]) + server + bytes([50, 4]) +
               server[:3] + b"\x42")
    open_packet(interface, ETH_P_IP).send(make_message(
        bytes.fromhex(mac.replace(":", "")), 0x77, options))


if __name__ == "__main__":
    {"count-arp": count_arp, "proxy-arp": proxy_arp,
     "discover": discover, "choose": choose}[sys.argv[1]](*sys.argv[2:])
