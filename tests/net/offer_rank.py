# SPDX-License-Identifier: ISC
"""How firmware chooses among the offers of several servers, as a model.

A model is a function (offers, wire) -> Outcome.  `offers` are Replies in the
order in which they came; `wire` answers what the firmware asks next:

    wire.request(offer)             the ACK of that offer's server, or None
    wire.binl(address, ack, item)   the answer from port 4011 (or 67), or None

Written from the behaviour of EDK2 (UefiPxeBcDxe, HttpBootDxe), iPXE and
U-Boot.  test_offer_rank first holds it against recorded boots.
"""
import socket
import struct

MAGIC = b"\x63\x82\x53\x63"
OFFER, ACK = 2, 5
NONE = "0.0.0.0"
NO_PROMPT = 8  # bit 3 of 43.6: if there is a boot file, just load it
PXE10_TAGS = (6, 7, 8, 9, 10)


def text_of(octets):
    return octets.split(b"\0")[0].decode("latin-1")


def read_tlv(octets):
    """The options by code.  The first of each counts, as in firmware."""
    out, at = {}, 0
    while at < len(octets) and octets[at] != 255:
        if octets[at] == 0:
            at += 1
            continue
        if at + 2 > len(octets):
            break
        end = at + 2 + octets[at + 1]
        out.setdefault(octets[at], octets[at + 2:end])
        at = end
    return out


class Reply:
    """A message of a server, and where it came from."""

    def __init__(self, octets, source, port=67):
        if len(octets) < 240 or octets[236:240] != MAGIC:
            raise ValueError("not DHCP")
        self.source, self.port, self.octets = source, port, octets
        self.xid = octets[4:8]
        self.mac = octets[28:34]
        self.flags = struct.unpack_from("!H", octets, 10)[0]
        self.yiaddr = socket.inet_ntoa(octets[16:20])
        self.siaddr = socket.inet_ntoa(octets[20:24])
        self.options = read_tlv(octets[240:])
        overload = self.options.get(52, b"\0")[0]
        header = b"" if overload & 1 else octets[108:236]
        for bit, field in ((1, octets[108:236]), (2, octets[44:108])):
            if overload & bit:
                for code, value in read_tlv(field).items():
                    self.options.setdefault(code, value)
        self.kind = self.options.get(53, b"\0")[0]
        self.server = socket.inet_ntoa(self.options[54]) \
            if len(self.options.get(54, b"")) == 4 else None
        self.header_file = text_of(header)
        named = self.options.get(67)
        self.file = text_of(named) if named is not None else self.header_file
        self.has_file = named is not None or self.header_file != ""
        self.vendor = text_of(self.options.get(60, b""))
        self.is_proxy = self.yiaddr == NONE
        self.is_pxe = self.vendor.startswith("PXEClient")
        self.pxe = read_tlv(self.options.get(43, b"")) if self.is_pxe else {}
        self.ipxe = read_tlv(self.options.get(175, b""))

    def control(self):
        return (self.pxe.get(6) or b"\0")[0]

    def boot_server(self):
        """siaddr, else option 54."""
        return self.siaddr if self.siaddr != NONE else self.server


class Outcome:
    """Where a boot goes: a file of a server, or why to none."""

    def __init__(self, file=None, server=None, why="", asked=(), lease=None):
        self.file, self.server, self.why = file, server, why
        self.asked = list(asked)  # addresses that were asked at 4011
        self.lease = lease        # the server that gave the address

    def __str__(self):
        what = "%s from %s" % (self.file, self.server) if self.file \
            else "nothing: " + self.why
        return what + (", 4011 of " + " ".join(self.asked)
                       if self.asked else "")


# --- EDK2, PXE ---------------------------------------------------------------

def edk2_type(reply):
    """BOOTP, PXE10, BINL or ONLY, without regard to proxy or not."""
    if not reply.kind:
        return "BOOTP" if reply.has_file else None
    if any(tag in reply.pxe for tag in PXE10_TAGS):
        return "PXE10"
    if any(tag in reply.pxe for tag in (1, 2, 3, 4, 5)):
        return None  # WfM 1.1a, which it does not support
    return "BINL" if reply.is_pxe else "ONLY"


