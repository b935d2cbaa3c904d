#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""One DHCP client asks once; says what it was told.

usage: dhcp_once.py INTERFACE MAC get|discover [SECONDS]
       dhcp_once.py INTERFACE MAC reboot|renew|release|decline ADDRESS [SECONDS]

Repeats its message until it is answered, SECONDS (20) long.  Prints one line:
"ACK ADDRESS LEASE-TIME", "OFFER ADDRESS", "NAK" or "silence"; release and
decline are sent once and print "sent".  An answer to renew goes to the
address, so the interface must have it.
"""
import os
import random
import select
import socket
import struct
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import dhcp_storm as storm  # noqa: E402

DECLINE, RETRY_S = 4, 0.5


class Asker(storm.Client):
    def __init__(self, interface, mac):
        super().__init__(0)
        self.mac = bytes.fromhex(mac.replace(":", ""))
        self.xid = random.getrandbits(32)
        self.sock = storm.open_socket(interface)

    def send(self, data):
        try:
            self.sock.sendto(data, ("255.255.255.255", 67))
        except OSError:
            pass  # as if it were lost

    def receive(self, wait_s):
        """(kind, address, options) of an answer to us, or None."""
        end = time.monotonic() + wait_s
        while True:
            left = max(0, end - time.monotonic())
            if not select.select([self.sock], [], [], left)[0]:
                return None
            data = self.sock.recv(2048)
            options = storm.parse(data)
            if options and data[28:34] == self.mac and \
                    struct.unpack(">I", data[4:8])[0] == self.xid:
                return options[53][0], data[16:20], options

    def ask(self, data, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.send(data)
            answer = self.receive(RETRY_S)
            if answer:
                return answer
        return None


def tell(answer):
    if answer is None:
        return "silence"
    kind, address, options = answer
    if kind == storm.NAK:
        return "NAK"
    text = socket.inet_ntoa(address)
    if kind == storm.OFFER:
        return "OFFER " + text
    return "ACK %s %d" % (text, struct.unpack(">I", options[51])[0])


def main():
    interface, mac, what = sys.argv[1:4]
    rest = sys.argv[4:]
    none = b"\0" * 4
    asker = Asker(interface, mac)
    address = none
    if what not in ("get", "discover"):
        address = socket.inet_aton(rest.pop(0))
    seconds = float(rest[0]) if rest else 20
    server = storm.option(54, socket.inet_aton(os.environ.get("SERVER",
                                                              "10.60.0.1")))
    wish = storm.option(50, address)
    if what == "release":
        asker.send(asker.message(storm.RELEASE, address, server))
        print("sent")
        return
    if what == "decline":
        asker.send(asker.message(DECLINE, none, wish, server))
        print("sent")
        return
    if what == "reboot":
        data = asker.message(storm.REQUEST, none, wish)
    elif what == "renew":
        data = asker.message(storm.REQUEST, address)
    else:
        data = asker.message(storm.DISCOVER)
    answer = asker.ask(data, seconds)
    if what == "get" and answer and answer[0] == storm.OFFER:
        answer = asker.ask(asker.message(
            storm.REQUEST, none, storm.option(50, answer[1]),
            storm.option(54, answer[2][54])), seconds)
    print(tell(answer))


if __name__ == "__main__":
    main()
