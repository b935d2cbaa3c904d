#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The cases of HTTP; see test_http_conformance."""
import sys

import cases_cond
import cases_get
import cases_list
import cases_message
import cases_range
import cases_slow
import casepool
from harness import Case
from servers import SERVERS

ROWS = (cases_message.CASES + cases_get.CASES + cases_cond.CASES +
        cases_range.CASES + cases_slow.CASES + cases_list.CASES)


def answers(server):
    Case(server, 0).serves()
    return True


if __name__ == "__main__":
    sys.exit(casepool.main(SERVERS, Case, answers, ROWS,
                           variants=("plain", "listing"), workers=12))
