# SPDX-License-Identifier: ISC
"""Networks narrower than the block: cables that tell, tunnels that do not."""
import socket
import struct
import time

from harness import Path, rows
from wire import OACK, error

CASES, case, both = rows()

MTU = 1400  # of the tunnel; the interface has 1500


@both("MTU 1280: blksize fits without fragments, IPv4", "FACTS C-61", "ours")
def _(t):
    name, content = t.file(5000)
    for asked in (1249, 1468, 65464):
        got = t.port(link="thin").get(name, want=content, blksize=asked)
        t.equal("options", got.options, {"blksize": 1248})
    got = t.port(link="thin").get(name, want=content, blksize=1248)
    t.equal("options", got.options, {"blksize": 1248})


@both("MTU 1280: blksize fits without fragments, IPv6", "FACTS C-61", "ours")
def _(t):
    name, content = t.file(5000)
    for asked in (1229, 1468, 65464):
        got = t.port(ip6=True, link="thin").get(name, want=content,
                                                blksize=asked)
        t.equal("options", got.options, {"blksize": 1228})


@case("MTU 1280: blksize2 fits without fragments", "FACTS C-61", "ours")
def _(t):
    name, content = t.file(5000)
    got = t.port(link="thin").get(name, want=content, blksize2=65464)
    t.equal("options", got.options, {"blksize2": 1024})


@case("MTU 1500: the largest block of IPv6 without fragments", "FACTS C-61",
      "ours")
def _(t):
    name, content = t.file(5000)
    got = t.port(ip6=True).get(name, want=content, blksize=65464)
    t.equal("options", got.options, {"blksize": 1448})


# --- tunnels ----------------------------------------------------------------------

def tunnel():
    return Path(mtu=MTU)


def fits(blksize, head=32):
    return blksize + head <= MTU


def is_lost(t, port, name, **options):
    """Asks, and waits for a first block that never comes."""
    first = port.ask(name, **options)
    port.expect(first, OACK)
    blksize = int(dict(first.options)["blksize"])
    if fits(blksize):
        return blksize
    port.ack(0)
    port.all(4 * t.server.first_timeout_s)
    return blksize


def again_and_again(t, ask, tries=4):
    """A firmware that tries until it gets blocks that come through."""
    told = []
    for _ in range(tries):
        told.append(ask())
        if fits(told[-1]):
            return told
    t.check(False, "blksize %s, and none comes through", told)


def comes_through(t, name, content, host=1, **options):
    got = t.port(host=host, path=tunnel()).get(name, want=content, deadline=10,
                                               **options)
    t.check(fits(got.options.get("blksize", 512)), "%s", got.options)
    return got


for what, options in (("", {}), (" with windows of 4", dict(windowsize=4)),
                      (" with windows of 64", dict(windowsize=64)),
                      (" that asks tsize", dict(tsize=0))):
    @both("tunnel: a client%s that asks anew from another port" % what,
          "PAINS 11", "ours", slow=5)
    def _(t, options=options):
        name, content = t.file(60000)

        def ask():
            port = t.port(path=tunnel())
            blksize = is_lost(t, port, name, blksize=1468, **options)
            port.is_over = True  # it says nothing
            return blksize

        again_and_again(t, ask)
        comes_through(t, name, content, blksize=1468, **options)


@both("tunnel: a client that asks anew from the same port", "PAINS 11", "ours",
      slow=5)
def _(t):
    name, content = t.file(60000)
    port = t.port(path=tunnel())
    again_and_again(t, lambda: is_lost(t, port, name, blksize=1468))
    port.send(error(0))
    comes_through(t, name, content, blksize=1468)


@both("tunnel: a client that ends with an ERROR and asks anew", "PAINS 11",
      "ours", slow=5)
def _(t):
    name, content = t.file(60000)

    def ask():
        port = t.port(path=tunnel())
        blksize = is_lost(t, port, name, blksize=1468)
        port.send(error(0, b"timeout"))
        port.is_over = True
        return blksize

    again_and_again(t, ask)
    comes_through(t, name, content, blksize=1468)


@both("tunnel: a client that asks anew when the server gave up", "PAINS 11",
      "ours", slow=9)
def _(t):
    name, content = t.file(60000)

    def ask():
        port = t.port(path=tunnel())
        blksize = is_lost(t, port, name, blksize=1468)
        if not fits(blksize):
            port.all(15 * t.server.first_timeout_s)
        port.is_over = True
        return blksize

    again_and_again(t, ask, 2)
    comes_through(t, name, content, blksize=1468)


