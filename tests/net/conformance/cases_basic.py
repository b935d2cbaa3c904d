# SPDX-License-Identifier: ISC
"""Who gets which address: RFC 2131 sections 3 and 4.3, RFC 6842, RFC 951."""
from caselib import table
from harness import SERVER
from wire import ACK, BOOTP, INFORM, NAK, OFFER, ip

CASES, case = table()
DUID = b"\xff\x00\x00\x00\x01\x00\x01\x29\x6d"


def in_range(t, address):
    n = [int(x) for x in address.split(".")]
    t.check(n[:2] == [10, 1] and n[2] in (1, 2), "%s is not in the range",
            address)


# --- DISCOVER ---

@case("4.3.1: a DISCOVER gets an offer from the range")
def _(t):
    in_range(t, t.client().offered().yiaddr)


@case("table 3: an offer has type, server, lease time")
def _(t):
    o = t.client().offered()
    for code in (53, 54, 51):
        t.check(code in o.options, "option %d is missing", code)
    t.equal("option 54", o.address(54), SERVER)


@case("table 3: op, htype, hlen, xid, chaddr of the request")
def _(t):
    c = t.client()
    o = t.expect(c.discover(xid=0xdeadbeef), OFFER)
    t.equal("op", o.op, 2)
    t.equal("htype, hlen", (o.htype, o.hlen), (1, 6))
    t.equal("chaddr", o.mac, c.mac)


@case("table 3: hops, secs and ciaddr of an offer are 0")
def _(t):
    o = t.client().offered(secs=77, hops=0)
    t.equal("hops, secs, ciaddr", (o.hops, o.secs, o.ciaddr),
            (0, 0, "0.0.0.0"))


@case("table 3: an offer has none of the client's own options")
def _(t):
    o = t.client().offered((50, ip("10.1.2.7")), (55, b"\1\3\x32\x37\x39"),
                           (57, b"\5\xdc"))
    for code in (50, 55, 57):
        t.check(code not in o.options, "option %d is there", code)


@case("4.3.1: the same client is offered the same address again")
def _(t):
    c = t.client()
    t.equal("yiaddr", c.offered().yiaddr, c.offered().yiaddr)


@case("4.3.1: two clients are offered two addresses")
def _(t):
    t.check(t.client().offered().yiaddr != t.client().offered().yiaddr,
            "one address for two")


@case("3.1.2: what is offered is not offered to another who asks for it")
def _(t):
    first = t.client().offered().yiaddr
    t.check(t.client().offered((50, ip(first))).yiaddr != first, "it is")


@case("4.3.1: a requested address that is free is given")
def _(t):
    o = t.client().offered((50, ip("10.1.2.77")))
    t.equal("yiaddr", o.yiaddr, "10.1.2.77")


@case("4.3.1: a requested address that is taken is not")
def _(t):
    c = t.client()
    c.bound()
    o = t.client().offered((50, ip(c.address)))
    t.check(o.yiaddr != c.address, "it is")
    in_range(t, o.yiaddr)


@case("4.3.1: a requested address outside of the range is not given")
def _(t):
    in_range(t, t.client().offered((50, ip("10.1.3.9"))).yiaddr)


@case("4.3.1: a requested address of another network is not given")
def _(t):
    in_range(t, t.client().offered((50, ip("198.51.100.9"))).yiaddr)


@case("4.3.1: a returning client gets its address back after a release")
def _(t):
    c = t.client()
    address = c.bound().yiaddr
    t.silent(c.release())
    t.client().bound()
    t.equal("yiaddr", c.offered().yiaddr, address)


@case("4.3.1: the lease time is the one that is asked for")
def _(t):
    t.equal("option 51", t.client().offered((51, b"\0\0\1\x2c")).number(51),
            300)


@case("4.3.1: at most the longest of the configuration")
def _(t):
    n = t.client().offered((51, b"\xff\xff\xff\xff")).number(51)
    t.check(n <= 1200, "option 51 is %d", n)


@case("4.3.1: the configured lease time if none is asked for")
def _(t):
    t.equal("option 51", t.client().offered().number(51), 600)


@case("4.4.5: T1 before T2 before the end")
def _(t):
    a = t.client().bound((55, b"\x3a\x3b\x33"))
    t1, t2, end = a.number(58), a.number(59), a.number(51)
    t.check(t1 is not None and t2 is not None, "58 or 59 is missing")
    t.check(0 < t1 < t2 < end, "%s, %s, %s", t1, t2, end)


