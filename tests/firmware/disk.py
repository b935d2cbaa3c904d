#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Writes a bootable disk: FILE TEXT.

A BIOS starts its first sector, UEFI the program \\EFI\\BOOT\\BOOTX64.EFI of its
file system; either says TEXT on the console, and which of them it is.
"""
import struct
import subprocess
import sys
import tempfile
import os

SECTOR, SECTORS = 512, 2880
RESERVED, FATS, ROOT_ENTRIES, FAT_SECTORS = 1, 2, 224, 9

# Says what lies at its end, on the first serial port, and stops.
BOOT = bytes.fromhex("fa31c08ed8be567cac84c07408b40131d2cd14ebf3f4ebfd")
BOOT_AT = 0x3E


def boot_sector(text):
    head = b"\xeb\x3c\x90" + b"PXETEST "
    head += struct.pack("<HBHBHHBHHHII", SECTOR, 1, RESERVED, FATS,
                        ROOT_ENTRIES, SECTORS, 0xF8, FAT_SECTORS, 18, 2, 0, 0)
    head += struct.pack("<BBBI11s8s", 0x80, 0, 0x29, 1, b"TEST       ",
                        b"FAT12   ")
    assert len(head) == BOOT_AT and len(BOOT) == 0x56 - BOOT_AT
    sector = head + BOOT + (text + ": BIOS\r\n\0").encode()
    return sector.ljust(510, b"\0") + b"\x55\xaa"


def entry(name, is_dir, cluster, size):
    return struct.pack("<11sB14xHI", name, 0x10 if is_dir else 0x20, cluster,
                       size)


def chain(first, n):
    """The entries of a file's clusters."""
    return [first + i + 1 for i in range(n - 1)] + [0xFFF]


def fat(entries):
    octets = bytearray(FAT_SECTORS * SECTOR)
    for i, value in enumerate(entries):
        at = i * 3 // 2
        if i % 2:
            octets[at] |= value << 4 & 0xF0
            octets[at + 1] = value >> 4
        else:
            octets[at] = value & 0xFF
            octets[at + 1] |= value >> 8
    return bytes(octets)


def directory(own, parent, *entries):
    text = entry(b".          ", True, own, 0)
    text += entry(b"..         ", True, parent, 0)
    return (text + b"".join(entries)).ljust(SECTOR, b"\0")


def disk(text, program):
    n = -(-len(program) // SECTOR)
    table = fat([0xFF8, 0xFFF, 0xFFF, 0xFFF] + chain(4, n))
    root = entry(b"EFI        ", True, 2, 0).ljust(ROOT_ENTRIES * 32, b"\0")
    image = boot_sector(text) + table * FATS + root
    image += directory(2, 0, entry(b"BOOT       ", True, 3, 0))
    image += directory(3, 2, entry(b"BOOTX64 EFI", False, 4, len(program)))
    return (image + program).ljust(SECTOR * SECTORS, b"\0")


with tempfile.TemporaryDirectory() as scratch:
    name = os.path.join(scratch, "program")
    tiny = os.path.join(os.path.dirname(sys.argv[0]), "tiny-efi.py")
    subprocess.run([tiny, name, sys.argv[2] + ": UEFI", "x64"], check=True)
    with open(name, "rb") as program:
        octets = disk(sys.argv[2], program.read())
with open(sys.argv[1], "wb") as out:
    out.write(octets)
