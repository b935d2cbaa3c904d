#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Is every acknowledged lease there?

usage: dhcp_compare.py LEASES.JSON ACKED [COUNT]

LEASES.JSON is what `pxectl --json leases` says; ACKED what dhcp_storm.py
wrote: lines "MAC ADDRESS" at its end, or its log of lines "+ MAC ADDRESS" and
"- MAC ADDRESS" up to some moment.  COUNT: so many have to be acknowledged.
"""
import json
import sys


def read_acked(path):
    acked, data = {}, open(path, encoding="ascii").read()
    for line in data[:data.rfind("\n") + 1].splitlines():
        words = line.split()
        if words[0] == "-":
            acked.pop(words[2], None)
        else:
            acked[words[-1]] = words[-2]
    return acked


def main():
    leases = {l["address"]: l for l in json.load(open(sys.argv[1]))}
    acked = read_acked(sys.argv[2])
    errors = []
    for address, mac in acked.items():
        lease = leases.get(address)
        if lease is None or lease["client"] != mac or \
                lease["state"] != "active":
            errors.append(f"acknowledged to {mac}: {address}, but on disk: "
                          f"{lease}")
    owners = [l["client"] for l in leases.values() if l["state"] == "active"]
    if len(owners) != len(set(owners)):
        errors.append("a client has two leases")
    if len(sys.argv) > 3 and len(acked) != int(sys.argv[3]):
        errors.append(f"{len(acked)} acknowledged leases, of {sys.argv[3]}")
    print("\n".join(errors[:20]))
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