@case("a reserved address is its machine's")
def _(t):
    c = t.client(mac=bytes.fromhex("029900000001"))
    t.equal("yiaddr", c.bound().yiaddr, "10.1.0.99")


@case("a reserved address of the range is given to nobody else")
def _(t):
    o = t.client().offered((50, ip("10.1.1.50")))
    t.check(o.yiaddr != "10.1.1.50", "it is")


@case("a reserved machine keeps its address over four client-ids")
def _(t):
    for i in range(4):
        c = t.client(mac=bytes.fromhex("029900000002"), cid=b"\0ROM%d" % i)
        t.equal("yiaddr", c.bound().yiaddr, "10.1.1.50")


def never_offered(t, address):
    for _ in range(3):
        t.send(t.client(relay="10.60.0.1").discover((50, ip(address))))
        t.fence("relay")
    wrong = [r for r in t.wires.replies if r.yiaddr == address]
    t.wires.replies.clear()
    t.check(not wrong, "it is")


@case("an address of this host is given to nobody")
def _(t):
    never_offered(t, "10.60.0.11")


@case("the router's address in the range is given to nobody")
def _(t):
    never_offered(t, "10.60.0.10")


@case("4.3.1: an empty pool is silent, and gives again what comes back")
def _(t):
    a, b, c = (t.client(relay="10.40.0.1") for _ in range(3))
    a.bound()
    b.bound()
    t.silent(c.discover(), "an offer from an empty pool")
    t.silent(a.release())
    t.equal("yiaddr", c.offered().yiaddr, a.address)


# --- REQUEST, selecting ---

@case("4.3.2: SELECTING: the address of the offer is acknowledged")
def _(t):
    c = t.client()
    offered = c.offered().yiaddr
    a = t.expect(c.select(), ACK)
    t.equal("yiaddr", a.yiaddr, offered)
    t.equal("ciaddr", a.ciaddr, "0.0.0.0")
    t.equal("option 54", a.address(54), SERVER)
    t.equal("option 51", a.number(51), 600)


@case("3.1.4: a repeated REQUEST is acknowledged again, the same way")
def _(t):
    c = t.client()
    c.bound()
    t.equal("yiaddr", t.expect(c.select(), ACK).yiaddr, c.address)


@case("4.3.2: SELECTING: another server was chosen: silence")
def _(t):
    c = t.client()
    c.offered()
    t.silent(c.select(server="10.1.0.66"))


@case("3.1.4: an offer that was not taken is free for others")
def _(t):
    c = t.client()
    address = c.offered((50, ip("10.1.2.90"))).yiaddr
    t.silent(c.select(server="10.1.0.66"))
    t.equal("yiaddr", t.client().offered((50, ip(address))).yiaddr, address)


@case("4.3.2: SELECTING: the address of another client: NAK")
def _(t):
    a, b = t.client(), t.client()
    a.bound()
    b.offered()
    t.expect(b.select(address=a.address), NAK)


@case("4.3.2: SELECTING: an address of another network: NAK")
def _(t):
    c = t.client()
    c.offered()
    t.expect(c.select(address="192.0.2.5"), NAK)


@case("4.3.2: SELECTING: the server's own address: NAK")
def _(t):
    c = t.client()
    c.offered()
    t.expect(c.select(address=SERVER), NAK)


@case("table 3: a NAK has server-id and no address, lease time, file")
def _(t):
    c = t.client()
    c.offered()
    n = t.expect(c.select(address="192.0.2.5"), NAK)
    t.equal("yiaddr, ciaddr, siaddr", (n.yiaddr, n.ciaddr, n.siaddr),
            ("0.0.0.0",) * 3)
    t.equal("option 54", n.address(54), SERVER)
    for code in (51, 58, 59, 1, 3, 6, 15):
        t.check(code not in n.options, "option %d is there", code)
    t.check(not n.file_field.strip(b"\0"), "there is a file")


# --- REQUEST, init-reboot ---

@case("4.3.2: INIT-REBOOT: the client's own address: ACK")
def _(t):
    c = t.client()
    c.bound()
    a = t.expect(c.reboot(), ACK)
    t.equal("yiaddr", a.yiaddr, c.address)
    t.equal("ciaddr", a.ciaddr, "0.0.0.0")


@case("4.3.2: INIT-REBOOT: a known client, a wrong address: NAK")
def _(t):
    c = t.client()
    c.bound()
    t.expect(c.reboot("10.1.2.200"), NAK)


@case("4.3.2: INIT-REBOOT: an unknown client: silence")
def _(t):
    t.silent(t.client().reboot("10.1.2.201"))