class Edk2Offers:
    """The offers that it keeps, by type ("proxy BINL")."""

    def __init__(self, offers, is_old):
        self.kept, self.is_proxy_seen = {}, False
        for offer in offers[:16]:
            if offer.kind and (offer.kind != OFFER or not offer.server):
                continue
            self.keep(offer, is_old)

    def keep(self, offer, is_old):
        kind = edk2_type(offer)
        if kind is None:
            return
        if kind != "BOOTP" and offer.is_proxy:
            # this is remembered even of an offer that is then dropped
            self.is_proxy_seen = True
            if kind == "ONLY" or kind == "PXE10" and (
                    is_old or "proxy PXE10" in self.kept):
                return
            kind = "proxy " + kind
        self.kept.setdefault(kind, []).append(offer)

    def select(self):
        """The offer whose address is taken, and the kind of proxy."""
        for first, proxy in (("PXE10", None), ("ONLY", "proxy PXE10"),
                             ("BINL", None), ("ONLY", "proxy BINL")):
            if first in self.kept and (not proxy or proxy in self.kept):
                return self.kept[first][0], proxy
        for kind in ("ONLY", "BOOTP"):
            for offer in self.kept.get(kind, []):
                if offer.has_file:
                    return offer, None
        return None, None


def edk2_boot(reply, wire, ack, out):
    """From the reply that counts to server and file."""
    is_pxe10 = edk2_type(reply) == "PXE10"
    if is_pxe10 and not (reply.control() & NO_PROMPT and reply.has_file):
        return boot_menu(reply, wire, ack, out)
    if not reply.has_file:
        out.why = "PXE-E53: no boot file name"
        return out
    server, entry = None, reply.pxe.get(8, b"")
    if reply.control() & NO_PROMPT and len(entry) >= 7 and entry[2] > 0:
        server = socket.inet_ntoa(entry[3:7])
    out.server, out.file = server or reply.boot_server(), reply.file
    return out


def boot_menu(reply, wire, ack, out):
    """The first item of its menu, which is the default."""
    menu, entry = reply.pxe.get(9, b""), reply.pxe.get(8, b"")
    if len(menu) < 3:
        out.why = "PXE 1.0 tags without a menu or a boot file"
        return out
    kind = struct.unpack_from("!H", menu)[0]
    if kind == 0:
        out.why = "local boot, by the menu"
        return out
    at, server = 0, None
    while at + 7 <= len(entry) and server is None:
        if struct.unpack_from("!H", entry, at)[0] == kind:
            server = socket.inet_ntoa(entry[at + 3:at + 7])
        at += 3 + 4 * entry[at + 2]
    if server is None:
        out.why = "no boot server of type %d in 43.8" % kind
        return out
    out.asked.append(server)
    answer = wire.binl(server, ack, kind)
    if answer is None or not answer.has_file:
        out.why = "no answer to a menu item"
    elif answer.pxe.get(71, b"")[:2] != menu[:2]:
        out.why = "the answer is not about the menu item"
    else:
        out.server, out.file = answer.boot_server(), answer.file
    return out


def edk2(offers, wire, is_old=False):
    kept = Edk2Offers(offers, is_old)
    offer, proxy = kept.select()
    if offer is None:
        return Outcome(why="PXE-E16: no offer is of use")
    kind = edk2_type(offer)
    if kind == "ONLY" and kept.is_proxy_seen and proxy is None:
        return Outcome(why="crash: a proxy was seen and none was kept")
    ack = wire.request(offer) if kind != "BOOTP" else offer
    if ack is None:
        return Outcome(why="PXE-E18: no ACK")
    out = Outcome(lease=offer.server)
    if proxy == "proxy PXE10":
        return edk2_boot(kept.kept[proxy][0], wire, ack, out)
    if proxy is None and kind != "BINL":
        return edk2_boot(ack, wire, ack, out)
    for binl in [offer] if kind == "BINL" else kept.kept[proxy]:
        out.asked.append(binl.boot_server())
        answer = wire.binl(binl.boot_server(), ack, None)
        if answer is None or answer.port != 4011:
            continue
        if answer.has_file or edk2_type(answer) == "PXE10" and \
                answer.is_proxy:
            return edk2_boot(answer, wire, ack, out)
    out.why = "PXE-E16: no boot file at 4011"
    return out


def edk2_old(offers, wire):
    return edk2(offers, wire, is_old=True)


# --- EDK2, HTTP Boot ---------------------------------------------------------

def http_type(offer):
    """("proxy " or "") + ("IP", "NAME" or "ONLY"), and " DNS"."""
    who = "proxy " if offer.is_proxy else ""
    if not offer.vendor.startswith("HTTPClient"):
        what = None if offer.is_proxy else "ONLY"
    elif not offer.has_file or "://" not in offer.file:
        what = None
    else:
        host = offer.file.split("://")[1].split("/")[0].split(":")[0]
        what = "IP" if all(c in "0123456789." for c in host) else "NAME"
    if what is None:
        return None
    return who + what + (" DNS" if 6 in offer.options and not who else "")


HTTP_ORDER = (("IP", None), ("IP DNS", None), ("NAME DNS", None),
              ("ONLY", "proxy IP"), ("ONLY DNS", "proxy IP"),
              ("ONLY DNS", "proxy NAME"))


