# SPDX-License-Identifier: ISC
"""The servers under test, each with the same files, as far as it can in these
variants:

    plain     reads; unanswered blocks are sent again after first_timeout_s
    single    all datagrams from port 69
    rollover  block 1 follows block 65535
    upload    files may be written into a directory, up to UPLOAD_LIMIT octets
    replace   the same, and replaced; UPLOAD_TOTAL octets of all
"""
import os
import random
import shutil

from caselib import Server, make_specials

UPLOAD_LIMIT = 1 << 20
UPLOAD_TOTAL = 4 << 20
BIG_BYTES = 5 * (1 << 30) + 7
BIG_MARKS = {0: b"the beginning", (1 << 32) - 5: b"beyond 32 bits",
             BIG_BYTES - 3: b"end"}


def content(size):
    """The contents of the file of that size, never the same twice."""
    return random.Random(size).randbytes(size) if size else b""


class TftpServer(Server):
    first_timeout_s = 0.2
    late_s = 0.05
    variants = ("plain",)

    def __init__(self, space, build, directory):
        Server.__init__(self, space, build, directory)
        self.root = self.path("root")
        self.uploads = self.path("uploads")
        self.made = {}

    # --- files ---

    content = staticmethod(content)

    def put(self, name, octets, mode=0o644):
        """A file appears below the root, at once."""
        path = os.path.join(os.fsencode(self.root), os.fsencode(name))
        part = path + b".%d" % os.getpid()
        with open(part, "wb") as out:
            out.write(octets)
        os.chmod(part, mode)
        os.replace(part, path)
        return name

    def file(self, size):
        name = "size-%d" % size
        if size not in self.made:
            self.made[size] = content(size)
            if not os.path.exists(os.path.join(self.root, name)):
                self.put(name, self.made[size])
        return name, self.made[size]

    def fill_root(self):
        for path in (self.root, self.root + "/sub", self.path("elsewhere")):
            os.makedirs(path, exist_ok=True)
            os.chmod(path, 0o755)
        for size in (1, 512, 1000):
            self.file(size)
        self.put("sub/inner", content(700))
        self.put("a name with spaces", content(300))
        self.put("n\u00e4me".encode(), content(301))
        self.put("unreadable", b"x", 0o600)
        self.put("../elsewhere/secret", b"secret")
        root = self.root + "/"
        os.symlink("size-512", root + "link-inside")
        os.symlink("../elsewhere/secret", root + "link-out")
        os.symlink(self.path("elsewhere/secret"), root + "link-absolute")
        os.symlink("../../elsewhere", root + "sub/way-out")
        os.symlink("link-loop", root + "link-loop")
        make_specials(root)
        with open(root + "big", "wb") as big:
            for at, mark in BIG_MARKS.items():
                big.seek(at)
                big.write(mark)
        os.chmod(root + "big", 0o644)

    def prepare(self):
        shutil.rmtree(self.uploads, ignore_errors=True)
        os.makedirs(self.uploads)
        os.chmod(self.uploads, 0o777)

    def uploaded(self, name):
        """What a file has that was sent to the server; None: there is none."""
        try:
            with open(os.path.join(self.uploads, name), "rb") as f:
                return f.read()
        except FileNotFoundError:
            return None


class Pxe(TftpServer):
    name = "pxe"
    is_measured = False
    variants = ("plain", "single", "rollover", "upload", "replace")
    more = {
        "single": "single-port = yes\n",
        "rollover": "rollover = 1\n",
        "upload": 'upload-dir = "%(uploads)s"\nupload-limit = 1\n',
        "replace": 'upload-dir = "%(uploads)s"\nupload-limit = 1\n'
                   "upload-overwrite = yes\nupload-total = 4\n"
                   "max-uploads = 10\n",
    }

    def configure(self, variant):
        self.variant = variant
        base = self.path("pxe")
        os.makedirs(base + "/state", exist_ok=True)
        self.write("pxe/pxe.conf", 'boot-root = "%s"\nstate-dir = "%s/state"\n'
                   'state-socket = "%s/state.sock"\n' % (
                       self.root, base, base))
        self.write("pxe/tftpd.conf", "timeout-ms = %d\nretries = 3\n"
                   'max-blksize = 65464\nuser = "nobody"\n' % (
                       self.first_timeout_s * 1000) +
                   self.more.get(variant, "") % {"uploads": self.uploads})

    def start(self):
        self.spawn(self.build + "/sbin/pxe-tftpd", "-v", "-c",
                   self.path("pxe"))


class Hpa(TftpServer):
    name = "hpa"
    variants = ("plain", "upload")

    def start(self):
        more = ["--create"] if self.variant == "upload" else []
        self.spawn("in.tftpd", "--foreground", "--secure", "--user", "nobody",
                   "--retransmit", "%d" % (self.first_timeout_s * 1e6), *more,
                   self.uploads if more else self.root)


class Atftpd(TftpServer):
    name = "atftpd"
    first_timeout_s = 1
    variants = ("plain", "upload")

    def start(self):
        self.spawn("atftpd", "--daemon", "--no-fork", "--user",
                   "nobody.nogroup", "--retry-timeout", "1", "--logfile", "-",
                   self.uploads if self.variant == "upload" else self.root)


class Dnsmasq(TftpServer):
    name = "dnsmasq"
    first_timeout_s = 2
    variants = ("plain", "single")

    def start(self):
        more = ["--tftp-single-port"] if self.variant == "single" else []
        self.spawn("dnsmasq", "-k", "-C", "/dev/null", "--port=0",
                   "--user=nobody", "--enable-tftp", "--tftp-max=1000",
                   "--tftp-root=" + self.root,
                   "--pid-file=" + self.path("dnsmasq.pid"), *more)


SERVERS = {c.name: c for c in (Pxe, Hpa, Atftpd, Dnsmasq)}

__all__ = ["BIG_BYTES", "BIG_MARKS", "SERVERS", "UPLOAD_LIMIT", "UPLOAD_TOTAL",
           "content"]
