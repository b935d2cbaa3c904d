# SPDX-License-Identifier: ISC
"""Relay agents: RFC 2131 section 4.1, RFC 3046, 3527, 5107."""
from caselib import table
from harness import RELAY, UPSTREAM
from wire import ACK, BOOTP, NAK, OFFER, ip, opt

CASES, case = table()
AGENT = opt(1, b"eth0/7") + opt(2, b"switch-3")
LINK_30 = opt(5, ip("10.30.0.0"))
OVERRIDE = opt(11, ip(RELAY))


def net(address):
    return address.rsplit(".", 1)[0]


@case("4.3.1: the relay's address names the network")
def _(t):
    o = t.client(relay=RELAY).offered((55, b"\1\3"))
    t.equal("network", net(o.yiaddr), "10.20.0")
    t.equal("mask", o.address(1), "255.255.255.0")
    t.equal("router", o.address(3), "10.20.0.1")


@case("4.1: a reply goes to the relay's address and port 67")
def _(t):
    for message in (t.client(relay=RELAY).offered(),
                    t.client(relay=RELAY).bound()):
        t.equal("destination", (message.dst, message.dport), (RELAY, 67))


@case("4.1: also if the flag asks for a broadcast, which is passed on")
def _(t):
    o = t.client(relay=RELAY).offered(flags=0x8000)
    t.equal("destination", (o.dst, o.dport, o.flags), (RELAY, 67, 0x8000))


@case("table 3: giaddr comes back")
def _(t):
    t.equal("giaddr", t.client(relay=RELAY).offered().giaddr, RELAY)


@case("4.1: a relay that sends from another port is answered at 67")
def _(t):
    c = t.client(relay=RELAY)
    o = t.expect(c.discover(sport=1067), OFFER)
    t.equal("port", o.dport, 67)


@case("a request that came over four relays")
def _(t):
    o = t.client(relay=RELAY).offered(hops=4)
    t.equal("giaddr", o.giaddr, RELAY)


@case("54 is the address that the relay wrote to")
def _(t):
    t.equal("option 54", t.client(relay=RELAY).offered().address(54), UPSTREAM)


@case("a relay of an unknown network: silence")
def _(t):
    t.silent(t.client(relay="10.99.0.1").discover())


@case("no relay has the address of a network, or of all hosts")
def _(t):
    t.silent(t.client(relay="10.20.0.0").discover())
    t.silent(t.client(relay="10.20.0.255").discover())


@case("4.3.2: a NAK goes to the relay, with the flag set")
def _(t):
    c = t.client(relay=RELAY)
    c.bound()
    n = t.expect(c.reboot("10.20.0.222"), NAK)
    t.equal("destination", (n.dst, n.dport), (RELAY, 67))
    t.equal("flags, giaddr", (n.flags, n.giaddr), (0x8000, RELAY))


@case("4.3.2: a client that moved to another network hears NAK")
def _(t):
    c = t.client(relay=RELAY)
    c.bound()
    c.relay = "10.30.0.1"
    t.expect(c.reboot(), NAK)


@case("a client on two networks has two addresses")
def _(t):
    a = t.client(relay=RELAY)
    a.bound()
    b = t.client(mac=a.mac, relay="10.30.0.1")
    t.equal("network", net(b.bound().yiaddr), "10.30.0")
    t.expect(a.reboot(), ACK)
    t.expect(b.reboot(), ACK)


@case("4.3.2: a relayed client renews by itself, and is answered by itself")
def _(t):
    c = t.client(relay=RELAY)
    c.bound()
    c.relay = None
    a = t.expect(c.renew(), ACK)
    t.equal("destination", (a.dst, a.dport), (c.address, 68))
    t.equal("yiaddr", a.yiaddr, c.address)


@case("INFORM by a relay")
def _(t):
    a = t.expect(t.client(relay=RELAY).inform("10.20.0.5", (55, b"\3")), ACK)
    t.equal("router", a.address(3), "10.20.0.1")


@case("RELEASE by a relay")
def _(t):
    c = t.client(relay=RELAY)
    c.bound()
    t.silent(c.release())
    t.not_acked(t.client(relay=RELAY).reboot(c.address))


@case("BOOTP by a relay")
def _(t):
    r = t.expect(t.client(relay=RELAY).make(None), BOOTP)
    t.equal("destination", (r.dst, r.dport), (RELAY, 67))


# --- option 82 ---

@case("3046: option 82 comes back in an offer, as it was")
def _(t):
    o = t.client(relay=RELAY, agent=AGENT).offered()
    t.equal("option 82", o.options.get(82), AGENT)


@case("3046: in an ACK")
def _(t):
    a = t.client(relay=RELAY, agent=AGENT).bound()
    t.equal("option 82", a.options.get(82), AGENT)


@case("3046: in a NAK")
def _(t):
    c = t.client(relay=RELAY, agent=AGENT)
    c.bound()
    n = t.expect(c.reboot("10.20.0.223"), NAK)
    t.equal("option 82", n.options.get(82), AGENT)


@case("3046: in the ACK of an INFORM")
def _(t):
    c = t.client(relay=RELAY, agent=AGENT)
    a = t.expect(c.inform("10.20.0.6"), ACK)
    t.equal("option 82", a.options.get(82), AGENT)


