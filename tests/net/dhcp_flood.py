#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Broken and hostile DHCP clients.

usage: dhcp_flood.py INTERFACE HOW COUNT

Sends COUNT DISCOVERs as fast as it can and prints how many OFFERs of how many
addresses came.  HOW: "one" machine; one machine with many client "ids"; a new
"mac" in every packet.
"""
import random
import socket
import struct
import sys
import time

MAGIC = b"\x63\x82\x53\x63"


def discover(mac, xid, client_id):
    head = struct.pack(">BBBBIHH", 1, 1, 6, 0, xid, 0, 0x8000)
    packet = head + b"\0" * 16 + mac + b"\0" * 202 + MAGIC + b"\x35\x01\x01"
    if client_id:
        packet += bytes([61, len(client_id)]) + client_id
    return packet + b"\xff"


def read_offers(sock, xids, offers):
    while True:
        try:
            data = sock.recv(4096)
        except BlockingIOError:
            return
        if len(data) > 240 and struct.unpack(">I", data[4:8])[0] in xids:
            offers.append(data[16:20])


def main(interface, how, count):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE,
                    interface.encode())
    sock.bind(("", 68))
    sock.setblocking(False)
    xids, offers = set(), []
    for i in range(count):
        number = i if how == "mac" else 0
        mac = b"\x02\x66" + struct.pack(">I", number)
        xid = random.getrandbits(32)
        xids.add(xid)
        client_id = b"\xff" + struct.pack(">I", i) if how == "ids" else b""
        sock.sendto(discover(mac, xid, client_id), ("255.255.255.255", 67))
        read_offers(sock, xids, offers)
        if how != "one" and i % 20 == 0:
            time.sleep(0.01)
    end = time.monotonic() + 2
    while time.monotonic() < end:
        read_offers(sock, xids, offers)
        time.sleep(0.02)
    print(len(offers), len(set(offers)))


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
