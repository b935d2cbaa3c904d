# SPDX-License-Identifier: ISC
"""Octets and frames: RFC 2131 sections 2 and 4.1, RFC 2132, 3396, 6842."""
from caselib import table
from harness import SERVER
from wire import ACK, BROADCAST, BROADCAST_MAC, NAK, OFFER, ip, opt

CASES, case = table()
LONG_RELAY = "10.30.0.1"  # its network has options of 460 octets
LONG = b"\x11\x0e\x28"


# --- options ---

@case("3.5: options that are asked for are there")
def _(t):
    o = t.client().offered((55, b"\1\3\6\x0f"))
    t.equal("mask", o.address(1), "255.255.252.0")
    t.equal("router", o.address(3), SERVER)
    t.equal("DNS", o.address(6), "10.1.0.2")
    t.equal("domain", o.options.get(15, b"").rstrip(b"\0"), b"example.org")


@case("3.5: they are in the ACK, too, with the same values")
def _(t):
    c = t.client()
    o = c.offered((55, b"\1\3\6\x0f"))
    a = t.expect(c.select(None, None, (55, b"\1\3\6\x0f")), ACK)
    for code in (1, 3, 6, 15, 51, 54):
        t.equal("option %d" % code, a.options.get(code), o.options.get(code))


@case("4.3.1: what is not configured is not made up")
def _(t):
    o = t.client().offered((55, bytes([2, 5, 7, 9, 42, 69, 119, 121, 252])))
    t.check(not set(o.order) & {2, 5, 7, 9, 42, 69, 119, 121, 252},
            "%s", o.order)


@case("9.8: options are in the order in which they are asked for")
def _(t):
    o = t.client().offered((55, b"\x0f\6\3\1"))
    asked = [c for c in o.order if c in (15, 6, 3)]
    t.equal("the order", asked, [15, 6, 3])


@case("2132 3.3: the mask is before the router, whatever is asked")
def _(t):
    o = t.client().offered((55, b"\3\1"))
    t.check(o.order.index(1) < o.order.index(3), "%s", o.order)


@case("4.1: the type is the first option")
def _(t):
    t.equal("the first", t.client().offered().order[0], 53)


@case("option 55 of 255 octets")
def _(t):
    o = t.client().offered((55, bytes(range(1, 255)) + b"\1"))
    t.equal("router", o.address(3), SERVER)


@case("an empty option 55, an option of length 0")
def _(t):
    t.client().offered((55, b""), (12, b""))


@case("6842: the client-id comes back in an offer")
def _(t):
    c = t.client(cid=b"\0six-eight-four-two")
    t.equal("option 61", c.offered().options.get(61), c.cid)


@case("6842: in an ACK")
def _(t):
    c = t.client(cid=b"\0six-eight-four-three")
    t.equal("option 61", c.bound().options.get(61), c.cid)


@case("6842: in a NAK")
def _(t):
    c = t.client(cid=b"\0six-eight-four-four")
    c.bound()
    t.equal("option 61", t.expect(c.reboot("10.1.2.230"), NAK).options.get(61),
            c.cid)


@case("6842: none where the client has none")
def _(t):
    t.check(61 not in t.client().offered().options, "there is one")


@case("option 97 comes back to a machine that boots")
def _(t):
    uuid = b"\0" + bytes(range(16))
    c = t.client(more=[(60, b"PXEClient:Arch:00007:UNDI:003016"),
                       (93, b"\0\7"), (97, uuid)])
    t.equal("option 97", c.offered().options.get(97), uuid)


@case("3396: a client-id in two pieces is one")
def _(t):
    c = t.client()
    o = t.expect(c.discover((61, b"\0first-"), (61, b"second")), OFFER)
    t.equal("option 61", o.options.get(61), b"\0first-second")


@case("3396: two clients differ in the second piece")
def _(t):
    a = t.client()
    one = t.expect(a.discover((61, b"\0piece-"), (61, b"one")), OFFER)
    two = t.expect(t.client(mac=a.mac).discover((61, b"\0piece-"),
                                                (61, b"two")), OFFER)
    t.check(one.yiaddr != two.yiaddr, "they are one")


@case("a client-id of 255 octets")
def _(t):
    c = t.client(cid=b"\0" + b"x" * 254)
    o = t.expect(c.discover(), OFFER)
    t.equal("option 61", o.options.get(61), c.cid)


