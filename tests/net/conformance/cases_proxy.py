# SPDX-License-Identifier: ISC
"""Beside another server, which gives the addresses: ProxyDHCP and the boot
server of PXE 2.1, on a network behind a relay.  Only of ours."""
import struct

from caselib import Failed, table
from cases_boot import UUID, firmware
from harness import UPSTREAM
from wire import ACK, DISCOVER, INFORM, OFFER, REQUEST, ip, opt

CASES, case = table()
PROXIED = "10.70.0.1"  # a relay whose subnet has mode = "proxy"
ROUTED = "10.70.0.9"   # a client of it
AGENT = opt(1, b"eth0/7")
IPXE = [(77, b"iPXE"), (175, b"\x13\1\1\x27\1\1\x24\1\1\x18\1\1\x21\1\1")]
NEVER = (1, 3, 6, 28, 51, 58, 59)  # the network is the other server's


def proxied(t, arch, more=(), agent=None, kind=b"PXEClient"):
    return t.client(relay=PROXIED, more=firmware(arch, kind) + list(more),
                    agent=agent)


def ask(client, kind=REQUEST, sport=4011, more=(), **fields):
    """A request to port 4011, from the client itself."""
    client.relay = None
    fields.setdefault("ciaddr", ROUTED)
    return client.make(kind, *more, link="relay", src=ROUTED, dst=UPSTREAM,
                       sport=sport, dport=4011, **fields)


def text_of(reply, code):
    return reply.options.get(code, b"").rstrip(b"\0")


def check_proxy(t, reply):
    t.equal("yiaddr", reply.yiaddr, "0.0.0.0")
    for code in NEVER:
        t.check(code not in reply.options, "option %d is there", code)
    t.equal("option 54", reply.address(54), UPSTREAM)
    t.equal("option 97", reply.options.get(97), UUID)


@case("proxy: an offer to a BIOS has the file and 43.6 = 8", only="pxe")
def _(t):
    o = t.expect(proxied(t, 0).discover(), OFFER)
    check_proxy(t, o)
    t.equal("option 60", o.options.get(60), b"PXEClient")
    t.equal("option 43", o.options.get(43), b"\x06\x01\x08\xff")
    t.equal("option 67", text_of(o, 67), b"undionly.kpxe")
    t.equal("file", o.file_field.rstrip(b"\0"), b"undionly.kpxe")
    t.equal("siaddr", o.siaddr, UPSTREAM)


@case("proxy: an offer to UEFI has neither 43 nor a file", only="pxe")
def _(t):
    o = t.expect(proxied(t, 7).discover(), OFFER)
    check_proxy(t, o)
    t.equal("option 60", o.options.get(60), b"PXEClient")
    t.check(43 not in o.options and 67 not in o.options, "43 or 67 is there")
    t.equal("file", o.file_field.rstrip(b"\0"), b"")
    t.equal("siaddr", o.siaddr, UPSTREAM)


@case("proxy: HTTP Boot gets a URL", only="pxe")
def _(t):
    o = t.expect(proxied(t, 16, kind=b"HTTPClient").discover(), OFFER)
    check_proxy(t, o)
    t.equal("option 60", o.options.get(60), b"HTTPClient")
    t.equal("option 67", text_of(o, 67), b"http://%s:16000/ipxe.efi" %
            UPSTREAM.encode())


@case("proxy: iPXE gets siaddr, file and PXEClient, or it would ask for ever",
      only="pxe")
def _(t):
    o = t.expect(proxied(t, 0, IPXE).discover(), OFFER)
    check_proxy(t, o)
    t.equal("option 60", o.options.get(60), b"PXEClient")
    t.equal("siaddr", o.siaddr, UPSTREAM)
    t.check(o.file_field.startswith(b"http://") and
            b"boot.ipxe?mac=" in o.file_field, "file is %s", o.file_field)
    t.equal("option 175", o.options.get(175), b"\1\1\1")


@case("proxy: to the relay's port 67, with the flag and its option 82",
      only="pxe")
def _(t):
    o = t.expect(proxied(t, 0, agent=AGENT).discover(), OFFER)
    t.equal("destination", (o.dst, o.sport, o.dport), (PROXIED, 67, 67))
    t.equal("flags", o.flags, 0x8000)
    t.equal("giaddr", o.giaddr, PROXIED)
    t.equal("the last option", o.order[-1], 82)
    t.equal("option 82", o.options[82], AGENT)


@case("proxy: who does not boot gets silence, whatever it asks", only="pxe")
def _(t):
    c = t.client(relay=PROXIED)
    t.silent(c.discover())
    t.silent(c.select(ROUTED, UPSTREAM))
    t.silent(c.reboot("192.0.2.1"))
    t.silent(c.inform(ROUTED))
    t.silent(c.release(ROUTED, UPSTREAM))
    t.silent(c.decline(ROUTED, UPSTREAM))


@case("proxy: no REQUEST for an address is acknowledged or refused",
      only="pxe")
def _(t):
    c = proxied(t, 7)
    t.silent(c.select(ROUTED, "10.70.0.254"))
    t.silent(c.select(ROUTED, UPSTREAM))
    t.silent(c.reboot("192.0.2.1"))


@case("proxy: an architecture without a loader gets no offer", only="pxe")
def _(t):
    t.silent(proxied(t, 11).discover())
    t.silent(proxied(t, 4711).discover())


@case("4011: UEFI asks from 4011 and is answered there, from there",
      only="pxe")
def _(t):
    a = t.expect(ask(proxied(t, 7)), ACK)
    t.equal("ports", (a.dst, a.sport, a.dport), (ROUTED, 4011, 4011))
    t.equal("option 67", text_of(a, 67), b"ipxe.efi")
    t.equal("file", a.file_field.rstrip(b"\0"), b"ipxe.efi")
    t.equal("siaddr", a.siaddr, UPSTREAM)
    t.equal("option 60", a.options.get(60), b"PXEClient")
    t.equal("option 54", a.address(54), UPSTREAM)
    t.equal("option 97", a.options.get(97), UUID)
    t.check(43 not in a.options, "option 43 is there")
    t.check(51 not in a.options and 1 not in a.options, "1 or 51 is there")


@case("4011: another source port is answered at that port", only="pxe")
def _(t):
    for port in (68, 1234, 50000):
        a = t.expect(ask(proxied(t, 0), sport=port), ACK)
        t.equal("ports", (a.dst, a.sport, a.dport), (ROUTED, 4011, port))


@case("4011: an item of a menu comes back (43.71)", only="pxe")
def _(t):
    item = struct.pack(">BBHHB", 71, 4, 0x8000, 0, 255)
    a = t.expect(ask(proxied(t, 0), more=((43, item),)), ACK)
    t.equal("option 43", a.options.get(43), item)
    t.equal("option 67", text_of(a, 67), b"undionly.kpxe")
    t.equal("yiaddr", a.yiaddr, ROUTED)


@case("4011: INFORM and DISCOVER are answered, too", only="pxe")
def _(t):
    for kind, reply in ((INFORM, ACK), (DISCOVER, OFFER)):
        a = t.expect(ask(proxied(t, 7), kind), reply)
        t.equal("option 67", text_of(a, 67), b"ipxe.efi")


@case("4011: who does not boot gets silence", only="pxe")
def _(t):
    message = ask(t.client(relay=PROXIED))
    t.send(message)
    t.expect(ask(proxied(t, 7)), ACK)  # behind it, on the same port
    if t.wires.wait(message.xid, 0) is not None:
        raise Failed("an answer that must not be")
