# SPDX-License-Identifier: ISC
"""Faults and floods: what a server must come through."""
import random
import signal

from caselib import Failed, table, wait_until
from wire import ACK, DISCOVER, Message

CASES, case = table()


def serves(t, seconds=10):
    """Until both cables answer."""
    def both():
        return t.fence("local") and t.fence("relay")

    t.check(wait_until(both, seconds), "it does not serve any more")


@case("a flood of noise")
def _(t):
    dice = random.Random(7)
    for _ in range(2000):
        message = t.client().discover(cut=0)
        message.tail = b""
        octets = dice.randbytes(dice.randrange(0, 600))
        message.payload = lambda octets=octets: octets
        t.wires.send(message)
    serves(t)
    t.wires.replies.clear()


@case("a flood of requests that are almost right")
def _(t):
    dice = random.Random(8)
    for _ in range(2000):
        data = bytearray(t.client().discover(
            (55, b"\1\3\6"), (61, b"\0abc"), (82, b"\1\2ab")).payload())
        for _ in range(dice.randrange(1, 6)):
            data[dice.randrange(len(data))] = dice.getrandbits(8)
        data[4:8] = b"\0\0\0\7"
        message = Message(DISCOVER, b"\2\x20\0\0\0\1", 7, link="relay",
                          giaddr="10.50.0.1")
        message.payload = lambda data=bytes(data): data
        t.wires.send(message)
    serves(t)
    t.wires.replies.clear()


@case("one client that asks 3000 times does not keep others waiting")
def _(t):
    noisy = t.client(relay="10.50.0.1")
    for _ in range(3000):
        t.wires.send(noisy.discover())
    serves(t)
    t.wires.pump(0)
    t.wires.replies.clear()
    t.client().bound()


@case("120 clients ask at once: each has an address of its own")
def _(t):
    messages = [t.client(relay="10.20.0.1").discover() for _ in range(120)]
    for message in messages:
        t.wires.send(message)
    offers = [t.wires.wait(m.xid, 2) for m in messages]
    addresses = {o.yiaddr for o in offers if o}
    t.equal("offers", len([o for o in offers if o]), len(messages))
    t.equal("addresses", len(addresses), len(messages))


@case("kill -9: a lease is there after the restart")
def _(t):
    c = t.client()
    c.bound()
    t.server.stop(signal.SIGKILL)
    t.server.start()
    serves(t, 15)
    t.equal("yiaddr", t.expect(c.reboot(), ACK).yiaddr, c.address)
    t.expect(c.renew(), ACK)


@case("a restart: nobody gets what another has")
def _(t):
    clients = [t.client() for _ in range(5)]
    for c in clients:
        c.bound()
    t.server.stop()
    t.server.start()
    serves(t, 15)
    taken = {c.address for c in clients}
    for _ in range(5):
        t.check(t.client().offered().yiaddr not in taken, "it does")


@case("no ACK while nothing can be made durable", only="pxe")
def _(t):
    held = t.client()
    held.bound()
    since = t.server.log_size()
    t.server.kill_stated()
    t.check(wait_until(lambda: t.server.log_has("pxe-stated is away", since),
                       5), "nobody said so")
    c = t.client()
    c.offered()
    t.silent(c.select(), "an ACK that is on no disk")
    t.expect(held.reboot(), ACK)
    t.server.start_stated()

    def again():
        try:
            t.expect(c.select(), ACK)
            return True
        except Failed:
            return False

    t.check(wait_until(again, 10), "no ACK when it is back")
    t.wires.replies.clear()