@case("3396: options go on in file and sname (overload)")
def _(t):
    o = t.expect(t.client().discover(
        opt(52, 3), file=opt(50, ip("10.1.2.240")) + b"\xff",
        sname=opt(51, b"\0\0\1\x2c") + b"\xff"), OFFER)
    t.equal("yiaddr", o.yiaddr, "10.1.2.240")
    t.equal("option 51", o.number(51), 300)


@case("4.1: without option 52 file and sname are no options")
def _(t):
    o = t.expect(t.client().discover(
        file=opt(50, ip("10.1.2.241")) + b"\xff"), OFFER)
    t.check(o.yiaddr != "10.1.2.241", "they are")


# --- sizes ---

@case("1542 2.1: a reply has at least 300 octets")
def _(t):
    for kind in (t.client().offered(), t.client().bound()):
        t.check(kind.octets >= 300, "%d", kind.octets)


@case("2: without option 57 at most 576 octets with IP and UDP")
def _(t):
    o = t.client(relay=LONG_RELAY).offered((55, b"\1\3" + LONG))
    t.check(o.octets + 28 <= 576, "%d", o.octets + 28)


@case("9.10: with option 57 of 1500 everything fits, without overload")
def _(t):
    o = t.client(relay=LONG_RELAY).offered((55, b"\1\3" + LONG),
                                           (57, b"\5\xdc"))
    t.check(all(c in o.options for c in LONG), "%s", o.order)
    t.check(52 not in o.options, "overloaded")


@case("4.1: overload where it helps, each field with its own END")
def _(t):
    o = t.client(relay=LONG_RELAY).offered((55, b"\1\3" + LONG))
    t.check(not o.faults, "%s", o.faults)
    t.check(o.number(52) in (1, 2, 3), "option 52 is %s", o.number(52))
    t.check({53, 54, 51} <= {c for c, f in o.in_field.items()
                             if f == "options"}, "%s", o.in_field)


@case("9.10: option 57 below 576 counts as 576")
def _(t):
    o = t.client(relay=LONG_RELAY).offered((55, b"\1\3" + LONG),
                                           (57, b"\1\x2c"))
    t.check(300 < o.octets + 28 <= 576, "%d", o.octets + 28)


@case("9.10: option 57 of 800 is kept")
def _(t):
    o = t.client(relay=LONG_RELAY).offered((55, b"\1\3" + LONG),
                                           (57, b"\3\x20"))
    t.check(o.octets + 28 <= 800, "%d", o.octets + 28)
    t.check(17 in o.options, "option 17 is missing")


@case("9.10: option 57 of 65535: one Ethernet frame all the same")
def _(t):
    o = t.client(relay=LONG_RELAY).offered((55, LONG), (57, b"\xff\xff"))
    t.check(o.octets + 28 <= 1500, "%d", o.octets + 28)


@case("a DISCOVER of 1400 octets")
def _(t):
    more = [(224 + i, b"x" * 200) for i in range(5)]
    t.client().offered(*more)


# --- packets that are wrong ---

def wrong(name, **fields):
    @case(name)
    def _(t):
        t.silent(t.client().discover(**fields))


wrong("op of a reply: silence", op=2)
wrong("op 0: silence", op=0)
wrong("op 3: silence", op=3)
wrong("hlen 17: silence", hlen=17)
wrong("hlen 255: silence", hlen=255)
wrong("a wrong magic cookie: silence", magic=b"\x63\x82\x53\x64")
wrong("no magic cookie: silence", cut=236)
wrong("half a head: silence", cut=100)
wrong("an empty datagram: silence", cut=0)
wrong("an option that runs out of the packet: silence", end=False,
      tail=b"\x0c\xff" + b"xyz")
wrong("an option without a length: silence", end=False, tail=b"\x0c")
wrong("a wrong UDP checksum: silence", bad_udp_sum=True)


def wrong_type(name, *kinds):
    @case(name)
    def _(t):
        for kind in kinds:
            t.silent(t.client().make(kind))


wrong_type("types that a server sends: silence", 2, 5, 6)
wrong_type("type 0: silence", 0)
wrong_type("types beyond INFORM: silence", 9, 10, 13, 18, 200, 255)


@case("option 53 of two octets: silence")
def _(t):
    t.silent(t.client().make(None, (53, b"\1\1")))


