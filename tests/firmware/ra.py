#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Says once a second what a router would say of IPv6.

usage: ra.py INTERFACE [PREFIX [NAME-SERVER]] [other]

Without a prefix: that there is no IPv6 here.  iPXE asks for IPv6 beside IPv4
and, where no router speaks at all, waits some 13 seconds for one before it
goes on.  With one, a /64 such as fd00:16:: : machines make addresses of it by
themselves (SLAAC); a name server is told as well (RFC 8106), and with "other"
that there is more to be had by DHCPv6 (the O flag).
"""
import socket
import struct
import sys
import time

ROUTER_ADVERTISEMENT = 134
OTHER = 0x40
ON_LINK_AND_AUTONOMOUS = 0xc0
VALID_S, PREFERRED_S, ROUTER_S = 7200, 3600, 1800


def prefix_option(prefix):
    """RFC 4861 section 4.6.2."""
    return struct.pack("!BBBBIII16s", 3, 4, 64, ON_LINK_AND_AUTONOMOUS,
                       VALID_S, PREFERRED_S, 0,
                       socket.inet_pton(socket.AF_INET6, prefix))


def dns_option(server):
    """RFC 8106 section 5.1."""
    return struct.pack("!BBHI16s", 25, 3, 0, ROUTER_S,
                       socket.inet_pton(socket.AF_INET6, server))


def advertisement(words):
    """Hop limit 64; the kernel puts the checksum in."""
    flags = OTHER if "other" in words else 0
    words = [word for word in words if word != "other"]
    router_s = ROUTER_S if words else 0
    return (struct.pack("!BBHBBHII", ROUTER_ADVERTISEMENT, 0, 0, 64, flags,
                        router_s, 0, 0)
            + b"".join(prefix_option(word) for word in words[:1])
            + b"".join(dns_option(word) for word in words[1:2]))


def main():
    wire = socket.socket(socket.AF_INET6, socket.SOCK_RAW,
                         socket.IPPROTO_ICMPV6)
    wire.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
    to = ("ff02::1", 0, 0, socket.if_nametoindex(sys.argv[1]))
    message = advertisement(sys.argv[2:])
    while True:
        try:
            wire.sendto(message, to)
        except OSError:  # no address yet
            pass
        time.sleep(1)


main()
