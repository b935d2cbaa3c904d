#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A stand-in for pxe-stated that knows boot sessions, for tests of pxe-httpd.

usage: boot_fake.py SOCKET FILE LOG

FILE is JSON, read anew for each call: "sessions" by token, each with address,
client, machine, target, once, state; and by method what is to happen instead:
"begin": "ok", an error's name, "hang" or a number of seconds to wait first.
"watch" has messages for who watches: each is sent once, when it appears there.
Each call of a session's method is a line of LOG, with the client it names.
"""
import json
import os
import socket
import sys
import threading
import time

PREFIX = "io.pxesuite.State."
TOKENS = {}
lock = threading.Lock()


def load(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def session(params, state):
    s = state["sessions"].get(params["token"])
    if s is None:
        return "NoSession", {}
    if params["address"] != s["address"]:
        return "WrongAddress", {}
    if s["state"] == "gone":
        return "Gone", {}
    began = params["token"] in TOKENS
    return None, {k: s[k] for k in ("machine", "client", "target", "once")} | {
        "state": "begun" if began else s["state"], "until": 0}


def answer(method, params, state):
    if method == "OpenBoot":
        for token, s in state["sessions"].items():
            if s["machine"] == params["machine"] and \
                    s["target"] == params["target"]:
                return None, {"token": token, "until": 0}
        return "NoOrder", {}
    error, reply = session(params, state)
    if error is None and method == "BeginBoot":
        with lock:
            TOKENS[params["token"]] = True
        reply["state"] = "begun"
    if method == "FinishBoot":
        return error, {}
    return error, reply


def watch(conn, path):
    """What is to be told, before "ready" and from then on."""
    said, first = [], [{"ready": True}]
    while True:
        for told in load(path).get("watch", []) + first:
            if told not in said:
                conn.sendall(json.dumps({"parameters": told,
                                         "continues": True}).encode() + b"\0")
                said.append(told)
        first = []
        time.sleep(0.05)


def serve(conn, path, log):
    data = b""
    while True:
        more = conn.recv(65536)
        if not more:
            return
        data += more
        while b"\0" in data:
            text, data = data.split(b"\0", 1)
            call = json.loads(text)
            method = call["method"].removeprefix(PREFIX)
            params = call.get("parameters", {})
            if call.get("oneway"):
                continue
            if method == "Watch":
                watch(conn, path)
                return
            if not method.endswith("Boot"):
                conn.sendall(b'{"parameters": {"version": "0"}}\0')
                continue
            with lock, open(log, "a", encoding="utf-8") as f:
                f.write(f"{method} {params.get('client') or '-'}\n")
            state = load(path)
            how = state.get(method, "ok")
            if how == "hang":
                continue
            if isinstance(how, (int, float)):
                time.sleep(how)
                how = "ok"
            error, reply = answer(method, params, state) \
                if how == "ok" else (how, {})
            message = {"parameters": reply}
            if error:
                message["error"] = PREFIX + error
            conn.sendall(json.dumps(message).encode() + b"\0")


def main():
    path, control, log = sys.argv[1:]
    if os.path.exists(path):
        os.unlink(path)
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(path)
        s.listen(16)
        while True:
            conn, _ = s.accept()
            threading.Thread(target=serve, args=(conn, control, log),
                             daemon=True).start()


if __name__ == "__main__":
    main()
