#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What a power cut may leave of some files.

usage: torn_disk.py SYNCED WRITTEN OUTPUT SEED

SYNCED and WRITTEN are directories with the same files: as they were synced
last, and as they were written since.  Of every sector that differs, OUTPUT
gets the one or the other.
"""
import os
import random
import sys

SECTOR = 512


def tear(synced, written):
    out = bytearray(max(len(synced), len(written)))
    for at in range(0, len(out), SECTOR):
        old, new = synced[at:at + SECTOR], written[at:at + SECTOR]
        piece = old if old == new or random.random() < 0.5 else new
        out[at:at + len(piece)] = piece
    return out


def read(path):
    with open(path, "rb") as f:
        return f.read()


def main():
    synced, written, output, seed = sys.argv[1:]
    random.seed(seed)
    os.makedirs(output, exist_ok=True)
    for name in os.listdir(synced):
        data = tear(read(os.path.join(synced, name)),
                    read(os.path.join(written, name)))
        with open(os.path.join(output, name), "wb") as f:
            f.write(data)


if __name__ == "__main__":
    main()
