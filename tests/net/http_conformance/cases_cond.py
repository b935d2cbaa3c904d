# SPDX-License-Identifier: ISC
"""Conditional requests and who goes before whom (RFC 9110 section 13)."""
import time

from harness import ETAG, Failed, read_date, rows, write_date

CASES, case = rows()

THEN = 1000000000
DATE = write_date(THEN)
BEFORE, AFTER = write_date(THEN - 1), write_date(THEN + 1)


def version(t):
    """The fields that the present version of a file has."""
    t.server.put(t.mine, b"0123456789" * 10, when=THEN)
    got = t.status(t.ask("/" + t.mine), 200)
    t.equal("Last-Modified", got["last-modified"], DATE)
    if not ETAG.match(got["etag"] or ""):
        raise Failed("ETag: %r" % got["etag"])
    return got["etag"]


@case("an entity-tag is there, strong, and that of HEAD", "RFC 9110 8.8.3",
      "SHOULD")
def _(t):
    etag = version(t)
    t.check(not etag.startswith("W/"), "%s", etag)
    t.equal("of HEAD", t.ask("/" + t.mine, method="HEAD")["etag"], etag)


@case("what changes has another entity-tag", "RFC 9110 8.8.1")
def _(t):
    etag = version(t)
    # the same size, the same second
    t.server.put(t.mine, b"9876543210" * 10, when=THEN)
    other = t.ask("/" + t.mine)["etag"]
    t.check(etag != other, "%s stays", etag)


@case("what is replaced is served at once", "ours", "ours")
def _(t):
    conn = t.conn()
    for n in range(5):
        body = b"number %d" % n * (n + 1)
        t.server.put(t.mine, body)
        t.equal("body", conn.ask("/" + t.mine).body, body)