@case("4.3.2: INIT-REBOOT: an unknown client hears NAK from who is "
      "authoritative", variant="strict")
def _(t):
    t.expect(t.client().reboot("10.1.2.201"), NAK)


@case("4.3.2: INIT-REBOOT: a wrong network: NAK from who is authoritative",
      variant="strict")
def _(t):
    t.expect(t.client().reboot("192.0.2.9"), NAK)


@case("INIT-REBOOT: a wrong network is not ours to judge without it")
def _(t):
    t.silent(t.client().reboot("192.0.2.9"))


@case("4.3.2: INIT-REBOOT: another client's address is never confirmed")
def _(t):
    a = t.client()
    a.bound()
    t.not_acked(t.client().reboot(a.address))


# --- REQUEST, renewing and rebinding ---

@case("4.3.2: RENEWING: ACK with the same address and a new lease time")
def _(t):
    c = t.client()
    c.bound((51, b"\0\0\1\x2c"))
    a = t.expect(c.renew(), ACK)
    t.equal("yiaddr, ciaddr", (a.yiaddr, a.ciaddr), (c.address, c.address))
    t.equal("option 51", a.number(51), 600)


@case("4.3.2: REBINDING: ACK")
def _(t):
    c = t.client()
    c.bound()
    a = t.expect(c.rebind(), ACK)
    t.equal("yiaddr, ciaddr", (a.yiaddr, a.ciaddr), (c.address, c.address))


@case("4.3.2: RENEWING: another client's address: no ACK")
def _(t):
    a, b = t.client(), t.client()
    a.bound()
    b.bound()
    t.not_acked(b.renew(a.address))
    t.expect(a.renew(), ACK)


@case("4.3.2: REBINDING: an unknown client: silence")
def _(t):
    t.silent(t.client().rebind("10.1.2.202"))


@case("4.3.2: REBINDING: an unknown client of another network: NAK from who "
      "is authoritative", variant="strict")
def _(t):
    t.expect(t.client().rebind("192.0.2.10"), NAK)


@case("4.3.2: RENEWING: a NAK reaches the client on the link")
def _(t):
    c = t.client()
    c.bound()
    n = t.expect(c.rebind("10.1.2.203"), NAK)
    t.equal("destination", n.dst, "255.255.255.255")


# --- RELEASE, DECLINE ---

@case("4.3.4: RELEASE by a stranger changes nothing")
def _(t):
    a, b = t.client(), t.client()
    a.bound()
    b.bound()
    t.silent(b.release(address=a.address))
    t.expect(a.renew(), ACK)
    t.check(t.client().offered((50, ip(a.address))).yiaddr != a.address,
            "it was given away")


@case("4.3.4: RELEASE for another server changes nothing")
def _(t):
    c = t.client()
    c.bound()
    t.silent(c.release(server="10.1.0.66"))
    t.check(t.client().offered((50, ip(c.address))).yiaddr != c.address,
            "it was given away")


@case("4.3.3: DECLINE: the address is not given out again")
def _(t):
    c = t.client()
    first = c.bound().yiaddr
    t.silent(c.decline())
    t.check(c.offered().yiaddr != first, "the same client has it again")
    for _ in range(3):
        o = t.client().offered((50, ip(first)))
        t.check(o.yiaddr != first, "another client has it")


@case("4.3.3: DECLINE by a stranger changes nothing")
def _(t):
    a, b = t.client(), t.client()
    a.bound()
    b.bound()
    t.silent(b.decline(address=a.address))
    t.expect(a.renew(), ACK)


@case("4.3.3: DECLINE for another server changes nothing")
def _(t):
    c = t.client()
    c.bound()
    t.silent(c.decline(server="10.1.0.66"))
    t.expect(c.renew(), ACK)


@case("one client that declines everything leaves something for others")
def _(t):
    c = t.client(relay="10.50.0.1")
    for _ in range(8):
        message = c.discover()
        t.send(message)
        o = t.wires.wait(message.xid, 0.3)
        if o is None:
            break
        c.address, c.server = o.yiaddr, o.address(54)
        message = c.select()
        t.send(message)
        t.wires.wait(message.xid, 0.3)
        t.silent(c.decline())
    t.client(relay="10.50.0.1").offered()


# --- INFORM ---

