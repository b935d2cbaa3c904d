# SPDX-License-Identifier: ISC
"""The table of cases: rows are functions with a name."""


class Row:
    def __init__(self, name, variant, only, run):
        self.name, self.variant, self.only, self.run = name, variant, only, run


def table():
    """An empty table, and what puts a function into it."""
    rows = []

    def case(name, variant="plain", only=None):
        def add(run):
            rows.append(Row(name, variant, only, run))
            return run
        return add

    return rows, case