# Rows: name, section, how binding, the fields, the status of GET.  {E} is the
# entity-tag, {D}, {B}, {A} the date, one second before it and after it.
TABLE = [
    ("If-None-Match: the same", "RFC 9110 13.1.2", "MUST",
     {"If-None-Match": "{E}"}, 304),
    ("If-None-Match: weak", "RFC 9110 13.1.2", "MUST",
     {"If-None-Match": "W/{E}"}, 304),
    ("If-None-Match: *", "RFC 9110 13.1.2", "MUST", {"If-None-Match": "*"},
     304),
    ("If-None-Match: another", "RFC 9110 13.1.2", "MUST",
     {"If-None-Match": '"x"'}, 200),
    ("If-None-Match: a list", "RFC 9110 13.1.2", "MUST",
     {"If-None-Match": '"x", {E}, "y"'}, 304),
    ("If-None-Match: a list without blanks", "RFC 9110 13.1.2", "MUST",
     {"If-None-Match": '"x",{E},"y"'}, 304),
    ("If-None-Match: a list with empty elements", "RFC 9110 5.6.1", "MUST",
     {"If-None-Match": ', "x" ,,\t{E} ,'}, 304),
    ("If-None-Match: a comma inside of a tag", "RFC 9110 8.8.3", "MUST",
     {"If-None-Match": '"a,b", {E}'}, 304),
    ("If-None-Match: a list without it", "RFC 9110 13.1.2", "MUST",
     {"If-None-Match": '"x", W/"y"'}, 200),
    ("If-None-Match: without quotes", "RFC 9110 8.8.3", "ours",
     {"If-None-Match": "x"}, 200),
    ("If-Match: the same", "RFC 9110 13.1.1", "MUST", {"If-Match": "{E}"},
     200),
    ("If-Match: *", "RFC 9110 13.1.1", "MUST", {"If-Match": "*"}, 200),
    ("If-Match: another", "RFC 9110 13.1.1", "MUST", {"If-Match": '"x"'}, 412),
    ("If-Match: a list", "RFC 9110 13.1.1", "MUST",
     {"If-Match": '"x", {E}'}, 200),
    ("If-Match: weak", "RFC 9110 13.1.1", "MUST", {"If-Match": "W/{E}"}, 412),
    ("If-Match: a list without it", "RFC 9110 13.1.1", "MUST",
     {"If-Match": '"x", "y"'}, 412),
    ("If-Modified-Since: the same", "RFC 9110 13.1.3", "SHOULD",
     {"If-Modified-Since": "{D}"}, 304),
    ("If-Modified-Since: later", "RFC 9110 13.1.3", "ours",
     {"If-Modified-Since": "{A}"}, 304),
    ("If-Modified-Since: earlier", "RFC 9110 13.1.3", "MUST",
     {"If-Modified-Since": "{B}"}, 200),
    ("If-Modified-Since: the form of RFC 850", "RFC 9110 5.6.7", "MUST",
     {"If-Modified-Since": "Sunday, 09-Sep-01 01:46:40 GMT"}, 304),
    ("If-Modified-Since: the form of asctime", "RFC 9110 5.6.7", "MUST",
     {"If-Modified-Since": "Sun Sep  9 01:46:40 2001"}, 304),
    ("If-Modified-Since: no date", "RFC 9110 13.1.3", "MUST",
     {"If-Modified-Since": "yesterday"}, 200),
    ("If-Modified-Since: a month that is none", "RFC 9110 13.1.3", "MUST",
     {"If-Modified-Since": "Sun, 09 Foo 2101 01:46:40 GMT"}, 200),
    ("If-Modified-Since: a day that is none", "RFC 9110 13.1.3", "MUST",
     {"If-Modified-Since": "Sun, 45 Sep 2101 01:46:40 GMT"}, 200),
    ("If-Unmodified-Since: the same", "RFC 9110 13.1.4", "MUST",
     {"If-Unmodified-Since": "{D}"}, 200),
    ("If-Unmodified-Since: later", "RFC 9110 13.1.4", "MUST",
     {"If-Unmodified-Since": "{A}"}, 200),
    ("If-Unmodified-Since: earlier", "RFC 9110 13.1.4", "MUST",
     {"If-Unmodified-Since": "{B}"}, 412),
    ("If-Unmodified-Since: no date", "RFC 9110 13.1.4", "MUST",
     {"If-Unmodified-Since": "tomorrow"}, 200),
    # section 13.2.2
    ("If-None-Match goes before If-Modified-Since: another tag",
     "RFC 9110 13.1.3", "MUST",
     {"If-None-Match": '"x"', "If-Modified-Since": "{D}"}, 200),
    ("If-None-Match goes before If-Modified-Since: the tag",
     "RFC 9110 13.1.3", "MUST",
     {"If-None-Match": "{E}", "If-Modified-Since": "{B}"}, 304),
    ("If-Match goes before If-Unmodified-Since: the tag", "RFC 9110 13.1.4",
     "MUST", {"If-Match": "{E}", "If-Unmodified-Since": "{B}"}, 200),
    ("If-Match goes before If-Unmodified-Since: another", "RFC 9110 13.1.4",
     "MUST", {"If-Match": '"x"', "If-Unmodified-Since": "{D}"}, 412),
    ("If-Match goes before If-None-Match", "RFC 9110 13.2.2", "MUST",
     {"If-Match": '"x"', "If-None-Match": "{E}"}, 412),
    ("If-Unmodified-Since goes before If-None-Match", "RFC 9110 13.2.2",
     "MUST", {"If-Unmodified-Since": "{B}", "If-None-Match": "{E}"}, 412),
    ("If-Match holds, then If-None-Match", "RFC 9110 13.2.2", "MUST",
     {"If-Match": "{E}", "If-None-Match": "{E}"}, 304),
    ("If-Unmodified-Since holds, then If-Modified-Since", "RFC 9110 13.2.2",
     "MUST", {"If-Unmodified-Since": "{D}", "If-Modified-Since": "{D}"}, 304),
    # and with parts
    ("If-None-Match goes before Range", "RFC 9110 13.2.2", "MUST",
     {"If-None-Match": "{E}", "Range": "bytes=0-4"}, 304),
    ("If-Match goes before Range", "RFC 9110 13.2.2", "MUST",
     {"If-Match": '"x"', "Range": "bytes=0-4"}, 412),
    ("If-Match goes before an unsatisfiable Range", "RFC 9110 14.2", "MUST",
     {"If-Match": '"x"', "Range": "bytes=500-"}, 412),
    ("If-None-Match fails, then Range", "RFC 9110 13.2.2", "MUST",
     {"If-None-Match": '"x"', "Range": "bytes=0-4"}, 206),
    ("If-Range: the tag", "RFC 9110 13.1.5", "ours",
     {"If-Range": "{E}", "Range": "bytes=0-4"}, 206),
    ("If-Range: another tag", "RFC 9110 13.1.5", "MUST",
     {"If-Range": '"x"', "Range": "bytes=0-4"}, 200),
    ("If-Range: weak", "RFC 9110 13.1.5", "MUST",
     {"If-Range": "W/{E}", "Range": "bytes=0-4"}, 200),
    ("If-Range: a list is no tag", "RFC 9110 13.1.5", "ours",
     {"If-Range": '"x", {E}', "Range": "bytes=0-4"}, 200),
    ("If-Range: the date", "RFC 9110 13.1.5", "ours",
     {"If-Range": "{D}", "Range": "bytes=0-4"}, 206),
    ("If-Range: an earlier date", "RFC 9110 13.1.5", "MUST",
     {"If-Range": "{B}", "Range": "bytes=0-4"}, 200),
    ("If-Range: a later date is not the same", "RFC 9110 13.1.5", "MUST",
     {"If-Range": "{A}", "Range": "bytes=0-4"}, 200),
    ("If-Range: neither tag nor date", "RFC 9110 13.1.5", "MUST",
     {"If-Range": "x", "Range": "bytes=0-4"}, 200),
    ("If-Range: another tag and an unsatisfiable Range", "RFC 9110 13.1.5",
     "MUST", {"If-Range": '"x"', "Range": "bytes=500-"}, 200),
    ("If-Range: the tag and an unsatisfiable Range", "RFC 9110 14.2", "ours",
     {"If-Range": "{E}", "Range": "bytes=500-"}, 416),
    ("If-Range without Range", "RFC 9110 13.1.5", "MUST", {"If-Range": "{E}"},
     200),
    ("If-Range: another tag, several ranges", "RFC 9110 13.1.5", "MUST",
     {"If-Range": '"x"', "Range": "bytes=0-4,50-60"}, 200),
]