def edk2_http(offers, wire):
    kept = {}
    for offer in offers[:16]:
        kind = http_type(offer) if offer.server else None
        if kind:
            kept.setdefault(kind, []).append(offer)
    for first, proxy in HTTP_ORDER:
        if first in kept and (proxy is None or proxy in kept):
            offer = kept[first][0]
            if wire.request(offer) is None:
                return Outcome(why="no ACK")
            url = kept[proxy or first][0].file
            return Outcome(url, url.split("/")[2].split(":")[0],
                           lease=offer.server)
    return Outcome(why="no offer with a URL")


# --- iPXE --------------------------------------------------------------------

def has_pxe_options(reply):
    return reply.siaddr != NONE and reply.file != "" or 9 in reply.pxe


def ipxe_priority(reply):
    value = reply.ipxe.get(1)
    return struct.unpack("b", value[:1])[0] if value else 0


def ipxe_settings(ack, proxy, wire, out):
    """The block whose file name counts: the highest priority's."""
    blocks = [ack] + ([proxy] if proxy else [])
    blocks.sort(key=ipxe_priority, reverse=True)  # stable: the lease's first
    named = [b for b in blocks if b.file]
    menu = [b for b in blocks if 9 in b.pxe]
    if menu and not (menu[0].control() & NO_PROMPT and named):
        return boot_menu(menu[0], wire, ack, out)
    if not named:
        out.why = "nothing to boot"
        return out
    out.file, out.server = named[0].file, named[0].siaddr
    if "://" in out.file:
        out.server = out.file.split("/")[2].split(":")[0]
    return out


def ipxe(offers, wire):
    lease, proxy, no_proxy = None, None, False
    for offer in offers:
        prio = ipxe_priority(offer)
        if not offer.is_proxy and offer.port == 67 and \
                offer.kind in (0, OFFER) and \
                (lease is None or prio >= ipxe_priority(lease)):
            lease = offer
            no_proxy = any(offer.ipxe.get(176, b""))
        if offer.is_pxe and (proxy is None or prio >= ipxe_priority(proxy)):
            proxy = offer
        if lease and (no_proxy or proxy):
            break  # it does not wait for more
    if lease is None:
        return Outcome(why="no address")
    ack = wire.request(lease)
    if ack is None:
        return Outcome(why="no ACK")
    out = Outcome(lease=lease.server)
    if proxy is None or no_proxy:
        return ipxe_settings(ack, None, wire, out)
    if not has_pxe_options(proxy):
        server = proxy.server or proxy.boot_server()
        out.asked.append(server)
        answer = wire.binl(server, ack, None)
        if answer is None or answer.port != 4011 or \
                not has_pxe_options(answer) or \
                (answer.server or answer.boot_server()) != server:
            return ipxe_settings(ack, None, wire, out)
        proxy = answer
    return ipxe_settings(ack, proxy, wire, out)


# --- others ------------------------------------------------------------------

def rom(offers, wire):
    """A boot ROM by the letter of PXE 2.1."""
    leases = [o for o in offers if not o.is_proxy and o.kind == OFFER]
    proxies = [o for o in offers if o.is_proxy and o.is_pxe]
    leases.sort(key=lambda o: not (o.is_pxe and o.has_file))
    if not leases:
        return Outcome(why="PXE-E51: no address")
    ack = wire.request(leases[0])
    if ack is None:
        return Outcome(why="PXE-E52: no ACK")
    out = Outcome(lease=leases[0].server)
    chosen = ack if ack.is_pxe or not proxies else proxies[0]
    if chosen.is_pxe and not (chosen.control() & NO_PROMPT and
                              chosen.has_file):
        if 9 in chosen.pxe:
            return boot_menu(chosen, wire, ack, out)
        out.asked.append(chosen.boot_server())
        chosen = wire.binl(chosen.boot_server(), ack, None)
    if chosen is None or not chosen.has_file:
        out.why = "PXE-E53: no boot file name"
        return out
    out.server, out.file = chosen.boot_server(), chosen.file
    return out


def u_boot(offers, wire):
    """The first offer with an address; it drops all others."""
    leases = [offer for offer in offers if not offer.is_proxy]
    if not leases:
        return Outcome(why="no address")
    ack = wire.request(leases[0])
    if ack is None:
        return Outcome(why="no ACK")
    # without a name it goes through names of its own, at the same server
    return Outcome(ack.file or "*", ack.siaddr, lease=ack.server)


def u_boot_proxy(offers, wire):
    """Built with SERVERIP_FROM_PROXYDHCP: file and server are a proxy's."""
    out = u_boot(offers, wire)
    for offer in offers:
        if offer.is_proxy and out.lease:
            return Outcome(offer.file or "*", offer.siaddr, lease=out.lease)
    return out
