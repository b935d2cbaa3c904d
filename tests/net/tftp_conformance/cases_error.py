# SPDX-License-Identifier: ISC
"""What is refused, what is not answered, and in which words."""
import socket
import struct

from harness import rows
from wire import ERROR, ack, data, error, request

CASES, case, both = rows()

# name, what it is, codes, words of which the text has one
REFUSED = (
    ("nothing-here", "a missing file", (1,), ("not found", "no such")),
    ("sub/nothing", "a missing file in a directory", (1,),
     ("not found", "no such")),
    ("no/such/directory", "a missing directory", (1,),
     ("not found", "no such")),
    ("size-512/x", "a file as directory", (1, 2), ("not", "director")),
    ("sub", "a directory", (0, 1, 2), ("regular", "directory")),
    ("sub/", "a directory with a slash", (0, 1, 2), ("regular", "directory")),
    (".", "the root", (0, 1, 2), ("regular", "directory")),
    ("/", "the root as a slash", (0, 1, 2), ("", )),
    ("unreadable", "an unreadable file", (2,), ("read", "denied",
                                                "permission", "access")),
    ("link-out", "a link out of the root", (1, 2), ("outside", "denied")),
    ("link-absolute", "an absolute link out of the root", (1, 2),
     ("outside", "denied")),
    ("sub/way-out/secret", "a directory link out of the root", (1, 2),
     ("outside", "denied")),
    ("link-loop", "a link to itself", (0, 1, 2), ("link", "loop", "found")),
    ("../elsewhere/secret", "..", (1, 2), ("outside", "denied", "not found")),
    ("sub/../../elsewhere/secret", ".. in the middle", (1, 2),
     ("outside", "denied", "not found")),
    ("..\\elsewhere\\secret", ".. with backslashes", (1, 2),
     ("outside", "denied", "not found")),
    ("/etc/passwd", "an absolute name is below the root", (1, 2),
     ("not found", "outside", "denied")),
    ("//etc//passwd", "an absolute name with more slashes", (1, 2),
     ("not found", "outside", "denied")),
)


def refused(t, name, codes, words):
    port = t.port()
    if t.server.is_measured:
        codes = (0, 1, 2)  # no RFC says which
    packet = port.refusal(port.ask(name), *codes)
    if not t.server.is_measured:
        t.check(any(w in packet.text.lower() for w in words),
                "the text does not say why: %s", packet.text)
    port.silent(1.5 * t.server.first_timeout_s)


for name, what, codes, words in REFUSED:
    @case("refused: %s" % what, "RFC 1350 5, appendix",
          "ours" if "link" in what else "SHOULD", slow=1)
    def _(t, name=name, codes=codes, words=words):
        refused(t, name, codes, words)

for name in ("fifo", "device", "socket"):
    @case("refused: a %s" % name, "ours", "ours", alone=True)
    def _(t, name=name):
        refused(t, name, (0, 1, 2), ("regular", ))


@case("refused: the text names the file", "ours", "ours")
def _(t):
    port = t.port()
    packet = port.refusal(port.ask("dir/some-name.efi"), 1)
    t.check("some-name.efi" in packet.text, "%s", packet.text)


@case("refused: a text of strange names is printable", "ours", "ours")
def _(t):
    for name in (b"a\x1b[31mb", b"\xc3\xa4\xff\xfe", b"a\nb", b"%s%n%x"):
        port = t.port()
        port.refusal(port.ask(name), 0, 1, 2, 4)


for what, name in (("empty", b""), ("only slashes", b"///"),
                   ("255 octets", b"n" * 255), ("256 octets", b"n" * 256),
                   ("480 octets", b"d/" * 240),
                   ("a control character inside", b"size\x01-512")):
    @case("refused: a name of %s" % what if what[0].isdigit() else
          "refused: a name that is %s" % what if what[0] in "eo" else
          "refused: a name with %s" % what, "RFC 1350 5", "SHOULD")
    def _(t, name=name):
        port = t.port()
        port.refusal(port.ask(name), 0, 1, 2, 4)


@case("refused: a name of 2000 octets, or not answered", "RFC 2347", "ours")
def _(t):
    port = t.port()
    port.send(request("n" * 2000))
    for packet in port.all():
        port.refusal(packet, 0, 1, 2, 4)
    t.serves()