@case("4.3.5: INFORM: ACK with options, without address and lease time")
def _(t):
    t.wires.owned["10.1.0.77"] = c_mac = b"\x02\x77\0\0\0\1"
    a = t.expect(t.client(mac=c_mac).inform("10.1.0.77", (55, b"\1\3\6")), ACK)
    t.equal("yiaddr", a.yiaddr, "0.0.0.0")
    t.equal("ciaddr", a.ciaddr, "10.1.0.77")
    for code in (51, 58, 59):
        t.check(code not in a.options, "option %d is there", code)
    t.equal("routers", a.address(3), SERVER)


@case("4.3.5: INFORM: the answer goes to ciaddr by unicast")
def _(t):
    t.wires.owned["10.1.0.78"] = c_mac = b"\x02\x77\0\0\0\2"
    a = t.expect(t.client(mac=c_mac).inform("10.1.0.78"), ACK)
    t.equal("destination", (a.dst, a.dport, a.eth_dst),
            ("10.1.0.78", 68, c_mac))


@case("INFORM from another network is not answered into it")
def _(t):
    t.silent(t.client().inform("198.51.100.7"))


@case("4.3.5: INFORM makes no lease")
def _(t):
    t.wires.owned["10.1.2.220"] = c_mac = b"\x02\x77\0\0\0\3"
    t.expect(t.client(mac=c_mac).inform("10.1.2.220"), ACK)
    t.equal("yiaddr", t.client().offered((50, ip("10.1.2.220"))).yiaddr,
            "10.1.2.220")


# --- who is who ---

@case("4.2: one client-id with two MACs is one client")
def _(t):
    a = t.client(cid=DUID + b"\1")
    a.bound()
    t.equal("yiaddr", t.client(cid=DUID + b"\1").offered().yiaddr, a.address)


@case("4.2: two client-ids with one MAC are two clients")
def _(t):
    a = t.client(cid=DUID + b"\2")
    a.bound()
    b = t.client(mac=a.mac, cid=DUID + b"\3")
    t.check(b.offered().yiaddr != a.address, "they have one address")


@case("boot ROM, iPXE and operating system have one address")
def _(t):
    rom = t.client(cid=b"\0" + bytes(range(16)),
                   more=[(60, b"PXEClient:Arch:00007:UNDI:003016"),
                         (93, b"\0\7")])
    rom.bound()
    ipxe = t.client(mac=rom.mac, cid=b"\1" + rom.mac, more=[
        (60, b"PXEClient:Arch:00007:UNDI:003010"), (77, b"iPXE"),
        (93, b"\0\7"), (175, b"\x13\1\1\x27\1\1")])
    t.equal("iPXE's address", ipxe.bound().yiaddr, rom.address)
    system = t.client(mac=rom.mac, cid=DUID + b"\4")
    t.equal("the system's address", system.bound().yiaddr, rom.address)


@case("4.2: hlen 0: the client-id is the client")
def _(t):
    c = t.client(mac=b"", cid=DUID + b"\5")
    o = t.expect(c.discover(hlen=0, flags=0x8000), OFFER)
    t.equal("again", t.expect(c.discover(hlen=0, flags=0x8000),
                              OFFER).yiaddr, o.yiaddr)


@case("hlen 0 and no client-id: silence")
def _(t):
    t.silent(t.client(mac=b"").discover(hlen=0))


# --- BOOTP ---

@case("951: a BOOTP request gets an address")
def _(t):
    r = t.expect(t.client().make(None), BOOTP)
    in_range(t, r.yiaddr)


@case("1534: a BOOTP reply has no option of DHCP")
def _(t):
    r = t.expect(t.client().make(None), BOOTP)
    bad = [c for c in r.order if 50 <= c <= 61]
    t.check(not bad, "options %s", bad)


@case("951: a BOOTP client has its address for ever")
def _(t):
    c = t.client()
    first = t.expect(c.make(None), BOOTP).yiaddr
    t.equal("yiaddr", t.expect(c.make(None), BOOTP).yiaddr, first)
    t.check(t.client().offered((50, ip(first))).yiaddr != first, "it is gone")


@case("951: a BOOTP reply has 300 octets, vend 64 of them")
def _(t):
    t.equal("octets", t.expect(t.client().make(None), BOOTP).octets, 300)


@case("1497: a BOOTP reply has mask and router")
def _(t):
    r = t.expect(t.client().make(None), BOOTP)
    t.equal("mask", r.address(1), "255.255.252.0")
    t.equal("router", r.address(3), "10.1.0.1")


@case("BOOTP is refused by configuration", variant="strict")
def _(t):
    t.silent(t.client().make(None))


@case("an INFORM is no BOOTP, nor is a type of 0")
def _(t):
    t.silent(t.client().make(0))
    t.silent(t.client().make(INFORM, ciaddr="198.51.100.8"))
