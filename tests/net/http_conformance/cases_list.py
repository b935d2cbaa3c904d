# SPDX-License-Identifier: ISC
"""Directories: listings, index files, redirections."""
import html
import html.parser
import json
import re
import urllib.parse

from harness import raw_request, rows
from servers import ODD_NAMES

CASES, case = rows()

# names that a server need not serve, and then must not list
UNNAMED = {n for n in ODD_NAMES if re.search(rb"[\0-\x1f\x7f]", n)}


def listed(name, rule="ours", level="ours", **more):
    return case(name, rule, level, variant="listing", **more)


class Links(html.parser.HTMLParser):
    """(href, text) of every link, and which elements there are."""

    def __init__(self, text):
        html.parser.HTMLParser.__init__(self, convert_charrefs=True)
        self.found, self.tags = [], set()
        self.href = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "a":
            self.href, self.text = dict(attrs).get("href"), ""

    def handle_data(self, data):
        if self.href is not None:
            self.text += data

    def handle_endtag(self, tag):
        if tag == "a" and self.href is not None:
            self.found.append((self.href, self.text))
            self.href = None


def names_of(t, target, **more):
    """The names, as octets, that the listing leads to."""
    got = t.status(t.ask(target, **more), 200)
    t.check(got["content-type"].startswith("text/html"), "type %s",
            got["content-type"])
    links = Links(got.body.decode("utf-8", "replace"))
    t.check("script" not in links.tags, "a script in it")
    out = []
    for href, _ in links.found:
        url = urllib.parse.urljoin("http://a" + target, href)
        t.check(url.startswith("http://a/"), "%r leads to %s", href, url)
        path = url[len("http://a"):]
        if path.startswith(target) and path != target and "?" not in href:
            out.append(urllib.parse.unquote_to_bytes(path[len(target):]))
    return out


@listed("a listing has the names of files and directories")
def _(t):
    names = names_of(t, "/sub/")
    t.check({b"inner", b"deep/"} <= set(names), "%s", names)


@listed("the listing of the root")
def _(t):
    names = set(names_of(t, "/"))
    t.check({b"small", b"sub/", b"x.iso"} <= names, "%s", names)


@listed("every odd name is there, and its link leads to it")
def _(t):
    names = set(names_of(t, "/odd/"))
    for name in ODD_NAMES:
        target = "/odd/" + urllib.parse.quote_from_bytes(name)
        if name in UNNAMED:
            t.status(t.ask(target), 200 if name in names else 400)
            continue
        t.check(name in names, "%r is not in %s", name, sorted(names))
        t.equal("what is under %r" % name, t.ask(target).body,
                b"I am " + name)
    t.check(b"<dir>&/" in names, "the odd directory")


@listed("a link in a directory of an odd name leads there")
def _(t):
    t.server.put("odd/<dir>&/file", b"here")
    t.equal("names", names_of(t, "/odd/%3Cdir%3E&/"), [b"file"])


@listed("what may not be read is not listed")
def _(t):
    names = set(names_of(t, "/odd/"))
    for name in (b"locked", b"fifo", b"device", b"socket", b"leads-out",
                 b"leads-nowhere"):
        t.check(name not in names, "%r is listed", name)
    t.check(b"leads-in" in names and b"leads-to-dir/" in names,
            "links inside: %s", names)
    names = names_of(t, "/")
    for name in (b"unreadable", b"no-entry/", b"link-out", b"link-absolute",
                 b"link-loop"):
        t.check(name not in names, "%r is listed", name)


@listed("names that begin with a dot are hidden")
def _(t):
    names = names_of(t, "/odd/")
    t.check(b".hidden" not in names and b".hidden-dir/" not in names, "%s",
            names)


@listed("directories first, each in order")
def _(t):
    names = names_of(t, "/odd/")
    dirs = [n for n in names if n.endswith(b"/")]
    t.equal("the first", names[:len(dirs)], dirs)
    t.check(dirs == sorted(dirs), "%s", dirs)
    t.equal("the others", names[len(dirs):], sorted(names[len(dirs):]))


@listed("sizes and dates")
def _(t):
    text = t.ask("/sizes/").body.decode()
    t.check("1000" in text or "1.0K" in text, "no size: %s", text)
    t.check(re.search("2001-09-09|09-Sep-2001|2001-Sep-09", text),
            "no date: %s", text)


@listed("a directory without its slash: 301 to the one with it",
        "RFC 9110 15.4.2")
def _(t):
    for target, wanted in (
            ("/sub", "/sub/"), ("/sub?x=y", "/sub/?x=y"),
            ("/odd/%3Cdir%3E%26", "/odd/%3Cdir%3E%26/"),
            ("http://a/sub", "/sub/"), ("/sub/deep", "/sub/deep/")):
        got = t.status(t.ask(target), 301)
        path = re.sub("^http://[^/]*", "", got["location"])
        unquote = urllib.parse.unquote_to_bytes
        t.equal("Location of %s" % target, unquote(path), unquote(wanted))


