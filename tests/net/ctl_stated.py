# SPDX-License-Identifier: ISC
"""A real pxe-stated for the tests of pxectl, and daemons that speak to it."""
import os
import signal
import subprocess
import time

from ctl_lib import B, children
import varlink

STATED = os.path.join(B, "sbin", "pxe-stated")
KEY = "52:54:00:00:00:01"


class Stated:
    """A pxe-stated that runs in place, from the suite's directory."""

    def __init__(self, suite, conf=""):
        self.suite = suite
        os.makedirs(os.path.join(suite.dir, "state"), exist_ok=True)
        suite.write("stated.conf", 'user = ""\n' + conf)
        self.child = None
        self.start()

    def start(self):
        self.log = open(os.path.join(self.suite.dir, "log"), "ab")
        self.child = subprocess.Popen([STATED, "-c", self.suite.etc],
                                      stdout=self.log, stderr=self.log)
        children.append(self.child)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if self.suite.run("-q", "status")[0] in (0,) or \
                    self.suite.run("-q", "clients")[0] == 0:
                return
            time.sleep(0.05)
        raise RuntimeError("pxe-stated does not answer: " +
                           open(self.log.name, encoding="utf-8").read())

    def kill(self):
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()
        self.log.close()


class Daemon(varlink.Client):
    """What a daemon says to pxe-stated."""

    def __init__(self, suite, name):
        super().__init__(suite.socket)
        self.name = name
        self.call("Hello", {"name": name})

    def facts(self, key=KEY, name=None, **facts):
        self.send("ReportClient", {
            "client": key, "name": name,
            "facts": {"hwaddr": key, "stage": "rom", **facts}}, oneway=True)

    def event(self, kind, key=KEY, **more):
        self.send("ReportEvent", {"event": {
            "event": kind, "by": self.name, "client": key, **more}},
            oneway=True)

    def commit(self, address, key=KEY, **more):
        now = int(time.time())
        self.call("CommitLease", {"lease": {
            "address": address, "client": key, "state": "active",
            "start": now, "end": now + 600, **more}})

    def sync(self):
        """What was sent before was taken."""
        self.call("GetStatus")


def is_built():
    return os.access(STATED, os.X_OK)
