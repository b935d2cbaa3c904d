# SPDX-License-Identifier: ISC
"""The servers under test, each with the same files, as far as it can in these
variants:

    plain     files only
    listing   lists directories; index.html is served for one that has it

"pxe-tls" does all that over TLS.
"""
import json
import os
import random
import re

from caselib import Server, make_specials
from harness import PORT, SERVER4, SERVER6
from tls import certify

BIG_BYTES = 5 * (1 << 30) + 7
BIG_MARKS = {0: b"the beginning", (1 << 32) - 5: b"beyond 32 bits",
             BIG_BYTES - 3: b"end"}
SIZES = {"small": 1000, "one": 1, "empty": 0, "copied": 32768, "sent": 32769,
         "large": 20000000, "sub/inner": 700, "sub/deep/er": 300,
         "a name with spaces": 301, "a b%?#+&.txt": 302,
         "gr\u00fcn": 303, "back\\slash": 304, "x;y=z,(1)'!$*@:": 305}
# names, and the media types that they have
TYPES = {
    "boot.efi": "application/efi", "BOOTX64.EFI": "application/efi",
    "x.iso": "application/vnd.efi-iso", "X.ISO": "application/vnd.efi-iso",
    "x.img": "application/vnd.efi-img", "X.Img": "application/vnd.efi-img",
    "x.ipxe": "text/plain", "x.cfg": "text/plain", "x.yaml": "text/plain",
    "x.ks": "text/plain", "x.html": "text/html", "x.json": "application/json",
    "x.xml": "application/xml", "x.tar.gz": "application/gzip",
    "x.foo": "application/x-foo", "x.bar.baz": "application/x-bar-baz",
    "small": "application/octet-stream", ".efi": "application/efi",
    "boot.efi.": "application/octet-stream",
    "dir.iso/readme": "application/octet-stream",
}
# which the administrator of the test has named
OWN_TYPES = {".foo": "application/x-foo", ".bar.baz": "application/x-bar-baz"}
# file names that a listing must get right
ODD_NAMES = [
    b"plain", b"with blank", b"<script>alert(1)<", b"&amp;", b'"quoted"',
    b"it's", b"new\nline", b"\x1b[31mred", b"100%25", b"a?b#c", b"a:b",
    b"javascript:x", "gr\u00fcn".encode(), b"bad\xff\xfeutf8",
    b"back\\slash", b"a..b"]


def content(name):
    """What the file of that name has, never the same twice."""
    size = SIZES.get(name, 500 + len(name))
    return random.Random(name).randbytes(size)


class HttpServer(Server):
    variants = ("plain", "listing")
    has_tls = False
    quiet_s = 2  # without an answer: there is none
    content = staticmethod(content)

    def __init__(self, space, build, directory):
        Server.__init__(self, space, build, directory)
        self.root = self.path("root")
        self.certificate, self.key = self.path("a.pem"), self.path("a.key")

    # --- files ---

    def full(self, name):
        return os.path.join(os.fsencode(self.root), os.fsencode(name))

    def put(self, name, octets, mode=0o644, when=None):
        """A file appears below the root, at once."""
        path = self.full(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        part = path + b".%d" % os.getpid()
        with open(part, "wb") as out:
            out.write(octets)
        os.chmod(part, mode)
        if when is not None:
            os.utime(part, (when, when))
        os.replace(part, path)
        return name

    def fill_root(self):
        if self.has_tls:
            certify(self.certificate, self.key)
            os.chmod(self.key, 0o644)
        for name in list(SIZES) + list(TYPES):
            self.put(name, content(name))
        self.put("unreadable", b"x", 0o600)
        self.put("../elsewhere/secret", b"secret")
        os.makedirs(self.root + "/no-entry")
        os.chmod(self.root + "/no-entry", 0o700)
        os.makedirs(self.root + "/hollow")
        root = self.root + "/"
        os.symlink("small", root + "link-inside")
        os.symlink("sub", root + "link-dir")
        os.symlink("../elsewhere/secret", root + "link-out")
        os.symlink(self.path("elsewhere/secret"), root + "link-absolute")
        os.symlink("../../elsewhere", root + "sub/way-out")
        os.symlink("link-loop", root + "link-loop")
        make_specials(root)
        for name in ODD_NAMES:
            self.put(b"odd/" + name, b"I am " + name)
        os.makedirs(root + "odd/<dir>&")
        os.makedirs(root + "odd/.hidden-dir")
        self.put("odd/.hidden", b"hidden")
        self.put("odd/locked", b"x", 0o600)
        os.symlink("../../elsewhere/secret", root + "odd/leads-out")
        os.symlink("nowhere", root + "odd/leads-nowhere")
        os.symlink("plain", root + "odd/leads-in")
        os.symlink("../sub", root + "odd/leads-to-dir")
        make_specials(root + "odd/")
        self.put("sizes/small", b"x" * 1000, when=1000000000)
        os.utime(root + "sizes", (1000000000, 1000000000))
        self.put("indexed/index.html", b"<p>the index</p>")
        self.put("indexed/other", b"other")
        for n in range(3000):
            self.put("many/file-%05d" % n, b"")
        with open(root + "big", "wb") as big:
            for at, mark in BIG_MARKS.items():
                big.seek(at)
                big.write(mark)
        os.chmod(root + "big", 0o644)

    def memory_kb(self):
        """Of all its processes."""
        total = 0
        for process in self.processes:
            for pid in [process.pid] + children(process.pid):
                with open("/proc/%d/status" % pid, encoding="ascii") as f:
                    total += sum(int(line.split()[1]) for line in f
                                 if line.startswith("VmRSS"))
        return total

    def n_files(self):
        """Open descriptors of all its processes."""
        return sum(len(os.listdir("/proc/%d/fd" % pid))
                   for process in self.processes
                   for pid in [process.pid] + children(process.pid))


def children(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid),
              encoding="ascii") as f:
        return [int(word) for word in f.read().split()]