@case("3046: it is the last option")
def _(t):
    o = t.client(relay=RELAY, agent=AGENT).offered((55, b"\1\3\6\x52\x0f"))
    t.equal("the last", o.order[-1], 82)


@case("3046: none where there was none")
def _(t):
    t.check(82 not in t.client(relay=RELAY).offered((55, b"\x52")).options,
            "there is one")


@case("3046: sub-options that nobody knows, in any order, twice")
def _(t):
    agent = opt(151, b"vrf") + opt(2, b"b") + opt(1, b"a") + opt(1, b"a")
    o = t.client(relay=RELAY, agent=agent).offered()
    t.equal("option 82", o.options.get(82), agent)


def long_agent(octets):
    @case("3046: option 82 of %d octets comes back whole" % octets)
    def _(t):
        agent = opt(1, b"c" * 100) + opt(2, b"r" * (octets - 104))
        o = t.client(relay=RELAY, agent=agent).offered((55, b"\1\3"))
        t.equal("octets of 82", len(o.options.get(82, b"")), octets)
        t.equal("option 82", o.options.get(82), agent)
        t.equal("router", o.address(3), "10.20.0.1")


long_agent(128)
long_agent(200)
long_agent(255)


@case("3046: a long option 82 beside long options")
def _(t):
    agent = opt(1, b"c" * 253)
    o = t.client(relay="10.30.0.1", agent=agent).offered(
        (55, b"\1\3\x11\x0e\x28"))
    t.equal("option 82", o.options.get(82), agent)
    t.equal("its field", o.in_field[82], "options")


@case("3046: option 82 without a relay comes back, too")
def _(t):
    o = t.client(agent=AGENT).offered()
    t.equal("option 82", o.options.get(82), AGENT)


@case("a broken option 82 comes back, and is not believed")
def _(t):
    agent = LINK_30 + b"\x01\x40ab"
    o = t.client(relay=RELAY, agent=agent).offered()
    t.equal("option 82", o.options.get(82), agent)
    t.equal("network", net(o.yiaddr), "10.20.0")


# --- link selection, server override ---

@case("3527: link selection names the network")
def _(t):
    o = t.client(relay=RELAY, agent=AGENT + LINK_30).offered()
    t.equal("network", net(o.yiaddr), "10.30.0")


@case("3527: the answer goes to the relay all the same")
def _(t):
    o = t.client(relay=RELAY, agent=LINK_30).offered()
    t.equal("destination, giaddr", (o.dst, o.dport, o.giaddr),
            (RELAY, 67, RELAY))
    t.equal("option 82", o.options.get(82), LINK_30)


@case("3527: the ACK is of that network")
def _(t):
    a = t.client(relay=RELAY, agent=LINK_30).bound()
    t.equal("network", net(a.yiaddr), "10.30.0")


@case("3527: a relay of an unknown network with a known link")
def _(t):
    c = t.client(relay="172.16.0.2", agent=LINK_30)
    t.equal("network", net(c.offered().yiaddr), "10.30.0")


@case("3527: an unknown link: silence, not the relay's network")
def _(t):
    t.silent(t.client(relay=RELAY, agent=opt(5, ip("10.98.0.0"))).discover())


@case("3527: who has no relay does not choose its network")
def _(t):
    o = t.client(agent=LINK_30).offered()
    t.check(net(o.yiaddr) != "10.30.0", "it does")


@case("5107: the override is option 54")
def _(t):
    o = t.client(relay=RELAY, agent=OVERRIDE).offered()
    t.equal("option 54", o.address(54), RELAY)
    t.equal("option 82", o.options.get(82), OVERRIDE)


@case("5107: a REQUEST with the override is for us")
def _(t):
    a = t.client(relay=RELAY, agent=OVERRIDE).bound()
    t.equal("option 54", a.address(54), RELAY)


@case("5107: without the relay's word it is for another server")
def _(t):
    c = t.client(relay=RELAY, agent=OVERRIDE)
    c.offered()
    c.agent = None
    t.silent(c.select())


@case("5107: a NAK has the override")
def _(t):
    c = t.client(relay=RELAY, agent=OVERRIDE)
    c.bound()
    t.equal("option 54", t.expect(c.reboot("10.20.0.224"), NAK).address(54),
            RELAY)


@case("5107: RENEWING by the relay")
def _(t):
    c = t.client(relay=RELAY, agent=OVERRIDE)
    c.bound()
    a = t.expect(c.renew(), ACK)
    t.equal("destination", (a.dst, a.dport), (RELAY, 67))
    t.equal("option 54", a.address(54), RELAY)


@case("5107: RELEASE to the override")
def _(t):
    c = t.client(relay=RELAY, agent=OVERRIDE)
    c.bound()
    t.silent(c.release())
    t.not_acked(t.client(relay=RELAY).reboot(c.address))
    d = t.client(relay=RELAY)
    d.offered()
    t.expect(d.select(address=c.address), ACK)


@case("5107: DECLINE to the override")
def _(t):
    c = t.client(relay=RELAY, agent=OVERRIDE)
    first = c.bound().yiaddr
    t.silent(c.decline())
    t.check(c.offered().yiaddr != first, "the same address again")
