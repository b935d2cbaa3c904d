#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Sends damaged DHCP packets: recorded ones with octets changed, cut, doubled,
or with lengths that lie, and plain noise.

usage: dhcp_mutate.py INTERFACE SECONDS SEED VECTOR...
"""
import random
import socket
import sys
import time


def read_vector(path):
    with open(path, encoding="ascii") as lines:
        return bytes.fromhex("".join(line.split("#")[0] for line in lines))


def flip(data):
    for _ in range(random.randint(1, 8)):
        data[random.randrange(len(data))] = random.getrandbits(8)


def cut(data):
    del data[random.randrange(len(data)):]


def double(data):
    at = random.randrange(len(data))
    data[at:at] = data[at:] * random.randint(1, 3)


def lie(data):
    """Option lengths: the most, the least, one off."""
    at = 240
    while at + 1 < len(data) and data[at] != 255:
        step = 2 + data[at + 1]
        if random.random() < 0.2:
            data[at + 1] = random.choice([0, 1, 255, (step - 1) & 255])
        at += step


def overload(data):
    data[240:240] = bytes([52, 1, random.randint(0, 4)])
    for at in (44, 108):
        data[at:at + 4] = bytes(random.getrandbits(8) for _ in range(4))


def noise(data):
    data[:] = bytes(random.getrandbits(8) for _ in range(
        random.choice([0, 1, 239, 240, 241, 300, 1400])))


def main():
    interface, seconds, seed = sys.argv[1:4]
    vectors = [read_vector(path) for path in sys.argv[4:]]
    random.seed(int(seed))
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    sock.setsockopt(socket.SOL_SOCKET, 25, interface.encode() + b"\0")
    sock.bind(("0.0.0.0", 68))
    end, n = time.monotonic() + float(seconds), 0
    while time.monotonic() < end:
        data = bytearray(random.choice(vectors))
        for _ in range(random.randint(1, 3)):
            if data:
                random.choice([flip, cut, double, lie, overload, noise])(data)
        try:
            sock.sendto(bytes(data[:60000]), ("255.255.255.255", 67))
            n += 1
        except OSError:
            time.sleep(0.001)
        if n % 50 == 0:
            time.sleep(0.002)
    print(n, "packets")


main()
