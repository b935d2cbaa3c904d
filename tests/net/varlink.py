# SPDX-License-Identifier: ISC
"""A small Varlink client for the tests: blocking, one connection."""

import json
import socket

INTERFACE = "io.pxesuite.State."


class Gone(Exception):
    """The other side closed the connection."""


class Error(Exception):
    """A Varlink error: its short name and parameters."""

    def __init__(self, name, params):
        super().__init__(f"{name} {params}")
        self.name, self.params = name, params


class Client:
    def __init__(self, path, timeout=20):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(timeout)
        self.sock.connect(path)
        self.data = b""

    def send(self, method, params=None, **flags):
        """One call; flags: more=True, oneway=True."""
        if "." not in method:
            method = INTERFACE + method
        call = {"method": method, "parameters": params or {}, **flags}
        self.sock.sendall(json.dumps(call).encode() + b"\0")

    def receive(self):
        """The next answer, as it came."""
        while b"\0" not in self.data:
            more = self.sock.recv(1 << 20)
            if not more:
                raise Gone()
            self.data += more
        text, self.data = self.data.split(b"\0", 1)
        return json.loads(text)

    def answer(self):
        """The parameters of the next answer; raises Error."""
        reply = self.receive()
        if "error" in reply:
            name = reply["error"]
            if name.startswith(INTERFACE):
                name = name[len(INTERFACE):]
            raise Error(name, reply.get("parameters", {}))
        return reply["parameters"]

    def call(self, method, params=None):
        self.send(method, params)
        return self.answer()

    def stream(self, method, params=None):
        """Answers to a call with "more", up to the last one."""
        self.send(method, params, more=True)
        while True:
            reply = self.receive()
            if "error" in reply:
                raise Error(reply["error"].replace(INTERFACE, ""),
                            reply.get("parameters", {}))
            yield reply["parameters"]
            if not reply.get("continues"):
                return

    def close(self):
        self.sock.close()