@case("refused: an ERROR is sent once", "RFC 1350 7", slow=2)
def _(t):
    port = t.port()
    port.refusal(port.ask("nothing"), 1)
    port.silent(5 * t.server.first_timeout_s)


@case("refused: an answer to the ERROR is not answered by an ERROR for ever",
      "RFC 1350 7")
def _(t):
    port = t.port()
    port.refusal(port.ask("nothing"), 1)
    port.send(error(0))
    port.silent()


# --- names as firmware sends them -------------------------------------------------

for what, name in (("one slash at the beginning", b"/size-512"),
                   ("slashes at the beginning", b"///size-512"),
                   ("./ at the beginning", b"./size-512"),
                   ("0xFF at the end", b"size-512\xff"),
                   ("0xFF twice at the end", b"size-512\xff\xff"),
                   ("control characters at the end", b"size-512\r\n"),
                   ("a link inside of the root", b"link-inside")):
    @case("name: %s" % what, "PAINS 16", "ours")
    def _(t, name=name):
        t.port().get(name, want=t.file(512)[1])


@case("name: backslashes", "FACTS C-65", "ours")
def _(t):
    inner = t.server.content(700)
    for name in (b"sub\\inner", b"\\sub\\inner", b"\\\\sub/inner"):
        t.port().get(name, want=inner)


@case("name: spaces, UTF-8, slashes twice", "RFC 1350 5", "ours")
def _(t):
    t.port().get("a name with spaces", want=t.server.content(300))
    t.port().get("n\u00e4me", want=t.server.content(301))
    t.port().get("sub//inner", want=t.server.content(700))


# --- what is no request -----------------------------------------------------------

for what, raw in (("DATA", data(1, b"x" * 512)), ("an ACK", ack(0)),
                  ("an ERROR", error(0)), ("ERROR 5", error(5)),
                  ("an OACK", b"\0\6blksize\x00512\0"),
                  ("an empty ERROR", b"\0\5")):
    @both("port 69: %s is not answered" % what, "CVE-2024-2169", "SHOULD")
    def _(t, raw=raw):
        port = t.port()
        for _ in range(3):
            port.send(raw)
        port.silent()


for what, raw in (("opcode 0", b"\0\0size-512\0octet\0"),
                  ("opcode 7", b"\0\7size-512\0octet\0"),
                  ("opcode 256", b"\1\0size-512\0octet\0"),
                  ("opcode 65535", b"\xff\xffsize-512\0octet\0"),
                  ("no octet", b""), ("one octet", b"\0"),
                  ("an opcode alone", b"\0\1"),
                  ("a name without NUL", b"\0\1size-512"),
                  ("a mode without NUL", b"\0\1size-512\0octet"),
                  ("2000 octets without NUL", b"\0\1" + b"x" * 2000),
                  ("65,000 octets", b"\0\1" + b"x" * 65000)):
    @case("port 69: %s is refused or not answered" % what, "RFC 1350 5, 7",
          "SHOULD")
    def _(t, raw=raw):
        port = t.port()
        port.send(raw)
        for packet in port.all():
            port.expect(packet, ERROR)
            t.check(packet.number in (0, 4), "%s", packet)
        t.serves()


@case("port 69: a broadcast is not answered", "RFC 1123 4.2.3.5", "SHOULD")
def _(t):
    name, _ = t.file(512)
    for address in ("10.77.0.255", "255.255.255.255"):
        port = t.port()
        port.sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE,
                             b"wide")
        port.send(request(name), (address, 69))
        port.silent()


@case("port 69: a multicast is not answered", "RFC 1123 4.2.3.5", "SHOULD")
def _(t):
    port = t.port(ip6=True)
    port.sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF,
                         socket.if_nametoindex("wide"))
    port.send(request(t.file(512)[0]), ("ff02::1", 69))
    port.silent()


@case("port 69: a request from port 0 is not answered", "RFC 768", "SHOULD")
def _(t):
    port = t.port()
    with socket.socket(socket.AF_INET, socket.SOCK_RAW,
                       socket.IPPROTO_UDP) as raw:
        raw.bind((port.address, 0))
        raw.settimeout(0.4)
        octets = request(t.file(512)[0])
        raw.sendto(struct.pack(">HHHH", 0, 69, 8 + len(octets), 0) + octets,
                   port.door)
        try:
            came = raw.recv(65536)
        except socket.timeout:
            came = None
    t.check(came is None, "an answer to port 0")
    t.serves()