@case("a REQUEST without any address: silence")
def _(t):
    t.silent(t.client().make(3))


@case("an Ethernet group address is no client")
def _(t):
    t.silent(t.client(mac=b"\x01\0\x5e\0\0\x05").discover())
    t.silent(t.client(mac=b"\xff" * 6).discover())


@case("no UDP checksum at all is right")
def _(t):
    t.expect(t.client().discover(no_udp_sum=True), OFFER)


@case("options without END are forgiven")
def _(t):
    t.expect(t.client().discover(end=False), OFFER)


@case("octets behind END are not looked at")
def _(t):
    t.expect(t.client().discover(tail=b"\x0c\xff\x35\1\7"), OFFER)


@case("xid 0")
def _(t):
    message = t.client().discover()
    message.xid = 0
    t.expect(message, OFFER)


@case("reserved bits of the flags")
def _(t):
    t.expect(t.client().discover(flags=0x7fff), OFFER)


# --- destinations ---

@case("4.1: no address, no flag: a frame to chaddr and yiaddr, port 68")
def _(t):
    c = t.client()
    o = c.offered()
    t.equal("frame", (o.eth_dst, o.dst, o.dport), (c.mac, o.yiaddr, 68))


@case("4.1: no address, the flag: broadcast, also on Ethernet")
def _(t):
    o = t.client().offered(flags=0x8000)
    t.equal("frame", (o.eth_dst, o.dst, o.dport),
            (BROADCAST_MAC, BROADCAST, 68))
    t.equal("flags", o.flags, 0x8000)


@case("4.1: the ACK goes like the offer")
def _(t):
    c = t.client()
    a = c.bound()
    t.equal("frame", (a.eth_dst, a.dst, a.dport), (c.mac, a.yiaddr, 68))
    c = t.client()
    c.offered()
    a = t.expect(c.select(flags=0x8000), ACK)
    t.equal("frame", (a.eth_dst, a.dst), (BROADCAST_MAC, BROADCAST))


@case("4.1: INIT-REBOOT: like a client without an address")
def _(t):
    c = t.client()
    c.bound()
    a = t.expect(c.reboot(), ACK)
    t.equal("frame", (a.eth_dst, a.dst, a.dport), (c.mac, c.address, 68))


@case("4.1: ciaddr: unicast to it, the flag notwithstanding")
def _(t):
    c = t.client()
    c.bound()
    for message in (c.renew(), c.rebind(), c.renew(flags=0x8000)):
        a = t.expect(message, ACK)
        t.equal("frame", (a.eth_dst, a.dst, a.dport), (c.mac, c.address, 68))


@case("4.1: a NAK is broadcast, without the flag, too")
def _(t):
    c = t.client()
    c.bound()
    n = t.expect(c.reboot("10.1.2.231"), NAK)
    t.equal("frame", (n.eth_dst, n.dst, n.dport),
            (BROADCAST_MAC, BROADCAST, 68))


@case("4.1: source port 67 and the server's address")
def _(t):
    for flags in (0, 0x8000):
        o = t.client().offered(flags=flags)
        t.equal("source", (o.src, o.sport), (SERVER, 67))


@case("both checksums of a frame are right")
def _(t):
    o = t.client().offered()
    t.check(o.ip_sum_ok and o.udp_sum != 0 and o.ttl > 1, "they are not")


@case("a DISCOVER to the server's address")
def _(t):
    c = t.client()
    o = t.expect(c.discover(dst=SERVER, src="10.1.3.200"), OFFER)
    t.equal("frame", (o.eth_dst, o.dst), (c.mac, o.yiaddr))


@case("a DISCOVER with an address of elsewhere is not answered there")
def _(t):
    t.send(t.client().discover(ciaddr="198.51.100.9", src="0.0.0.0"))
    t.fence("local")
    stray = [r for r in t.wires.replies if r.dst == "198.51.100.9"]
    t.wires.replies.clear()
    t.check(not stray, "it is")


@case("4.1: not Ethernet: broadcast")
def _(t):
    c = t.client(mac=bytes(range(0x10, 0x18)), cid=b"\0ib")
    o = t.expect(c.discover(htype=32, hlen=8), OFFER)
    t.equal("frame", (o.eth_dst, o.dst), (BROADCAST_MAC, BROADCAST))
    t.equal("htype, hlen", (o.htype, o.hlen), (32, 8))
