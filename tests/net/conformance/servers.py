# SPDX-License-Identifier: ISC
"""The servers under test, each with the same networks in its own words, in
two variants: "plain", or "strict" (authoritative, no BOOTP)."""
import json
import os

from caselib import Server

RELAYED = {  # third number of the network: first and last of the range
    20: (10, 200), 30: (10, 200), 40: (10, 11), 50: (10, 17), 60: (10, 12)}
LONG = {"root-path": "r" * 180, "merit-dump": "m" * 180,
        "nis-domain": "n" * 100}
LONG_CODES = {"root-path": 17, "merit-dump": 14, "nis-domain": 40}
HOSTS = {"02:99:00:00:00:01": "10.1.0.99", "02:99:00:00:00:02": "10.1.1.50"}


class Pxe(Server):
    name = "pxe"
    is_measured = False

    def configure(self, variant):
        self.variant = variant
        base = self.path("pxe")
        os.makedirs(base + "/root", exist_ok=True)
        os.makedirs(base + "/state", exist_ok=True)
        self.write("pxe/root/undionly.kpxe", "x")
        self.write("pxe/pxe.conf", 'interfaces = { "eth1", "eth2" }\n'
                   'boot-root = "%s/root"\nstate-dir = "%s/state"\n'
                   'state-socket = "%s/state.sock"\n' % (base, base, base))
        self.write("pxe/stated.conf", 'lease-users = { "root" }\n'
                   'report-users = { "root" }\nboot-users = { }\n')
        self.write("pxe/boot.conf", 'loader "uefi" { file = "ipxe.efi" }\n'
                   'loader "bios" { file = "undionly.kpxe" }\n')
        self.write("pxe/hosts.conf", "".join(
            'host "h%d" { mac = "%s" address = "%s" }\n' % (i, *host)
            for i, host in enumerate(HOSTS.items())))
        strict = variant == "strict"
        self.write("pxe/dhcpd.conf", (
            "authoritative = %s\nbootp = %s\nconflict-detection = no\n"
            "coexist = yes\nrate-limit = 1000\n"
            'lease-time = 600\nmax-lease-time = 1200\n'
            'subnet "10.1.0.0/22" {\n'
            '  ranges = { "10.1.1.10-10.1.2.250" }\n'
            '  routers = { "10.1.0.1" } dns-servers = { "10.1.0.2" }\n'
            '  domain-name = "example.org"\n}\n' % (
                "yes" if strict else "no",
                "refuse" if strict else "permanent")) + "".join(
                    self.relayed(n, *r) for n, r in RELAYED.items()) +
                   'subnet "10.70.0.0/24" { mode = "proxy" }\n')

    @staticmethod
    def relayed(n, first, last):
        more = "".join('  %s = "%s"\n' % o for o in LONG.items()) \
            if n == 30 else ""
        return ('subnet "10.%d.0.0/24" {\n  ranges = { "10.%d.0.%d-10.%d.0.%d"'
                ' }\n  routers = { "10.%d.0.%d" }\n%s}\n' % (
                    n, n, first, n, last, n, 10 if n == 60 else 1, more))

    def start(self):
        self.stated = self.spawn(self.build + "/sbin/pxe-stated", "-c",
                                 self.path("pxe"))
        self.spawn(self.build + "/sbin/pxe-dhcpd", "-c", self.path("pxe"))

    def kill_stated(self):
        self.processes.remove(self.stated)
        self.stated.kill()
        self.stated.wait()

    def start_stated(self):
        self.stated = self.spawn(self.build + "/sbin/pxe-stated", "-c",
                                 self.path("pxe"))

    def log_has(self, what, since=0):
        with open(self.path("pxe.log"), encoding="utf-8",
                  errors="replace") as log:
            log.seek(since)
            return what in log.read()

    def log_size(self):
        return os.path.getsize(self.path("pxe.log"))


