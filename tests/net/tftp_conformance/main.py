#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The cases of TFTP; see test_tftp_conformance."""
import sys

import cases_error
import cases_fault
import cases_lock
import cases_mtu
import cases_option
import cases_read
import cases_tid
import cases_write
import casepool
from harness import Case
from servers import SERVERS

ROWS = (cases_read.CASES + cases_option.CASES + cases_lock.CASES +
        cases_tid.CASES + cases_error.CASES + cases_write.CASES +
        cases_mtu.CASES + cases_fault.CASES)


def answers(server):
    """To a request that is none, from a port of its own."""
    port = Case(server, 499).port(host=9)
    try:
        port.request = b""
        port.case.patience = 0.5
        return port.ask("is it there")
    finally:
        port.close()


if __name__ == "__main__":
    sys.exit(casepool.main(SERVERS, Case, answers, ROWS, workers=6,
                           variants=("plain", "single", "rollover", "upload",
                                     "replace")))
