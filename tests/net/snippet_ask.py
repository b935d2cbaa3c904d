#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Machines of all kinds ask a DHCP server what to boot.

usage: snippet_ask.py ask INTERFACE MODE SERVER
           each kind sends a DISCOVER and takes the offer; what offer and
           acknowledgement name is compared with what it needs to boot from
           the PXE suite at SERVER.  MODE: external or externalnet
       snippet_ask.py names
           the virtual names of mode externalnet, one a line
       snippet_ask.py read windows|mikrotik MODE SERVER <SNIPPET
           runs the rules of a text that no server here understands
       snippet_ask.py uci <SNIPPET
           the lines of dnsmasq.conf that OpenWrt makes of the commands

Prints a line a failure; status 1 if there is one.
"""
import re
import select
import shlex
import socket
import struct
import sys
import time

from dhcp_storm import ACK, DISCOVER, OFFER, REQUEST, option, parse

PORT = 16000
# IANA's Processor Architecture Types: family, by HTTP.  Nothing for the others.
ARCHS = {
    0: "bios", 2: "ia64", 6: "ia32", 7: "uefi", 9: "uefi", 10: "arm32",
    11: "aa64", 12: "ppc", 13: "ppc", 14: "opal", 21: "ub32", 22: "ub64",
    25: "rv32", 27: "rv64", 29: "rv128", 31: "s390", 32: "s390", 33: "mips32",
    34: "mips64", 35: "sw32", 36: "sw64", 37: "la32", 39: "la64", 41: "rpi",
}
HTTP_ARCHS = {
    15: "ia32", 16: "uefi", 17: "uefi", 18: "arm32", 19: "aa64", 20: "bios",
    23: "ub32", 24: "ub64", 26: "rv32", 28: "rv64", 30: "rv128", 38: "la32",
    40: "la64",
}
ROM_ASKS = bytes([1, 2, 3, 5, 6, 12, 13, 15, 17, 18, 43, 54, 58, 59, 60, 66,
                  67, *range(128, 136)])
OS_ASKS = bytes([1, 3, 6, 12, 15, 28, 51, 58, 59, 60, 66, 67])
U_BOOT_ASKS = bytes([1, 3, 6, 12, 17])


class Kind:
    """A machine: its options, and what it must be told."""

    def __init__(self, name, options, wants, http=False):
        self.name, self.options = name, options
        self.wants, self.http = wants, http


def firmware(arch, more=b"", who=None, archs=None):
    if who is None:
        who = "%sClient:Arch:%05d:UNDI:003000" % (
            "HTTP" if arch in HTTP_ARCHS else "PXE", arch)
    data = b"".join(struct.pack(">H", a) for a in archs or [arch])
    asks = U_BOOT_ASKS if who.startswith("U-Boot") else ROM_ASKS
    return (option(55, asks) + option(57, b"\x05\xc0") + option(93, data) +
            option(94, b"\1\3\0") + option(97, b"\0" + b"\x11" * 16) +
            option(60, who.encode()) + more)


def virtual(mode, server, family, http=False):
    name = "pxe_loader_%d" % PORT
    if mode == "externalnet":
        name += "_" + family
    return "http://%s:%d/%s" % (server, PORT, name) if http else name


def kinds(mode, server):
    script = "http://%s:%d/boot.ipxe?mac=${netX/mac:hexhyp}&uuid=${uuid}" % (
        server, PORT)
    for arch in range(43):
        http = arch in HTTP_ARCHS
        family = HTTP_ARCHS.get(arch) or ARCHS.get(arch)
        # with one name for all, it is pxe-tftpd that refuses
        wants = virtual(mode, server, family, http) \
            if family or mode == "external" else None
        yield Kind("firmware %d" % arch, firmware(arch), wants, http)
    yield Kind("a list of architectures", firmware(7, archs=[7, 42]),
               virtual(mode, server, "uefi"))
    for arch, who in ((21, "U-Boot.armv7"), (22, "U-Boot.armv8")):
        yield Kind(who, firmware(arch, who=who),
                   virtual(mode, server, ARCHS[arch]))
    features = option(175, bytes.fromhex("b1050180861000eb03010000170101"))
    for arch in (0, 7, 11):
        for name, more in (("raw", option(77, b"iPXE") + features),
                           ("RFC 3004", option(77, b"\4iPXE")),
                           ("only 77", option(77, b"iPXE")),
                           ("FlexBoot", features)):
            yield Kind("iPXE %d, %s" % (arch, name), firmware(arch, more),
                       script)
    for name, more in (("nothing", b""), ("Windows", option(60, b"MSFT 5.0")),
                       ("udhcpc", option(60, b"udhcp 1.35.0")),
                       ("a user class", option(77, b"\4desk"))):
        yield Kind("OS, " + name, option(55, OS_ASKS) + more, None)


# --- over the wire ---

class Asker:
    def __init__(self, interface):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for name in (socket.SO_BROADCAST, socket.SO_REUSEADDR):
            self.sock.setsockopt(socket.SOL_SOCKET, name, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, 25, interface.encode() + b"\0")
        self.sock.bind(("0.0.0.0", 68))
        self.xid = 0x53000000

    def ask(self, kind, number, options):
        """The reply and its options, or None; three times."""
        self.xid += 1
        mac = b"\2\x53\0\0" + struct.pack(">H", number)
        data = (struct.pack(">BBBBIHH16x6s10x192xI", 1, 1, 6, 0, self.xid, 0,
                            0x8000, mac, 0x63825363) +
                option(53, bytes([kind])) + options + b"\xff").ljust(300, b"\0")
        for _ in range(3):
            self.sock.sendto(data, ("255.255.255.255", 67))
            until = time.monotonic() + 3
            while select.select([self.sock], [], [],
                                max(0, until - time.monotonic()))[0]:
                reply = self.sock.recv(2048)
                found = parse(reply)
                if found and reply[4:8] == data[4:8]:
                    return reply, found
        return None


def text(data):
    return data.split(b"\0")[0].decode(errors="replace")


def wrongs(kind, reply, options, server):
    """What a reply gets wrong."""
    header, named = text(reply[108:236]), text(options.get(67, b""))
    siaddr = socket.inet_ntoa(reply[20:24])
    vendor = text(options.get(60, b""))
    if 52 in options:
        yield "options in file or sname"
    if kind.wants is None:
        if header or named or vendor or siaddr == server:
            yield f"told '{header}' '{named}' '{vendor}' {siaddr}"
        return
    if siaddr != server:
        yield f"siaddr {siaddr}"
    if kind.wants not in (header, named) or \
            {header, named} - {kind.wants, ""}:
        yield f"file '{header}', 67 '{named}'"
    if kind.http and not named:
        yield "no option 67"
    if kind.name.startswith("U-Boot") and header != kind.wants:
        yield "U-Boot does not ask for 67"
    # PXEClient without 43 would send EDK2 to port 4011
    if vendor != ("HTTPClient" if kind.http else ""):
        yield f"60 '{vendor}'"


def boot_wrongs(asker, number, kind, server):
    offer = asker.ask(DISCOVER, number, kind.options)
    if offer is None or offer[1][53][0] != OFFER:
        yield "no offer"
        return
    yield from wrongs(kind, *offer, server)
    ack = asker.ask(REQUEST, number, option(50, offer[0][16:20]) +
                    option(54, offer[1][54]) + kind.options)
    if ack is None or ack[1][53][0] != ACK:
        yield "no acknowledgement"
        return
    yield from wrongs(kind, *ack, server)


def ask(interface, mode, server):
    asker = Asker(interface)
    for number, kind in enumerate(kinds(mode, server)):
        for wrong in boot_wrongs(asker, number, kind, server):
            yield f"{kind.name}: {wrong}"


# --- texts that no server here understands ---

def find_option(options, code):
    while options:
        if options[0] == code:
            return options[2:2 + options[1]]
        options = options[2 + options[1]:]
    return None


def windows_rules(lines):
    """(vendor classes, file, 60); the policy of iPXE is read apart."""
    for line in lines:
        m = re.fullmatch(r"Add-PxeBoot (-Http )?'([^']+)' '([^']+)' "
                         r"@\(('[^']+'(?:, '[^']+')*)\)", line)
        if m:
            begins = [w.strip("'").encode() for w in m[4].split(", ")]
            yield begins, m[3], "HTTPClient" if m[1] else ""


def windows_told(lines, kind):
    script = [line for line in lines
              if line.startswith("Set-PxeFile 'PXE suite iPXE'")]
    if find_option(kind.options, 77) == b"iPXE":
        return script[0].split("'")[3], ""
    who = find_option(kind.options, 60) or b""
    for begins, file, vendor in windows_rules(lines):
        if any(who.startswith(b) for b in begins):
            return file, vendor
    return None, ""


def mikrotik_told(lines, kind):
    files, sets = {}, {}
    for line in lines:
        m = re.match(r'/ip dhcp-server option add name="(\S+)" code=(\d+) '
                     r'value="s\'(.*)\'"$', line)
        if m:
            files[m[1]] = int(m[2]), m[3].replace("\\$", "$")
        m = re.match(r'/ip dhcp-server option sets add name="(\S+)" '
                     r'options=(\S+)$', line)
        if m:
            sets[m[1]] = dict(files[o] for o in m[2].split(","))
    for m in re.finditer(r'code=(\d+) value="(\S+)" \\\n *'
                         r'matching-type=(\w+) option-set="(\S+)" }',
                         "\n".join(lines)):
        has = find_option(kind.options, int(m[1])) or b""
        value = bytes.fromhex(m[2][2:]) if m[2].startswith("0x") \
            else m[2].encode()
        if has == value if m[3] == "exact" else value in has:
            return sets[m[4]][67], sets[m[4]].get(60, "")
    return None, ""


# what the text says that it cannot do
CANNOT = {"windows": ("FlexBoot", "RFC 3004"),
          "mikrotik": ("FlexBoot", "a list of")}


def read(what, mode, server):
    told = {"windows": windows_told, "mikrotik": mikrotik_told}[what]
    lines = sys.stdin.read().split("\n")
    for kind in kinds(mode, server):
        file, vendor = told(lines, kind)
        if any(word in kind.name for word in CANNOT[what]):
            continue
        # by one condition alone an unknown PXE machine may be told nothing
        if file != kind.wants:
            yield f"{kind.name}: told {file}, wants {kind.wants}"
        elif vendor != ("HTTPClient" if kind.http else ""):
            yield f"{kind.name}: 60 '{vendor}'"


def uci():
    """What /etc/init.d/dnsmasq of OpenWrt makes of the sections."""
    sections = {}
    for line in sys.stdin:
        words = shlex.split(line, comments=True)
        if words[:2] not in (["uci", "set"], ["uci", "add_list"]):
            continue
        place, value = words[2].split("=", 1)
        _, section, *key = place.split(".")
        if key:
            sections[section][1][key[0]] = value
        else:
            sections[section] = value, {}
    for kind, has in sections.values():
        tag = has["networkid"]
        if kind == "boot":
            print("dhcp-boot=net:%s,%s,%s,%s" % (
                tag, has["filename"], has["servername"],
                has["serveraddress"]))
        else:
            print("dhcp-%s=%s,%s" % (kind, tag, has[kind]))
        if "dhcp_option" in has:
            print("dhcp-option%s=%s,%s" % (
                "-force" if has.get("force") == "1" else "", tag,
                has["dhcp_option"]))


def main():
    what, *rest = sys.argv[1:]
    if what == "uci":
        uci()
        return 0
    if what == "names":
        for family in sorted(set(ARCHS.values())):
            print(virtual("externalnet", "", family))
        return 0
    failed = list({"ask": ask, "read": read}[what](*rest))
    for line in failed:
        print(line)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
