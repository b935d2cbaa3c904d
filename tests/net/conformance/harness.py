# SPDX-License-Identifier: ISC
"""What the cases are written with.

Two cables lead to the server: "local", on which clients are, and "relay", on
which the test is every relay agent and every router's client.  Silence is
proved by a fence: a request behind it that must be answered, on the same
cable; so no case waits for a clock where the server is right.
"""
import random
import select
import socket
import struct
import time

from caselib import Failed
from wire import (ACK, BROADCAST, BROADCAST_MAC, DISCOVER, INFORM, NAK, OFFER,
                  RELEASE, DECLINE, REQUEST, Message, ip, parse_frame, text)

SERVER = "10.1.0.1"        # on the local cable
UPSTREAM = "172.16.0.1"    # on the relays' cable
RELAY = "10.20.0.1"
DEADLINE_S = 2.0
N_FENCES = 8


class Cable:
    def __init__(self, name, interface, server_mac):
        self.name, self.server_mac = name, server_mac
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                  socket.htons(3))
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 23)
        self.sock.bind((interface, 0))
        self.mac = self.sock.getsockname()[4]

    def read(self):
        """The frames that came in."""
        while True:
            try:
                frame, where = self.sock.recvfrom(4096, socket.MSG_DONTWAIT)
            except OSError:
                return
            if where[2] != socket.PACKET_OUTGOING:
                yield frame


class Wires:
    """The cables, and the clients' ARP."""

    def __init__(self, cables):
        self.cables = {c.name: c for c in cables}
        self.owned = {}  # address: mac, answered on the local cable
        self.replies = []

    def send(self, message):
        cable = self.cables[message.link]
        src, dst, sport = message.src, message.dst, message.sport
        relayed = message.giaddr != "0.0.0.0"
        if src is None:
            src = message.giaddr if relayed else message.ciaddr
        if dst is None:
            dst = UPSTREAM if message.link == "relay" else BROADCAST
        if sport is None:
            sport = 67 if relayed else 68
        eth_dst = message.eth_dst or (
            BROADCAST_MAC if dst == BROADCAST else cable.server_mac)
        src_mac = message.mac[:6].ljust(6, b"\2")
        if message.link == "relay" or message.hlen != 6 or src_mac[0] & 1:
            src_mac = cable.mac
        cable.sock.send(message.frame(src_mac, eth_dst, src, dst, sport))

    def answer_arp(self, cable, frame):
        if frame[12:14] != b"\x08\x06" or frame[20:22] != b"\0\1":
            return
        mac = self.owned.get(text(frame[38:42]))
        if mac and cable.name == "local":
            cable.sock.send(frame[6:12] + mac + b"\x08\x06" +
                            struct.pack(">HHBBH", 1, 0x800, 6, 4, 2) +
                            mac + frame[38:42] + frame[22:32])

    def pump(self, seconds):
        """Reads what comes within this time, or at once what is there."""
        select.select([c.sock for c in self.cables.values()], [], [], seconds)
        for cable in self.cables.values():
            for frame in cable.read():
                self.answer_arp(cable, frame)
                reply = parse_frame(cable.name, frame)
                if reply:
                    self.replies.append(reply)

    def wait(self, xid, seconds=DEADLINE_S):
        """The first reply to a message that nobody took yet, or None."""
        end = time.monotonic() + seconds
        while True:
            for i, reply in enumerate(self.replies):
                if reply.xid == xid:
                    return self.replies.pop(i)
            left = end - time.monotonic()
            if left <= 0:
                return None
            self.pump(left)


