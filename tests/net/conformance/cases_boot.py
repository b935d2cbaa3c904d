# SPDX-License-Identifier: ISC
"""Machines that boot: what each kind of firmware is told.  Only of ours: the
others would each need rules of their own."""
from caselib import table
from wire import ACK, OFFER, opt

CASES, case = table()
UUID = b"\0" + bytes(range(16))


def firmware(arch, kind=b"PXEClient"):
    return [(60, kind + b":Arch:%05d:UNDI:003016" % arch),
            (93, bytes([arch >> 8, arch & 255])), (97, UUID)]


def boots(name, more, wanted, **fields):
    """A case: a client with these options is told this file."""
    @case(name, only="pxe")
    def _(t):
        for reply in (t.client(more=more).offered(),
                      t.client(more=more).bound()):
            file = reply.options.get(67, b"").rstrip(b"\0")
            t.equal("option 67", file, wanted)
            for code, value in fields.items():
                t.equal(code, reply.options.get(int(code[3:])), value)


boots("BIOS: its loader", firmware(0), b"undionly.kpxe")
boots("UEFI x64: its loader", firmware(7), b"ipxe.efi")
boots("UEFI x64 that calls itself EBC", firmware(9), b"ipxe.efi")
boots("a list of architectures: the first that is known",
      [(60, b"PXEClient"), (93, b"\0\xff\0\7")], b"ipxe.efi")
boots("the architecture is taken from option 60 where 93 is missing",
      firmware(7)[:1], b"ipxe.efi")
boots("an architecture without a loader: an address, no file", firmware(11),
      b"")
boots("an unknown architecture: an address, no file", firmware(4711), b"")
boots("a ROM: a PXE offer that says to load the file at once", firmware(7),
      b"ipxe.efi", opt60=b"PXEClient", opt43=b"\x06\x01\x08\xff")
boots("HTTP Boot: a URL, and its own class",
      firmware(16, b"HTTPClient"), b"http://10.1.0.1:16000/ipxe.efi",
      opt60=b"HTTPClient", opt43=None)
boots("an operating system: nothing to load", [], b"", opt60=None,
      opt43=None)


@case("the header has file and server, for shim", only="pxe")
def _(t):
    a = t.client(more=firmware(7)).bound()
    t.equal("file", a.file_field.rstrip(b"\0"), b"ipxe.efi")
    t.equal("siaddr", a.siaddr, "10.1.0.1")
    t.equal("option 66", a.options.get(66, b"").rstrip(b"\0"), b"10.1.0.1")


@case("options 66 and 67 end with NUL", only="pxe")
def _(t):
    a = t.client(more=firmware(0)).bound()
    for code in (66, 67):
        t.check(a.options[code].endswith(b"\0"), "option %d does not", code)


@case("siaddr is this server, whatever the relay calls itself", only="pxe")
def _(t):
    c = t.client(relay="10.20.0.1", agent=opt(11, b"\x0a\x14\0\1"),
                 more=firmware(7))
    t.equal("siaddr", c.offered().siaddr, "172.16.0.1")


def script(name, more):
    @case(name, only="pxe")
    def _(t):
        c = t.client(more=firmware(7) + more)
        a = c.bound()
        t.equal("option 67", a.options.get(67, b"").rstrip(b"\0"),
                b"http://10.1.0.1:16000/boot.ipxe?mac=" +
                c.mac.hex("-").encode())
        t.check(175 in a.options, "option 175 is missing")


FEATURES = (175, b"\x13\1\1\x27\1\1")
script("iPXE: its script, with its MAC", [(77, b"iPXE"), FEATURES])
script("iPXE that does not say so (FlexBoot)", [FEATURES])


@case("a boot fits into 576 octets, beside long options", only="pxe")
def _(t):
    o = t.expect(t.client(relay="10.30.0.1", more=firmware(7)).discover(
        (55, b"\1\3\x11\x0e\x28\x2b\x3c\x42\x43")), OFFER)
    t.check(o.octets + 28 <= 576, "%d", o.octets + 28)
    for code in (1, 43, 53, 54, 60, 67, 97):
        t.check(code in o.options, "option %d is missing", code)


@case("the chain of a boot: ROM, iPXE, system, one address all the way",
      only="pxe")
def _(t):
    rom = t.client(more=firmware(7))
    rom.bound()
    ipxe = t.client(mac=rom.mac, more=firmware(7) + [(77, b"iPXE"), FEATURES])
    t.equal("iPXE", ipxe.bound().yiaddr, rom.address)
    system = t.client(mac=rom.mac, cid=b"\xff\0\0\0\1\0\1\x2a" + rom.mac)
    t.equal("system", system.bound().yiaddr, rom.address)
    t.equal("its renewal", t.expect(system.renew(), ACK).yiaddr, rom.address)
    again = t.client(mac=rom.mac, more=firmware(7))
    t.equal("the next boot", again.bound().yiaddr, rom.address)
