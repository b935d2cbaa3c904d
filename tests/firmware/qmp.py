#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Types on the keyboard of a virtual machine.

usage: qmp.py SOCKET NAME KEY...

SOCKET is that of QEMU's machine protocol; NAME, the machine's, is not used.
A KEY is a name of QEMU's ("a", "ret", "down"), or several that are held
together ("shift-a").
"""
import json
import socket
import sys
import time

PAUSE_S = 0.1  # firmware polls its keyboard


def ask(stream, command, **arguments):
    stream.write(json.dumps({"execute": command, "arguments": arguments}))
    stream.flush()
    for line in stream:
        answer = json.loads(line)
        if "error" in answer:
            sys.exit("%s: %s" % (command, answer["error"]["desc"]))
        if "return" in answer:
            return
    sys.exit("%s: no answer" % command)


with socket.socket(socket.AF_UNIX) as qemu:
    qemu.settimeout(20)
    qemu.connect(sys.argv[1])
    talk = qemu.makefile("rw")
    talk.readline()
    ask(talk, "qmp_capabilities")
    for key in sys.argv[3:]:
        ask(talk, "send-key",
            keys=[{"type": "qcode", "data": k} for k in key.split("-")])
        time.sleep(PAUSE_S)
