# SPDX-License-Identifier: ISC
"""What the tests of pxectl share: a suite in a directory of its own."""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
B = os.path.join(ROOT, os.environ.get("B", "build"))
PXECTL = os.path.join(B, "bin", "pxectl")
PATIENCE_S = 120  # before a command counts as hung
NOW = int(time.time())
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e]")

failures = []
children = []


def check(name, ok, *about):
    print(("ok - ctl: " if ok else "not ok - ctl: ") + name, flush=True)
    if not ok:
        failures.append(name)
        for text in about:
            for line in str(text).splitlines()[:40]:
                print("# " + repr(line))


class Suite:
    """A configuration directory and a stand-in for pxe-stated."""

    def __init__(self, top, name):
        self.dir = os.path.join(top, name)
        self.etc = os.path.join(self.dir, "etc")
        self.socket = os.path.join(self.dir, "s")
        self.root = os.path.join(self.dir, "root")
        os.makedirs(self.etc)
        os.makedirs(self.root)
        os.chmod(top, 0o755)
        self.fake = None
        self.write("pxe.conf", f'boot-root = "{self.root}"\n'
                   f'state-socket = "{self.socket}"\n'
                   f'state-dir = "{self.dir}/state"\n')
        self.write("boot.conf", """
loader "bios" { file = "undionly.kpxe" }
loader "uefi" { file = "ipxe.efi" }
menu { title = "Network boot"  timeout = 10  default = "local" }
target "local" { title = "Local disk"  type = "local" }
target "shell" { title = "A shell"  type = "shell" }
target "cd" { title = "A CD"  type = "iso"  iso = "cd.iso"  memdisk = "m" }
""")
        self.write("hosts.conf", 'host "alpha" '
                   '{ mac = "52:54:00:00:00:01"  boot = "shell" }\n')

    def write(self, name, text):
        with open(os.path.join(self.etc, name), "w", encoding="utf-8") as f:
            f.write(text)

    def start(self, mode, state=None):
        self.stop()
        path = os.path.join(self.dir, "state.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(state or {}, f)
        self.fake = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "ctl_fake.py"), self.socket,
             mode, path])
        children.append(self.fake)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                with socket.socket(socket.AF_UNIX) as s:
                    s.connect(self.socket)
                os.chmod(self.socket, 0o660)
                return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError("ctl_fake.py does not listen")

    def stop(self):
        if self.fake:
            self.fake.kill()
            self.fake.wait()
            self.fake = None

    def copy_program(self):
        """pxectl and its library where every user may run them."""
        to = os.path.join(self.dir, "copy")
        for path in (PXECTL, os.path.join(B, "lib")):
            new = os.path.join(to, os.path.relpath(path, B))
            os.makedirs(os.path.dirname(new), exist_ok=True)
            copy = shutil.copytree if os.path.isdir(path) else shutil.copy2
            copy(path, new)
        return os.path.join(to, "bin", "pxectl")

    def popen(self, *args, **more):
        env = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC0",
               **more.pop("env", {})}
        more.setdefault("stdout", subprocess.PIPE)
        more.setdefault("stderr", subprocess.PIPE)
        program = more.pop("program", PXECTL)
        child = subprocess.Popen([program, "-c", self.etc, *args], env=env,
                                 **more)
        children.append(child)
        return child

    def run(self, *args, **more):
        """Status, standard output, standard error."""
        child = self.popen(*args, **more)
        try:
            out, err = child.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            child.kill()
            out, err = child.communicate()
        return (child.returncode, (out or b"").decode("utf-8", "replace"),
                (err or b"").decode("utf-8", "replace"))


def client(number, **more):
    key = f"52:54:00:00:{number >> 8:02x}:{number & 255:02x}"
    record = {
        "client": key,
        "facts": {"hwaddr": key, "stage": "rom", "arch": 0},
        "first_seen": NOW - 86400, "last_seen": NOW - number, "boots": 2,
        "boot_started": NOW - 60, "step": "files", "step_since": NOW - 20,
        "steps": {"discover": NOW - 60, "address": NOW - 56,
                  "files": NOW - 20},
        "address": f"10.0.{number // 250}.{number % 250 + 1}",
        "file": "debian/initrd", "bytes": 250, "total_bytes": 1000,
        "boot_bytes": 4711,
    }
    facts = more.pop("facts", {})
    record.update(more)
    record["facts"].update(facts)
    return record


def lease(number, **more):
    record = {
        "address": f"10.0.{number // 250}.{number % 250 + 1}",
        "client": f"52:54:00:00:{number >> 8:02x}:{number & 255:02x}",
        "state": "active", "start": NOW - 60, "end": NOW + 3600,
        "host_name": f"host{number}",
    }
    record.update(more)
    return record


def good_state():
    return {
        "status": {
            "version": "9.9", "started": NOW - 100, "clients": 4, "leases": 5,
            "commits": 100, "syncs": 40, "store_ok": True,
            "peers": [{"name": "pxe-dhcpd", "pid": 12, "connected": True,
                       "since": NOW - 90}],
            "reasons": {"ok": 1234, "not-found": 3},
        },
        "clients": [
            client(1, name="alpha", facts={"arch": 7, "host_name": "al"}),
            client(2, step="address", step_since=NOW - 50,
                   last_seen=NOW - 45),
            client(3, step="up"),
            client(4, step="loaded", reason="not-found",
                   last_seen=NOW - 30),
        ],
        "leases": [
            lease(4), lease(1),
            lease(2, end=NOW - 5), lease(3, state="released"),
            lease(5, state="declined", client="id:0102"),
        ],
        "watch": [],
    }


def run_tests(tests):
    """Runs each with a directory of its own; the exit status."""
    top = tempfile.mkdtemp(prefix="pxe-ctl-")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # by finally
    try:
        for test in tests:
            test(Suite(top, test.__name__))
    finally:
        for child in children:
            if child.poll() is None:
                child.kill()
                child.wait()
        shutil.rmtree(top, ignore_errors=True)
    return 1 if failures else 0
