#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Many TFTP transfers that last: each from an address of its own, each
acknowledging one block every now and then.  Used by test_tell.

usage: tftp_crowd.py SERVER FIRST-ADDRESS N SECONDS ACK-EVERY-MS NAME

At the end every client breaks off with an ERROR.  Prints how many of them got
data, and how many blocks all of them got.
"""
import heapq
import ipaddress
import select
import socket
import struct
import sys
import time

RRQ, DATA, ACK, ERROR, OACK = 1, 3, 4, 5, 6


class Client:
    def __init__(self, server, address, name):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind((str(address), 0))
        self.sock.setblocking(False)
        self.tid, self.block, self.blocks = None, 0, 0
        self.sock.sendto(struct.pack(">H", RRQ) + name.encode() +
                         b"\0octet\0blksize\0" b"600\0tsize\0" b"0\0",
                         (server, 69))

    def take(self):
        """Is there something to be acknowledged?"""
        try:
            packet, self.tid = self.sock.recvfrom(2000)
        except (BlockingIOError, ConnectionRefusedError):
            return False
        op = struct.unpack(">H", packet[:2])[0]
        if op == OACK:
            self.block = 0
        elif op == DATA:
            self.block = struct.unpack(">H", packet[2:4])[0]
            self.blocks += 1
        return op in (OACK, DATA)

    def say(self, packet):
        if self.tid:
            try:
                self.sock.sendto(packet, self.tid)
            except ConnectionRefusedError:
                pass


def main():
    server, first, n, seconds, every_ms, name = sys.argv[1:]
    first = ipaddress.ip_address(first)
    clients = [Client(server, first + i, name) for i in range(int(n))]
    poll = select.epoll()
    by_fd = {}
    for c in clients:
        by_fd[c.sock.fileno()] = c
        poll.register(c.sock, select.EPOLLIN)
    due, order = [], 0
    end = time.monotonic() + float(seconds)
    while (now := time.monotonic()) < end:
        wait = min(0.05, max(0, due[0][0] - now)) if due else 0.05
        for fd, _ in poll.poll(wait):
            if by_fd[fd].take():
                order += 1
                at = time.monotonic() + float(every_ms) / 1000
                heapq.heappush(due, (at, order, by_fd[fd]))
        while due and due[0][0] <= time.monotonic():
            c = heapq.heappop(due)[2]
            c.say(struct.pack(">HH", ACK, c.block))
    for c in clients:
        c.say(struct.pack(">HH", ERROR, 0) + b"enough\0")
    print(sum(c.blocks > 0 for c in clients), sum(c.blocks for c in clients))


main()