class Client:
    """One machine; keeps what it was given."""
    count = 0

    def __init__(self, case, mac=None, cid=None, link="local", relay=None,
                 agent=None, more=()):
        Client.count += 1
        self.case = case
        self.mac = mac or b"\x02\x10" + struct.pack(">I", Client.count)
        self.cid, self.agent, self.more = cid, agent, list(more)
        self.relay = relay
        self.link = "relay" if relay else link
        self.address = self.server = None

    def make(self, kind, *options, **fields):
        options = list(options) + self.more
        if self.cid is not None:
            options.append((61, self.cid))
        if self.agent is not None:
            options.append((82, self.agent))
        fields.setdefault("link", self.link)
        if self.relay:
            fields.setdefault("giaddr", self.relay)
        return Message(kind, self.mac, fields.pop("xid", None) or
                       random.getrandbits(32), options, **fields)

    def discover(self, *options, **fields):
        return self.make(DISCOVER, *options, **fields)

    def select(self, address=None, server=None, *options, **fields):
        return self.make(REQUEST, (50, ip(address or self.address)),
                         (54, ip(server or self.server)), *options, **fields)

    def reboot(self, address=None, *options, **fields):
        return self.make(REQUEST, (50, ip(address or self.address)), *options,
                         **fields)

    def renew(self, address=None, *options, **fields):
        fields.setdefault("dst", SERVER if self.link == "local" else UPSTREAM)
        return self.make(REQUEST, *options, ciaddr=address or self.address,
                         **fields)

    def rebind(self, address=None, *options, **fields):
        return self.make(REQUEST, *options, ciaddr=address or self.address,
                         **fields)

    def inform(self, address, *options, **fields):
        return self.make(INFORM, *options, ciaddr=address, **fields)

    def release(self, address=None, server=None, **fields):
        fields.setdefault("dst", SERVER if self.link == "local" else UPSTREAM)
        return self.make(RELEASE, (54, ip(server or self.server)),
                         ciaddr=address or self.address, **fields)

    def decline(self, address=None, server=None, **fields):
        return self.make(DECLINE, (50, ip(address or self.address)),
                         (54, ip(server or self.server)), **fields)

    def offered(self, *options, **fields):
        """The offer that it gets."""
        offer = self.case.expect(self.discover(*options, **fields), OFFER)
        self.address, self.server = offer.yiaddr, offer.address(54)
        return offer

    def bound(self, *options, **fields):
        """DISCOVER to ACK: the ACK."""
        self.offered(*options, **fields)
        fields.pop("flags", None)
        ack = self.case.expect(self.select(None, None, *options, **fields),
                               ACK)
        self.address = ack.yiaddr
        if self.link == "local":
            self.case.wires.owned[self.address] = self.mac
        return ack


class Case:
    """One case at work; its methods raise Failed."""

    def __init__(self, wires, server, fences):
        self.wires, self.server, self.fences = wires, server, fences
        self.xids = set()

    def client(self, **how):
        return Client(self, **how)

    def check(self, is_so, what, *values):
        if not is_so:
            raise Failed(what % values if values else what)

    def equal(self, what, value, wanted):
        self.check(value == wanted, "%s is %s, not %s", what, value, wanted)

    def send(self, message):
        self.wires.pump(0)
        self.xids.add(message.xid)
        self.wires.send(message)

    def expect(self, message, kind):
        """The one reply of that kind."""
        self.send(message)
        reply = self.wires.wait(message.xid)
        self.check(reply is not None, "no answer")
        self.equal("the kind of the reply", reply.kind, kind)
        self.check(not reply.faults, "%s", "; ".join(reply.faults))
        return reply

    def fence(self, link):
        """Everything sent before on this cable was looked at."""
        clients = self.fences[link]
        clients.append(clients.pop(0))
        message = clients[0].reboot()
        self.wires.send(message)
        return self.wires.wait(message.xid) is not None

    def silent(self, message, what="an answer that must not be"):
        self.send(message)
        self.fence(message.link)
        reply = self.wires.wait(message.xid, 0)
        self.check(reply is None, "%s: kind %s, yiaddr %s", what,
                   reply and reply.kind, reply and reply.yiaddr)

    def not_acked(self, message):
        """Silence or a NAK."""
        self.send(message)
        self.fence(message.link)
        reply = self.wires.wait(message.xid, 0)
        self.check(reply is None or reply.kind == NAK, "an ACK")
        return reply

    def finish(self):
        """Nobody was answered twice."""
        self.wires.pump(0)
        twice = [r for r in self.wires.replies if r.xid in self.xids]
        self.wires.replies.clear()
        self.check(not twice, "a second answer")


def make_fences(wires, server):
    """Clients with a lease on each cable, to ask behind silence."""
    case = Case(wires, server, {})
    fences = {"local": [], "relay": []}
    for link in fences:
        for _ in range(N_FENCES):
            client = case.client(relay=RELAY if link == "relay" else None)
            client.bound()
            fences[link].append(client)
    return fences
