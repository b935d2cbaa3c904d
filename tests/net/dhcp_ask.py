#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""One message of one DHCP client, and what comes back.

usage: dhcp_ask.py INTERFACE MAC discover|init|release|decline [ADDRESS]
       dhcp_ask.py INTERFACE MAC take [ADDRESS]

"take" is DISCOVER and REQUEST.  Prints the type of the answer and its address
("ACK 10.0.0.7"), or "nothing" after two seconds.
"""
import random
import select
import socket
import struct
import sys
import time

from dhcp_storm import (ACK, DISCOVER, NAK, OFFER, RELEASE, REQUEST, Client,
                        option, parse)

DECLINE = 4
NAMES = {OFFER: "OFFER", ACK: "ACK", NAK: "NAK"}


class Asker(Client):
    def __init__(self, interface, mac):
        super().__init__(0)
        self.mac = bytes.fromhex(mac.replace(":", ""))
        self.xid = random.getrandbits(32)
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for name in (socket.SO_BROADCAST, socket.SO_REUSEADDR):
            self.sock.setsockopt(socket.SOL_SOCKET, name, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, 25, interface.encode() + b"\0")
        self.sock.bind(("0.0.0.0", 68))

    def send(self, *message):
        self.sock.sendto(self.message(*message), ("255.255.255.255", 67))

    def hear(self):
        """Type, address and server of the answer; None: there is none."""
        until = time.monotonic() + 2
        while select.select([self.sock], [], [],
                            max(0, until - time.monotonic()))[0]:
            data = self.sock.recv(2048)
            options = parse(data)
            if options and struct.unpack(">I", data[4:8])[0] == self.xid:
                return options[53][0], data[16:20], options.get(54)
        return None


def main():
    interface, mac, what = sys.argv[1:4]
    wish = [socket.inet_aton(a) for a in sys.argv[4:5]]
    named = [option(50, a) for a in wish]
    asker = Asker(interface, mac)
    if what in ("discover", "take"):
        asker.send(DISCOVER, b"\0" * 4, *named)
    elif what == "init":
        asker.send(REQUEST, b"\0" * 4, *named)
    elif what == "release":
        asker.send(RELEASE, wish[0])
        return
    elif what == "decline":
        asker.send(DECLINE, b"\0" * 4, *named)
        return
    answer = asker.hear()
    if what == "take" and answer is not None and answer[0] == OFFER:
        asker.send(REQUEST, b"\0" * 4, option(50, answer[1]),
                   option(54, answer[2]))
        answer = asker.hear()
    print("nothing" if answer is None else
          f"{NAMES[answer[0]]} {socket.inet_ntoa(answer[1])}")


if __name__ == "__main__":
    main()
