#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Writes an EFI program that prints a line and ends.

usage: tiny-efi.py FILE TEXT [aa64|x64]

Debian for x86 has no loader for ARM64 machines; with this one a test can see
that such a machine not only fetched the file made for it but ran it.
"""
import struct
import sys

PAGE = 0x1000
ALIGN = 0x200
# Entry: x0 the image's handle, x1 the system table; ConOut is at 64 in it,
# ConOut's OutputString at 8 in that.
CODE_AA64 = struct.pack(
    "<8I",
    0xA9BF7BFD,  # stp x29, x30, [sp, #-16]!
    0xF9402020,  # ldr x0, [x1, #64]
    0xF9400402,  # ldr x2, [x0, #8]
    0x100000A1,  # adr x1, text (20 octets from here)
    0xD63F0040,  # blr x2
    0xD2800000,  # mov x0, #0
    0xA8C17BFD,  # ldp x29, x30, [sp], #16
    0xD65F03C0,  # ret
)
# Entry: rcx the image's handle, rdx the system table.
CODE_X64 = bytes.fromhex(
    "4883ec28"  # sub rsp, 40
    "488b4a40"  # mov rcx, [rdx + 64]
    "488d1511000000"  # lea rdx, text (32 octets from the beginning)
    "ff5108"  # call [rcx + 8]
    "31c0"  # xor eax, eax
    "4883c428"  # add rsp, 40
    "c3"  # ret
).ljust(32, b"\x90")
MACHINES = {"aa64": (0xAA64, CODE_AA64), "x64": (0x8664, CODE_X64)}
EFI_APPLICATION = 10
EXECUTABLE = 0x0002
DIRECTORIES = 6  # all empty; that of relocations too: the code needs none
CODE_READ_EXECUTE = 0x60000020


def program(text, machine, code):
    body = code
    body += (text + "\r\n\0").encode("utf-16-le")
    size = -(-len(body) // ALIGN) * ALIGN
    dos = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64)
    coff = struct.pack("<4sHHIIIHH", b"PE\0\0", machine, 1, 0, 0, 0,
                       112 + 8 * DIRECTORIES, EXECUTABLE)
    optional = struct.pack(
        "<HBBIIIIIQIIHHHHHHIIIIHHQQQQII", 0x20B, 0, 0, size, 0, 0, PAGE, PAGE,
        0, PAGE, ALIGN, 0, 0, 0, 0, 0, 0, 0, 2 * PAGE, ALIGN, 0,
        EFI_APPLICATION, 0, 0, 0, 0, 0, 0, DIRECTORIES)
    optional += bytes(8 * DIRECTORIES)
    section = struct.pack("<8sIIIIIIHHI", b".text", len(body), PAGE, size,
                          ALIGN, 0, 0, 0, 0, CODE_READ_EXECUTE)
    head = (dos + coff + optional + section).ljust(ALIGN, b"\0")
    return head + body.ljust(size, b"\0")


with open(sys.argv[1], "wb") as out:
    out.write(program(sys.argv[2], *MACHINES[(sys.argv[3:] or ["aa64"])[0]]))
