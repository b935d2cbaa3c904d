# SPDX-License-Identifier: ISC
"""DHCP messages and the frames around them, to be right and to be wrong."""
import socket
import struct

MAGIC = b"\x63\x82\x53\x63"
BOOTP, DISCOVER, OFFER, REQUEST, DECLINE, ACK, NAK, RELEASE, INFORM = range(9)
BROADCAST_MAC = b"\xff" * 6
BROADCAST = "255.255.255.255"


def ip(text):
    return socket.inet_aton(text)


def text(octets):
    return socket.inet_ntoa(octets)


def opt(code, value=b""):
    if isinstance(value, int):
        value = bytes([value])
    return bytes([code, len(value)]) + value


def ip_sum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(">%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Message:
    """A request.  Everything can be set, also what no client should send."""

    def __init__(self, kind, mac, xid, options=(), **fields):
        self.kind, self.mac, self.xid = kind, mac, xid
        self.options = list(options)
        self.op, self.htype, self.hlen, self.hops = 1, 1, 6, 0
        self.secs = self.flags = 0
        self.ciaddr = self.yiaddr = self.siaddr = self.giaddr = "0.0.0.0"
        self.sname = self.file = b""
        self.magic, self.end, self.tail = MAGIC, True, b""
        self.cut = None  # octets of the payload
        # the frame
        self.link, self.eth_dst = "local", None
        self.src, self.dst = None, None
        self.sport, self.dport = None, 67
        self.bad_udp_sum = self.no_udp_sum = False
        for name, value in fields.items():
            if not hasattr(self, name):
                raise TypeError(name)
            setattr(self, name, value)

    def payload(self):
        data = struct.pack(">BBBBIHH", self.op, self.htype, self.hlen,
                           self.hops, self.xid, self.secs, self.flags)
        for address in (self.ciaddr, self.yiaddr, self.siaddr, self.giaddr):
            data += ip(address)
        data += self.mac.ljust(16, b"\0")[:16]
        data += self.sname.ljust(64, b"\0") + self.file.ljust(128, b"\0")
        data += self.magic
        if self.kind is not None:
            data += opt(53, self.kind)
        data += b"".join(opt(*o) if isinstance(o, tuple) else o
                         for o in self.options)
        data += (b"\xff" if self.end else b"") + self.tail
        if self.end and not self.tail:
            data = data.ljust(300, b"\0")
        return data if self.cut is None else data[:self.cut]

    def frame(self, src_mac, dst_mac, src, dst, sport):
        data = self.payload()
        udp = struct.pack(">HHHH", sport, self.dport, 8 + len(data), 0)
        pseudo = ip(src) + ip(dst) + struct.pack(">BBH", 0, 17, 8 + len(data))
        total = ip_sum(pseudo + udp + data) or 0xffff
        if self.bad_udp_sum:
            total ^= 0x1234
        if self.no_udp_sum:
            total = 0
        udp = udp[:6] + struct.pack(">H", total)
        head = struct.pack(">BBHHHBBH", 0x45, 0, 28 + len(data), 1, 0, 64, 17,
                           0) + ip(src) + ip(dst)
        head = head[:10] + struct.pack(">H", ip_sum(head)) + head[12:]
        return dst_mac + src_mac + b"\x08\x00" + head + udp + data


class Reply:
    """What a server sent: the frame's addresses, fields, options."""

    def __init__(self, link, frame):
        self.link = link
        self.eth_dst, self.eth_src = frame[:6], frame[6:12]
        head = frame[14:34]
        self.ip_sum_ok = ip_sum(head) == 0
        self.ttl = head[8]
        self.src, self.dst = text(head[12:16]), text(head[16:20])
        total = struct.unpack(">H", head[2:4])[0]
        udp = frame[34:14 + total]
        self.sport, self.dport, self.udp_len, self.udp_sum = \
            struct.unpack(">HHHH", udp[:8])
        self.data = data = udp[8:self.udp_len]
        self.octets = len(data)
        if self.octets < 240 or data[236:240] != MAGIC:
            raise ValueError("no DHCP message")
        (self.op, self.htype, self.hlen, self.hops, self.xid, self.secs,
         self.flags) = struct.unpack(">BBBBIHH", data[:12])
        self.ciaddr, self.yiaddr, self.siaddr, self.giaddr = (
            text(data[i:i + 4]) for i in (12, 16, 20, 24))
        self.mac = data[28:34]
        self.sname_field, self.file_field = data[44:108], data[108:236]
        self.faults = []
        self.order, self.options, self.in_field = [], {}, {}
        self.read("options", data[240:])
        overload = self.options.get(52, b"\0")[0]
        if overload & 1:
            self.read("file", self.file_field)
        if overload & 2:
            self.read("sname", self.sname_field)
        self.kind = self.options.get(53, b"\0")[0]

    def read(self, field, data):
        at = 0
        while at < len(data) and data[at] != 255:
            code = data[at]
            if code == 0:
                self.faults.append("a pad between options in " + field)
                at += 1
                continue
            if at + 2 > len(data) or at + 2 + data[at + 1] > len(data):
                self.faults.append("option %d runs out of %s" % (code, field))
                return
            value = data[at + 2:at + 2 + data[at + 1]]
            if code not in self.options:
                self.order.append(code)
            self.options[code] = self.options.get(code, b"") + value
            self.in_field.setdefault(code, field)
            at += 2 + len(value)
        if at == len(data):
            self.faults.append("no END in " + field)
        elif field == "options" and data[at + 1:].strip(b"\0"):
            self.faults.append("something behind END")

    def address(self, code):
        return text(self.options[code]) if len(
            self.options.get(code, b"")) == 4 else None

    def number(self, code):
        return int.from_bytes(self.options[code], "big") \
            if code in self.options else None


def parse_frame(link, frame):
    """A Reply, or None: something else than a server's datagram."""
    if len(frame) < 42 or frame[12:14] != b"\x08\x00" or frame[14] != 0x45 \
            or frame[23] != 17:
        return None
    sport, dport = struct.unpack(">HH", frame[34:38])
    if sport != 4011 and (sport != 67 or dport not in (67, 68, 1067)):
        return None
    try:
        return Reply(link, frame)
    except (ValueError, struct.error, IndexError):
        return None
