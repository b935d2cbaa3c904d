#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Says once a second, as a router would, that there is no IPv6 here.

usage: ra.py INTERFACE

iPXE asks for IPv6 beside IPv4 and, where no router speaks at all, waits some
13 seconds for one before it goes on.
"""
import socket
import struct
import sys
import time

ROUTER_ADVERTISEMENT = 134

wire = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
wire.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
to = ("ff02::1", 0, 0, socket.if_nametoindex(sys.argv[1]))
# Hop limit 64, no flags (no DHCPv6), router lifetime 0, no prefix; the kernel
# puts the checksum in.
message = struct.pack("!BBHBBHII", ROUTER_ADVERTISEMENT, 0, 0, 64, 0, 0, 0, 0)
while True:
    try:
        wire.sendto(message, to)
    except OSError:  # no address yet
        pass
    time.sleep(1)
