#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A stand-in for pxe-stated that answers as it is told, for tests of pxectl.

usage: ctl_fake.py SOCKET MODE [FILE]

MODE answer: FILE is JSON with the members status, clients, leases, and watch:
a list of streams, one for each call of Watch, each a list of replies, numbers
(seconds to wait), "resync" and "close".  The other modes are ways to be wrong.
"""
import json
import os
import socket
import sys
import threading
import time

PREFIX = "io.pxesuite.State."
PAGE = 500


def send(conn, params=None, error=None, more=False):
    message = {"parameters": params or {}}
    if error:
        message["error"] = error
    if more:
        message["continues"] = True
    conn.sendall(json.dumps(message).encode() + b"\0")


def send_list(conn, name, records):
    pages = [records[i:i + PAGE] for i in range(0, len(records), PAGE)] or [[]]
    for page in pages[:-1]:
        send(conn, {name: page}, more=True)
    send(conn, {name: pages[-1]})


def send_watch(conn, script):
    for item in script:
        if isinstance(item, (int, float)):
            time.sleep(item)
        elif item == "resync":
            send(conn, error=PREFIX + "Resync")
            return
        elif item == "close":
            conn.shutdown(socket.SHUT_RDWR)
            return
        else:
            send(conn, item, more=True)
    time.sleep(3600)


def get_client(conn, state, params):
    who = params["client"]
    for c in state["clients"]:
        if who in (c["client"], c.get("name"), c.get("address")):
            send(conn, {"client": c})
            return
    send(conn, {"client": who}, PREFIX + "NoClient")


def get_lease(conn, state, params):
    for x in state["leases"]:
        if x["address"] == params["address"]:
            send(conn, {"lease": x})
            return
    send(conn, {"address": params["address"]}, PREFIX + "NoLease")


def release(conn, state, params):
    if state.get("denied"):
        send(conn, {"method": "ReleaseLease"}, PREFIX + "Denied")
        return
    state["leases"] = [x for x in state["leases"]
                       if x["address"] != params["address"]]
    send(conn)


def import_leases(conn, state, params):
    """Takes all but addresses that another client holds."""
    have = {x["address"]: x for x in state["leases"]}
    imported, refused = 0, []
    for one in params["leases"]:
        old = have.get(one["address"])
        if old and old["client"] != one["client"] and \
                old["end"] > time.time() and not params.get("replace"):
            refused.append({"address": one["address"],
                            "client": old["client"],
                            "why": "the address is in use"})
        else:
            have[one["address"]] = one
            imported += 1
    state["leases"] = list(have.values())
    state["status"].setdefault("imports", []).append(len(params["leases"]))
    send(conn, {"imported": imported, "refused": refused})


def watch(conn, state, _):
    send_watch(conn, state["watch"].pop(0) if state["watch"] else [])


METHODS = {
    "GetStatus": lambda c, s, p: send(c, s["status"]),
    "ListClients": lambda c, s, p: send_list(c, "clients", s["clients"]),
    "ListLeases": lambda c, s, p: send_list(c, "leases", s["leases"]),
    "ListOrders": lambda c, s, p: send_list(c, "orders", s.get("orders", [])),
    "GetClient": get_client,
    "GetLease": get_lease,
    "ImportLeases": import_leases,
    "ReleaseLease": release,
    "Watch": watch,
}


def answer(conn, state, text):
    call = json.loads(text)
    method = METHODS[call["method"].removeprefix(PREFIX)]
    method(conn, state, call.get("parameters", {}))
    return True


def endless(conn, *_):
    while True:
        conn.sendall(b"[" * 65536)


def flood(conn, *_):
    while True:
        send(conn, {"clients": [], "leases": []}, more=True)


def garbage(conn, *_):
    conn.sendall(bytes(range(1, 256)) + b"\0")
    return True


def nonsense(conn, *_):
    send(conn, {"clients": 7, "leases": "x", "status": None, "client": [],
                "lease": 7,
                "ready": {}})
    return True


def unasked(conn, *_):
    for _ in range(3):
        send(conn, {"clients": [], "leases": []})
    return True


MODES = {
    "answer": answer,
    "close": lambda *_: False,
    "endless": endless,
    "flood": flood,
    "garbage": garbage,
    "hang": lambda *_: time.sleep(3600),
    "nonsense": nonsense,
    "unasked": unasked,
}


def serve(conn, mode, state):
    pending = b""
    while True:
        octets = conn.recv(65536)
        if not octets:
            return
        pending += octets
        while b"\0" in pending:
            text, pending = pending.split(b"\0", 1)
            if not MODES[mode](conn, state, text):
                return


def guarded(conn, mode, state):
    try:
        with conn:
            serve(conn, mode, state)
    except (BrokenPipeError, ConnectionResetError):
        pass


def main():
    path, mode = sys.argv[1:3]
    state = {}
    if len(sys.argv) > 3:
        with open(sys.argv[3], encoding="utf-8") as f:
            state = json.load(f)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    if os.path.exists(path):
        os.unlink(path)
    sock.bind(path)
    sock.listen(16)
    while True:
        conn, _ = sock.accept()
        threading.Thread(target=guarded, args=(conn, mode, state),
                         daemon=True).start()


main()
