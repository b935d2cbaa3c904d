#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Writes down what the machines of a network do, one line a step:

    52:54:00:00:00:12 dhcp DISCOVER arch=7 firmware
    52:54:00:00:00:12 dhcp OFFER 192.168.200.12 snponly.efi of 192.168.200.1
    52:54:00:00:00:12 tftp RRQ snponly.efi
    52:54:00:00:00:12 http GET /boot.ipxe

usage: witness.py INTERFACE

It reads the wire and nothing else, so it tells whether a boot took the path
that the daemons say it took.  The MAC address is always the client's.
"""
import signal
import socket
import struct
import sys

ETH_P_ALL = 3
PACKET_OUTGOING = 4
DHCP_TYPES = ("?", "DISCOVER", "OFFER", "REQUEST", "DECLINE", "ACK", "NAK",
              "RELEASE", "INFORM")
TFTP_OPS = {1: "RRQ", 2: "WRQ", 5: "ERROR", 6: "OACK"}


def say(mac, *words):
    """One line; what is not printable ASCII shows as '?'."""
    text = " ".join([mac, *words])
    print("".join(c if " " <= c <= "~" else "?" for c in text), flush=True)


def text_of(octets):
    return octets.split(b"\0")[0].decode("latin-1")


def mac_of(octets):
    return ":".join("%02x" % octet for octet in octets)


def dhcp_options(octets):
    """The options of a message, by code; values of split ones joined."""
    options, at = {}, 0
    while at < len(octets) and octets[at] != 255:
        if octets[at] == 0:
            at += 1
            continue
        if at + 2 > len(octets):
            break
        code, size = octets[at], octets[at + 1]
        options[code] = options.get(code, b"") + octets[at + 2:at + 2 + size]
        at += 2 + size
    return options


def stage_of(options):
    """Who of a machine speaks: its firmware, iPXE, or something else."""
    vendor_class = text_of(options.get(60, b""))
    if 175 in options or b"iPXE" in options.get(77, b""):
        return "ipxe"
    if vendor_class.startswith(("PXEClient", "HTTPClient")):
        return "firmware"
    return vendor_class or "unnamed"


def see_dhcp(octets, source, is_4011):
    if len(octets) < 240 or octets[236:240] != b"\x63\x82\x53\x63":
        return
    options = dhcp_options(octets[240:])
    kind = options.get(53, b"\0")[0]
    kind = DHCP_TYPES[kind] if kind < len(DHCP_TYPES) else str(kind)
    mac = mac_of(octets[28:34])
    where = ("at", "4011") if is_4011 else ()
    if octets[0] == 1:
        arch = options.get(93, b"")
        arch = "arch=%d" % struct.unpack_from("!H", arch) if len(arch) >= 2 \
            else "arch=none"
        say(mac, "dhcp", kind, arch, stage_of(options), *where)
    else:
        file = text_of(options.get(67, b"")) or text_of(octets[108:236])
        say(mac, "dhcp", kind, socket.inet_ntoa(octets[16:20]), file or "-",
            "of", socket.inet_ntoa(source), *where)


def see_tftp(mac, octets):
    op = TFTP_OPS.get(struct.unpack_from("!H", octets)[0])
    if op is None:
        return
    words = [text_of(word) for word in octets[2:].split(b"\0") if word]
    if op == "ERROR":
        words = [str(struct.unpack_from("!H", octets, 2)[0]),
                 text_of(octets[4:])]
    say(mac, "tftp", op, *words)


def see_tcp(mac, octets, http="http"):
    start = (octets[12] >> 4) * 4
    head = octets[start:start + 4096]
    if head.startswith((b"GET ", b"HEAD ", b"POST ")):
        words = head.split(b"\r\n")[0].decode("latin-1").split(" ")
        say(mac, http, *words[:2])
    elif head.startswith(b"HTTP/1."):
        say(mac, http, "status", head[9:12].decode("latin-1"))


def see_frame(frame, is_ours, tftp_peers):
    """One Ethernet frame; `tftp_peers`: ports that clients ask TFTP from."""
    if len(frame) >= 74 and frame[12:14] == b"\x86\xdd" and frame[20] == 6:
        see_tcp(mac_of(frame[0:6] if is_ours else frame[6:12]),
                frame[54:54 + struct.unpack_from("!H", frame, 18)[0]], "http6")
        return
    if len(frame) < 34 or frame[12:14] != b"\x08\x00":
        return
    mac = mac_of(frame[0:6] if is_ours else frame[6:12])
    ip = frame[14:14 + struct.unpack_from("!H", frame, 16)[0]]
    payload = ip[(ip[0] & 15) * 4:]
    if len(payload) < 8 or struct.unpack_from("!H", ip, 6)[0] & 0x1fff:
        return
    source, to = struct.unpack_from("!HH", payload)
    if ip[9] == 6 and len(payload) >= 20:
        see_tcp(mac, payload)
    elif ip[9] == 17 and {source, to} & {67, 4011}:
        see_dhcp(payload[8:], ip[12:16], 4011 in (source, to))
    elif ip[9] == 17 and len(payload) >= 12:
        if to == 69:
            tftp_peers.add((mac, source))
        if (mac, to if is_ours else source) in tftp_peers:
            see_tftp(mac, payload[8:])


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                         socket.htons(ETH_P_ALL))
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 << 20)
    wire.bind((sys.argv[1], 0))
    tftp_peers = set()
    while True:
        frame, address = wire.recvfrom(65535)
        see_frame(frame, address[2] == PACKET_OUTGOING, tftp_peers)


main()