@listed("a redirection leads to no other host", "ours")
def _(t):
    for target in ("//evil.example/..", "//sub", "///sub", "/%2f/sub",
                   "/\\sub", "//sub/deep"):
        got = t.ask(target)
        if got["location"]:
            url = urllib.parse.urljoin("http://a/", got["location"])
            t.check(urllib.parse.urlsplit(url).hostname in ("a", "10.77.0.1"),
                    "%s leads to %s", target, url)


@listed("a field cannot be put into a redirection", "RFC 9110 5.5", "MUST")
def _(t):
    for target in ("/sub%0d%0aX:%20y", "/sub?%0d%0aX:%20y", "/odd/new%0aline"):
        got = t.ask(target)
        t.check("x" not in got.fields, "%s", got.fields)


@listed("HEAD of a listing has its length", "RFC 9110 9.3.2", "SHOULD")
def _(t):
    get = t.ask("/sub/")
    head = t.status(t.ask("/sub/", method="HEAD"), 200)
    t.check(head.length in (None, len(get.body)), "%s, not %d", head.length,
            len(get.body))
    t.equal("type", head["content-type"], get["content-type"])


@listed("the index file goes before the listing")
def _(t):
    got = t.status(t.ask("/indexed/"), 200)
    t.equal("body", got.body, b"<p>the index</p>")
    t.check(got["content-type"].startswith("text/html"), "type")
    t.status(t.ask("/indexed"), 301)
    t.status(t.ask("/indexed/", {"Range": "bytes=0-2"}), 206)
    t.status(t.ask("/indexed/", {"If-None-Match": got["etag"]}), 304)


@listed("an empty directory")
def _(t):
    t.equal("names", names_of(t, "/hollow/"), [])


@listed("a directory that is not there, or may not be read")
def _(t):
    t.status(t.ask("/nowhere/"), 404)
    t.status(t.ask("/no-entry/"), 403, 404)
    t.status(t.ask("/sub/way-out/"), 403, 404)
    t.status(t.ask("/link-out/"), 403, 404)
    t.status(t.ask("/../"), 400, 403, 404)
    t.status(t.ask("/sub/../../"), 400, 403, 404)


@listed("a file is what it was")
def _(t):
    t.same("/small", "small")
    t.status(t.ask("/small/"), 404)


@listed("a new file is listed at once, a removed one no more")
def _(t):
    for n in range(3):
        t.server.put("changing/file-%d" % n, b"x")
        t.equal("names", names_of(t, "/changing/"), [
            b"file-%d" % k for k in range(n + 1)])


@listed("3,000 names are all listed, while others are served")
def _(t):
    conns = [t.conn() for _ in range(20)]
    for conn in conns:
        conn.send(raw_request("/many/"))
    t.serves()
    for conn in conns:
        t.status(conn.answer(), 200)
    t.equal("names", len(names_of(t, "/many/")), 3000)


@listed("HTTP/1.0 gets a listing")
def _(t):
    got = t.status(t.ask("/sub/", version="HTTP/1.0", host=b""), 200)
    t.check(b"inner" in got.body, "%s", got.body)


@listed("a listing keeps the connection", "RFC 9112 9.3", "SHOULD")
def _(t):
    conn = t.conn()
    for _ in range(10):
        t.check(b"inner" in conn.ask("/sub/").body, "no listing")


@listed("listings that are not read take bounded memory", "ours", "ours",
        alone=True)
def _(t):
    before = t.server.memory_kb()
    for _ in range(300):
        conn = t.conn(rcvbuf=2048)
        conn.send(raw_request("/many/"))
        t.status(conn.head(), 200)
    used = t.server.memory_kb() - before
    t.check(used < 40000, "%d kB", used)
    t.serves()


@listed("a listing in JSON for who asks for it", only="pxe")
def _(t):
    got = t.status(t.ask("/odd/", {"Accept": "application/json"}), 200)
    t.equal("type", got["content-type"], "application/json")
    answer = json.loads(got.body)
    t.equal("path", (answer["path"], answer["complete"]), ("/odd/", True))
    rows_ = {row["href"]: row for row in answer["entries"]}
    plain = rows_["plain"]
    t.equal("size", plain["size"], 10)
    t.equal("type", plain["type"], "file")
    t.check(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z", plain["mtime"]),
            "%s", plain)
    hrefs = {urllib.parse.unquote_to_bytes(h) for h in rows_}
    t.check(set(ODD_NAMES) - UNNAMED <= hrefs, "%s", hrefs)
    t.check("accept" in (got["vary"] or "").lower(), "no Vary")
    browser = t.ask("/odd/", {"Accept": "text/html,application/json;q=0.9"})
    t.check(browser["content-type"].startswith("text/html"), "%s", browser)