class Dnsmasq(Server):
    name = "dnsmasq"

    def configure(self, variant):
        self.variant = variant
        lines = ["port=0", "no-ping", "dhcp-lease-max=10000", "user=root",
                 "interface=eth1,eth2", "no-resolv", "no-hosts", "conf-file=",
                 "dhcp-leasefile=" + self.path("dnsmasq.leases"),
                 "dhcp-range=set:l,10.1.1.10,10.1.2.250,255.255.252.0,600",
                 "dhcp-option=tag:l,3,10.1.0.1", "dhcp-option=tag:l,6,10.1.0.2",
                 "dhcp-option=tag:l,15,example.org"]
        lines += ["bootp-dynamic"] if variant == "plain" else \
            ["dhcp-authoritative"]
        for n, (first, last) in RELAYED.items():
            lines.append("dhcp-range=set:n%d,10.%d.0.%d,10.%d.0.%d,"
                         "255.255.255.0,600" % (n, n, first, n, last))
            lines.append("dhcp-option=tag:n%d,3,10.%d.0.%d" % (
                n, n, 10 if n == 60 else 1))
        lines += ["dhcp-option=tag:n30,%d,%s" % (LONG_CODES[k], v)
                  for k, v in LONG.items()]
        lines += ["dhcp-host=%s,%s" % h for h in HOSTS.items()]
        self.write("dnsmasq.conf", "\n".join(lines) + "\n")

    def start(self):
        self.spawn("dnsmasq", "-k", "-C", self.path("dnsmasq.conf"),
                   "--pid-file=" + self.path("dnsmasq.pid"))


class Isc(Server):
    name = "isc"

    def configure(self, variant):
        self.variant = variant
        plain = variant == "plain"
        text = ("ping-check off;\n%s\ndefault-lease-time 600;\n"
                "max-lease-time 1200;\nmin-lease-time 60;\n"
                "subnet 172.16.0.0 netmask 255.255.255.0 { }\n"
                "subnet 10.1.0.0 netmask 255.255.252.0 {\n"
                "  range %s 10.1.1.10 10.1.2.250;\n"
                "  option routers 10.1.0.1;\n"
                "  option domain-name-servers 10.1.0.2;\n"
                '  option domain-name "example.org";\n}\n' % (
                    "" if plain else "authoritative;\ndeny bootp;",
                    "dynamic-bootp" if plain else ""))
        for n, (first, last) in RELAYED.items():
            more = "".join('  option %s "%s";\n' % o for o in LONG.items()) \
                if n == 30 else ""
            text += ("subnet 10.%d.0.0 netmask 255.255.255.0 {\n"
                     "  range 10.%d.0.%d 10.%d.0.%d;\n"
                     "  option routers 10.%d.0.%d;\n%s}\n" % (
                         n, n, first, n, last, n, 10 if n == 60 else 1, more))
        for i, host in enumerate(HOSTS.items()):
            text += ("host h%d { hardware ethernet %s; fixed-address %s; }\n"
                     % (i, *host))
        self.write("isc.conf", text)
        self.write("isc.leases", "")

    def start(self):
        self.spawn("dhcpd", "-4", "-f", "-q", "--no-pid", "-cf",
                   self.path("isc.conf"), "-lf", self.path("isc.leases"),
                   "eth1", "eth2")


class Kea(Server):
    name = "kea"

    def configure(self, variant):
        self.variant = variant
        subnets = [{
            "id": 1, "subnet": "10.1.0.0/22", "interface": "eth1",
            "pools": [{"pool": "10.1.1.10 - 10.1.2.250"}],
            "option-data": [
                {"name": "routers", "data": "10.1.0.1"},
                {"name": "domain-name-servers", "data": "10.1.0.2"},
                {"name": "domain-name", "data": "example.org"}],
            "reservations": [{"hw-address": m, "ip-address": a}
                             for m, a in HOSTS.items()]}]
        for n, (first, last) in RELAYED.items():
            options = [{"name": "routers", "data": "10.%d.0.%d" % (
                n, 10 if n == 60 else 1)}]
            if n == 30:
                options += [{"code": LONG_CODES[k], "data": v}
                            for k, v in LONG.items()]
            subnets.append({
                "id": n, "subnet": "10.%d.0.0/24" % n,
                "pools": [{"pool": "10.%d.0.%d - 10.%d.0.%d" % (
                    n, first, n, last)}], "option-data": options})
        conf = {"interfaces-config": {"interfaces": ["eth1", "eth2"]},
                "lease-database": {"type": "memfile", "persist": True,
                                   "name": self.path("kea.leases")},
                "valid-lifetime": 600, "max-valid-lifetime": 1200,
                "min-valid-lifetime": 60, "calculate-tee-times": True,
                "authoritative": variant == "strict", "subnet4": subnets}
        hooks = "/usr/lib/x86_64-linux-gnu/kea/hooks/libdhcp_bootp.so"
        if variant == "plain" and os.path.exists(hooks):
            conf["hooks-libraries"] = [{"library": hooks}]
        self.write("kea.json", json.dumps({"Dhcp4": conf}))

    def start(self):
        os.environ["KEA_PIDFILE_DIR"] = os.environ["KEA_LOCKFILE_DIR"] = \
            self.dir
        self.spawn("kea-dhcp4", "-c", self.path("kea.json"))


SERVERS = {c.name: c for c in (Pxe, Dnsmasq, Isc, Kea)}