class Pxe(HttpServer):
    name = "pxe"
    is_measured = False

    def configure(self, variant):
        self.variant = variant
        base = self.path("pxe")
        os.makedirs(base + "/state", exist_ok=True)
        self.write("pxe/pxe.conf", 'boot-root = "%s"\nstate-dir = "%s/state"\n'
                   'state-socket = "%s/state.sock"\nhttp-port = %d\n' % (
                       self.root, base, base, PORT + self.has_tls))
        self.write("pxe/httpd.conf", 'user = "nobody"\n'
                   "max-connections = 3000\nmax-per-client = 0\n"
                   "header-timeout = 10\n" + self.types() + self.tls() + (
                       'listings = yes\nindex = { "index.html" }\n'
                       if variant == "listing" else ""))
        self.write("pxe/boot.conf", 'menu { title = "M"  default = "local" }\n'
                   'target "local" { title = "Local"  type = "local" }\n')

    def tls(self):
        return ('tls-port = %d\ntls-certificate = "%s"\ntls-key = "%s"\n' % (
            PORT, self.certificate, self.key)) if self.has_tls else ""

    @staticmethod
    def types():
        return "types = { %s }\n" % ", ".join(
            '"%s=%s"' % row for row in OWN_TYPES.items())

    def start(self):
        self.spawn(self.build + "/sbin/pxe-httpd", "-c", self.path("pxe"))


class Nginx(HttpServer):
    name = "nginx"

    def configure(self, variant):
        self.variant = variant
        base = self.path("nginx")
        os.makedirs(base, exist_ok=True)
        types = "".join("%s %s;\n" % (
            kind, suffix[1:]) for suffix, kind in self.suffixes().items())
        self.write("nginx/nginx.conf", """
            user nobody nogroup;
            daemon off; worker_processes 1; worker_rlimit_nofile 8192;
            pid %(base)s/pid; error_log %(base)s/error.log;
            events { worker_connections 4096; }
            http {
                access_log off; sendfile on; tcp_nopush on;
                client_header_timeout 10s; keepalive_timeout 60s;
                keepalive_requests 100000;
                client_body_temp_path %(base)s/b; proxy_temp_path %(base)s/p;
                fastcgi_temp_path %(base)s/f; uwsgi_temp_path %(base)s/u;
                scgi_temp_path %(base)s/s;
                default_type application/octet-stream;
                types { %(types)s }
                server {
                    listen %(v4)s:%(port)d; listen [%(v6)s]:%(port)d;
                    root %(root)s; %(more)s
                }
            }""" % {"base": base, "v4": SERVER4, "v6": SERVER6, "port": PORT,
                    "root": self.root, "types": types, "more": (
                        "autoindex on; index index.html;"
                        if variant == "listing" else "index no-such-index;")})

    @staticmethod
    def suffixes():
        found = {}
        for name, kind in TYPES.items():
            if re.search(r"\.[^./]+\Z", name):
                found["." + name.rsplit(".", 1)[1].lower()] = kind
        return found

    def start(self):
        self.spawn("nginx", "-c", self.path("nginx/nginx.conf"), "-e",
                   self.path("nginx/error.log"))


class Lighttpd(HttpServer):
    name = "lighttpd"

    def configure(self, variant):
        self.variant = variant
        types = dict(Nginx.suffixes())
        types.update(OWN_TYPES)
        self.write("lighttpd/lighttpd.conf", "".join(line + "\n" for line in [
            "server.document-root = %s" % json.dumps(self.root),
            'server.bind = "%s"' % SERVER4, "server.port = %d" % PORT,
            '$SERVER["socket"] == "[%s]:%d" { }' % (SERVER6, PORT),
            'server.username = "nobody"', 'server.groupname = "nogroup"',
            "server.max-keep-alive-requests = 100000",
            "server.max-fds = 8192", "server.max-read-idle = 10",
            "server.errorlog = %s" % json.dumps(self.path("lighttpd/errors")),
            "mimetype.assign = ( %s )" % ", ".join(
                '"%s" => "%s"' % row for row in
                list(types.items()) + [("", "application/octet-stream")])] + (
            ['server.modules += ( "mod_dirlisting" )',
             'dir-listing.activate = "enable"',
             'index-file.names = ( "index.html" )']
            if variant == "listing" else [])))

    def start(self):
        open(self.path("lighttpd/errors"), "ab").close()
        os.chmod(self.path("lighttpd/errors"), 0o666)
        self.spawn("lighttpd", "-D", "-f",
                   self.path("lighttpd/lighttpd.conf"))


class PxeTls(Pxe):
    has_tls = True
    quiet_s = 8  # its clients leave it little of the processors


SERVERS = {c.name: c for c in (Pxe, Nginx, Lighttpd)}
SERVERS["pxe-tls"] = PxeTls

__all__ = ["BIG_BYTES", "BIG_MARKS", "ODD_NAMES", "OWN_TYPES", "SERVERS",
           "TYPES", "content"]