for name, rule, level, fields, status in TABLE:
    @case(name, rule, level)
    def _(t, fields=fields, status=status):
        etag = version(t)
        body = b"0123456789" * 10
        real = {k: v.format(E=etag, D=DATE, B=BEFORE, A=AFTER)
                for k, v in fields.items()}
        got = t.status(t.ask("/" + t.mine, real), status)
        if status in (200, 206):
            t.equal("body", got.body, body if status == 200 else body[:5])
            t.equal("ETag", got["etag"], etag)
        if status == 304:
            t.equal("ETag", got["etag"], etag)
            read_date(got["date"])
            t.check("content-range" not in got.fields, "a Content-Range")
        if "Range" not in real:
            head = t.ask("/" + t.mine, real, "HEAD")
            t.status(head, status)
        elif status == 206:  # only GET has ranges (14.2)
            t.status(t.ask("/" + t.mine, real, "HEAD"), 200, 206)


@case("304 keeps the connection and has no body", "RFC 9110 15.4.5")
def _(t):
    etag = version(t)
    conn = t.conn()
    for _ in range(3):
        t.status(conn.ask("/" + t.mine, {"If-None-Match": etag}), 304)
    t.status(conn.ask("/" + t.mine), 200)


@case("304 says no length but the file's", "RFC 9110 8.6")
def _(t):
    got = t.ask("/" + t.mine, {"If-None-Match": version(t)})
    t.check(got.length in (None, 100), "Content-Length: %s", got.length)


@case("conditions of what is not there: 404", "RFC 9110 13.2.1", "ours")
def _(t):
    t.status(t.ask("/nowhere", {"If-None-Match": "*"}), 404)
    t.status(t.ask("/nowhere", {"If-Modified-Since": DATE}), 404)


@case("a file of this second has an entity-tag that changes with it",
      "RFC 9110 8.8.1", "ours")
def _(t):
    seen = set()
    for n in range(20):
        t.server.put(t.mine, b"%03d" % n, when=int(time.time()))
        seen.add(t.ask("/" + t.mine)["etag"])
    t.check(len(seen) > 15, "%d tags of 20 files", len(seen))