@both("tunnel: EDK2, which probes the size each time", "PAINS 11", "ours",
      slow=5)
def _(t):
    name, content = t.file(60000)

    def ask():
        probe = t.port(path=tunnel())
        probe.expect(probe.ask(name, tsize=0, blksize=1468), OACK)
        probe.send(error(8, b"User aborted the transfer"))
        probe.is_over = True
        port = t.port(path=tunnel())
        blksize = is_lost(t, port, name, blksize=1468)
        port.is_over = True
        return blksize

    again_and_again(t, ask)
    comes_through(t, name, content, blksize=1468)


@case("tunnel: IPv6", "PAINS 11", "ours", slow=5)
def _(t):
    name, content = t.file(60000)
    told = []
    for _ in range(4):
        port = t.port(ip6=True, path=tunnel())
        first = port.ask(name, blksize=1448)
        port.expect(first, OACK)
        told.append(int(dict(first.options)["blksize"]))
        if fits(told[-1], 52):
            break
        port.ack(0)
        port.all(4 * t.server.first_timeout_s)
        port.is_over = True
    t.check(fits(told[-1], 52), "blksize %s", told)
    t.port(ip6=True, path=tunnel()).get(name, want=content, blksize=1448,
                                        deadline=10)


def say_too_big(port, size, mtu):
    """What a router says of a datagram of `size` octets to this port (RFC
    1191)."""
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, size, 1, 0x4000, 63, 17, 0,
                     socket.inet_aton(port.tid[0]),
                     socket.inet_aton(port.address))
    udp = struct.pack(">HHHH", port.tid[1], port.sock.getsockname()[1],
                      size - 20, 0)
    icmp = struct.pack(">BBHHH", 3, 4, 0, 0, mtu) + ip + udp
    total = sum(struct.unpack(">%dH" % (len(icmp) // 2), icmp))
    total = (total & 0xffff) + (total >> 16)
    total = ~((total & 0xffff) + (total >> 16)) & 0xffff
    with socket.socket(socket.AF_INET, socket.SOCK_RAW,
                       socket.IPPROTO_ICMP) as raw:
        raw.bind(("10.77.0.2", 0))
        raw.sendto(icmp[:2] + struct.pack(">H", total) + icmp[4:],
                   (port.tid[0], 0))


for mtu, least, most in ((1300, 512, 1268), (68, 512, 1468)):
    @both("tunnel: a router says that %d octets fit" % mtu, "RFC 1191", "ours")
    def _(t, mtu=mtu, least=least, most=most):
        name, content = t.file(60000)
        port = t.port(path=Path(mtu=max(mtu, 576)))
        first = port.ask(name, blksize=1468)
        port.expect(first, OACK)
        port.ack(0)
        port.all(0.05)
        say_too_big(port, 1500, mtu)
        port.all(0.1)
        port.send(error(0, b"timeout"))
        port.is_over = True
        got = t.port().get(name, want=content, blksize=1468)
        t.check(least <= got.options.get("blksize", 512) <= most, "%s",
                got.options)


@case("tunnel: it is remembered for other files, not for other clients",
      "PAINS 11", "ours", slow=5)
def _(t):
    name, content = t.file(60000)
    other, its_content = t.file(50000)

    def ask():
        port = t.port(path=tunnel())
        blksize = is_lost(t, port, name, blksize=1468)
        port.is_over = True
        return blksize

    again_and_again(t, ask)
    comes_through(t, other, its_content, blksize=1468)
    got = t.port(host=2).get(name, want=content, blksize=1468)
    t.equal("blksize of another client", got.options["blksize"], 1468)


@case("tunnel: a client that was slow once is not taken for one", "PAINS 11",
      "ours", slow=3)
def _(t):
    name, content = t.file(60000)
    port = t.port()
    port.expect(port.ask(name, blksize=1468), OACK)
    time.sleep(2.5 * t.server.first_timeout_s)  # a flash that is erased
    port.ack(0)
    port.block(1)
    port.send(error(0))
    got = t.port().get(name, want=content, blksize=1468)
    t.equal("blksize", got.options["blksize"], 1468)


@case("tunnel: blocks that fit are lost for another reason: 512 at the least",
      "PAINS 11", "ours", slow=5)
def _(t):
    name, content = t.file(60000)
    for _ in range(5):
        port = t.port()
        first = port.ask(name, blksize=1024)
        port.expect(first, OACK)
        port.ack(0)
        port.all(3.5 * t.server.first_timeout_s)
        port.is_over = True
    got = t.port().get(name, want=content, blksize=1024)
    t.check(got.options.get("blksize", 512) >= 512, "%s", got.options)
