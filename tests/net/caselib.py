# SPDX-License-Identifier: ISC
"""What the suites of cases share: tables of cases, servers that are started
and killed in a namespace, TAP.  Used by conformance/ and tftp_conformance/,
whose tests have this directory in PYTHONPATH."""
import os
import signal
import socket
import stat
import subprocess
import time


class Failed(Exception):
    """A case found the server wrong."""


class Lacks(Failed):
    """It does not have what it need not have."""


class Row:
    """A case: a function with a name; `only` for the server of that name, in
    a `variant` of its configuration."""

    def __init__(self, name, run, variant="plain", only=None, **more):
        self.name, self.run = name, run
        self.variant, self.only = variant, only
        self.__dict__.update(more)


def table():
    """An empty table, and what puts a function into it."""
    rows = []

    def case(name, variant="plain", only=None, **more):
        def add(run):
            rows.append(Row(name, run, variant, only, **more))
            return run
        return add

    return rows, case


def select(rows, words, server, variant):
    """Those of this variant that the words name, and that it can do."""
    return [r for r in rows if r.variant == variant and
            (not r.only or r.only == server) and
            (not words or any(w in r.name for w in words))]


class Tally:
    """Prints a line for each case, and counts."""

    def __init__(self, server):
        self.server, self.n, self.bad = server, 0, []
        self.n_skipped = 0

    def tell(self, name, why=None):
        """`why` it failed, or None."""
        self.n += 1
        if why is None:
            print("ok %d - %s" % (self.n, name), flush=True)
        elif isinstance(why, Lacks) and self.server.is_measured:
            self.skip(name, why)
        else:
            self.bad.append(name)
            print("not ok %d - %s\n# %s" % (
                self.n, name, str(why).replace("\n", "\n# ")), flush=True)

    def skip(self, name, why):
        self.n_skipped += 1
        print("ok %d - %s # SKIP %s" % (self.n, name, why), flush=True)

    def end(self):
        """The exit status: another server than ours is only measured."""
        print("1..%d" % self.n)
        n = self.n - self.n_skipped
        print("# %s: %d of %d" % (self.server.name, n - len(self.bad), n))
        return 1 if self.bad and not self.server.is_measured else 0


class Server:
    """Starts, kills, starts again; configured once for each variant."""
    name = ""
    is_measured = True  # its failures do not count
    variants = ("plain",)
    late_s = 0.5  # who was kept waiting for longer may have failed by that

    def __init__(self, space, build, directory):
        self.space, self.build, self.dir = space, build, directory
        self.processes = []
        self.variant = "plain"

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, content):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="ascii") as out:
            out.write(content)

    def spawn(self, *command):
        """Its children end with it."""
        with open(self.path(self.name + ".log"), "ab") as log:
            self.processes.append(subprocess.Popen(
                ["ip", "netns", "exec", self.space] + list(command),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True))
        return self.processes[-1]

    def stop(self, how=signal.SIGTERM):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(how)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.processes.clear()

    def prepare(self):
        """Before each start."""

    def start(self):
        raise NotImplementedError

    def can(self, variant):
        return variant in self.variants

    def configure(self, variant):
        self.variant = variant

    def is_alive(self):
        return all(p.poll() is None for p in self.processes)


def make_specials(where):
    """What is no file, for everybody to read, below a directory ("x/")."""
    os.mkfifo(where + "fifo")
    os.chmod(where + "fifo", 0o666)
    os.mknod(where + "device", 0o666 | stat.S_IFCHR, os.makedev(1, 5))
    os.chmod(where + "device", 0o666)
    with socket.socket(socket.AF_UNIX) as sock:
        here = os.getcwd()
        os.chdir(where)  # the path must be short
        sock.bind("socket")
        os.chdir(here)
    os.chmod(where + "socket", 0o666)


def wait_until(is_so, seconds):
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
