"""Requests that no browser would send, from a seed: paths, queries, forms, headers and cookies of every kind of wrong."""

from http.cookies import SimpleCookie

from hypothesis import strategies as st

from tests.security.addresses import filled, patterns

SCRAPS = [
    "", " ", "0", "1", "-1", "2", "１", "99999999999999999999", "1e309", "NaN", "0x10", "1.5", "true", "null", "[]", "{}", "\x00", "a\x00b",
    "\x01", "\x1b[2J", "\x7f", "\ud800", "\ufffe", "\u202e", "\u200b", "e\u0301" * 50, "🎉", "Ă", "ﬁ", "İ", "ß", "a" * 300, "a" * 5000,
    "'", '"', "\\", "%", "%%", "%s", "%_", "%00", "%ff", "%2e%2e%2f", "../../etc/passwd", "..\\", "/", "//", "//evil.example", "?", "#", "&",
    "=", ";", "|", "&|!():*", "' OR 1=1--", "1; DROP TABLE", "$(id)", "`id`", "{{7*7}}", "${7*7}", "<script>alert(1)</script>",
    "<svg/onload=x>", "javascript:alert(1)", "\r\nX: y", "\n", "\t", "30/02/2025", "01/01/0000", "31/12/9999", "1/1/1", "25:61", "00:00",
    "2025-02-30", "2025-13-01T99:99", "0001-01-01", "999999999", "2147483648", "9223372036854775808", "-9223372036854775809", "a,b,c",
    "draft", "on", "__all__", "id__in", "pk", "password", "user__password__startswith", "on_delete", "category__exact", "_popup", "1,2,a",
]  # fmt: skip
QUIET = [scrap for scrap in SCRAPS if scrap.isprintable()]  # what comes past the edge
NAMES = [
    "q", "page", "next", "p", "o", "e", "all", "_popup", "_to_field", "_changelist_filters", "option", "options", "choice", "token", "csv",
    "first", "last", "article", "term", "app_label", "model_name", "field_name", "action", "_selected_action", "select_across", "index",
    "username", "password", "code", "title", "body", "lead", "category", "state", "state__exact", "published_at_0", "published_at_1",
    "published_at__year", "published_at__month", "published_at__day", "category__id__exact", "id", "pk", "csrfmiddlewaretoken",
    "form-TOTAL_FORMS", "form-INITIAL_FORMS", "form-0-id", "form-0-order", "attachments-TOTAL_FORMS", "attachments-INITIAL_FORMS",
    "attachments-0-id", "attachments-0-file", "options-TOTAL_FORMS", "options-INITIAL_FORMS", "options-0-text", "_save", "_publish",
    "_continue", "_saveasnew", "post", "new_password1", "old_password", "lat", "lng", "bbox", "format", "lang", "nam", "thang",
]  # fmt: skip
METHODS = (
    ["GET"] * 8 + ["POST"] * 6 + ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get", "X" * 50]
)
TYPES = [
    "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-7", "application/x-www-form-urlencoded; charset=nonsense",
    "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x", "multipart/form-data; boundary=" + "x" * 300,
    "application/json", "text/plain", "text/xml", "", "nonsense", "image/svg+xml; charset=\x80",
]  # fmt: skip
HEADERS = [
    "HTTP_HOST", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_REFERER", "HTTP_ORIGIN", "HTTP_USER_AGENT",
    "HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE",
    "HTTP_X_REQUESTED_WITH", "HTTP_X_CSRFTOKEN", "HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_HTTP_METHOD_OVERRIDE", "REMOTE_ADDR",
    "HTTP_EXPECT", "HTTP_TRANSFER_ENCODING", "HTTP_CONTENT_ENCODING", "HTTP_AUTHORIZATION",
]  # fmt: skip
VALUES = [
    "gzip;q=0", "gzip, br;q=x", "bytes=0-0", "bytes=-1", "bytes=9-1", "bytes=a-b,0-", "W/", '"' * 50, "*", "Thu, 99 Foo 9999 99:99:99 GMT",
    "Sat, 29 Oct 1994 19:43:31 GMT", "vi;q=nan", "xx-yy-zz;q=2", "zh-Hans-" * 200, "https", "https, http", "http", "::1", "[::1]:x", "999.1.1.1",
    "1.2.3.4, 5.6.7.8", "testserver", "testserver:99999", "testserver:x", "prefetch", "Basic x", "XMLHttpRequest", "Mozilla/5.0",
]  # fmt: skip
COOKIES = ["sessionid", "csrftoken", "nguoi-binh-chon", "messages", "x", "", "a b", "sessionid;sessionid"]


def requests(known):
    """Strategy: (method, path, query, kind, body, environ) for all URL patterns of the portal and the addresses `known`.

    Hypothesis chooses method, kind and place, and the seed of what stands in them: to draw each letter would take ten times as
    long, and half of the requests would be repetitions.
    """
    places = st.sampled_from(known) | st.sampled_from([route for route, _ in patterns()])
    kinds = st.just(TYPES[0]) | st.sampled_from(TYPES)
    chances = st.randoms(use_true_random=True)
    return st.builds(
        lambda chance, *rest: Nonsense(chance).request(*rest), chances, st.sampled_from(METHODS), kinds, places
    )


class Nonsense:
    """What `chance` puts into a request."""

    def __init__(self, chance):
        self.chance = chance

    def scrap(self):
        one = self.chance.choice(SCRAPS if self.chance.random() < 0.2 else QUIET)
        if self.chance.random() < 0.15:
            one += self.chance.choice(SCRAPS)
        if self.chance.random() < 0.05:
            one = "".join(
                chr(self.chance.choice([self.chance.randrange(128), self.chance.randrange(0x3000)])) for _ in range(8)
            )
        return one

    def path(self, place):
        """The address `place` itself, or a route filled with what fits or does not; or a place that is none."""
        if place.startswith("/"):
            return place
        kind = self.chance.random()
        if kind < 0.4:
            return filled(place)
        if kind < 0.85:
            return filled(place, lambda _: self.scrap() or "1")
        return "/" + self.chance.choice(["", "static/", "media/", "media/images/", "quan-tri/"]) + self.scrap()

    def pairs(self, most):
        return [(self.chance.choice(NAMES) if self.chance.random() < 0.9 else self.scrap(), self.scrap())
                for _ in range(self.chance.randrange(most))]  # fmt: skip

    def query(self):
        """Raw text: well made, badly made, or bytes that are no text."""
        parts = [
            self.escaped(name) + self.chance.choice(["=", "=", "=", ""]) + self.escaped(value)
            for name, value in self.pairs(5)
        ]
        return self.chance.choice(["&", "&", "&&", ";"]).join(parts)

    def escaped(self, text):
        if self.chance.random() < 0.1:
            return self.chance.choice(["%", "%zz", "%ff", "%c0%80", "%e1%bb", "+"]) + "".join(
                c for c in text if 32 < ord(c) < 127
            )
        return "".join(
            c if c.isascii() and c.isalnum() else "".join(f"%{b:02x}" for b in c.encode("utf-8", "surrogatepass"))
            for c in text
        )

    def body(self, kind):
        if kind.startswith("multipart"):
            parts = [
                f'--x\r\nContent-Disposition: form-data; name="{name}"{self.chance.choice(["", "; filename=a.svg", "; filename=", ";"])}'
                f"\r\n{self.chance.choice(['', 'Content-Type: image/png', 'Content-Transfer-Encoding: base64'])}\r\n\r\n{value}\r\n"
                for name, value in self.pairs(6)
            ]
            return ("".join(parts) + self.chance.choice(["--x--", "--x", ""])).encode("utf-8", "surrogatepass")
        if kind.startswith("application/json"):
            return self.chance.choice([b"{", b"[1]", b"null", b'{"a": "\\u0000"}', b"\xff\xfe"])
        return "&".join(f"{self.escaped(name)}={self.escaped(value)}" for name, value in self.pairs(8)).encode()

    def environ(self):
        chosen = {}
        for name in self.chance.sample(HEADERS, self.chance.choice([0, 0, 0, 1, 2, 4])):
            value = self.chance.choice(VALUES) if self.chance.random() < 0.6 else self.scrap()
            chosen[name] = latin(value)
        if self.chance.random() < 0.2:
            chosen["HTTP_COOKIE"] = latin("; ".join(f"{self.chance.choice(COOKIES)}={self.scrap()}" for _ in range(3)))
        return chosen

    def request(self, method, kind, place):
        body = self.body(kind) if method not in {"GET", "HEAD"} else b""
        return method, self.path(place), self.query(), kind, body, self.environ()


def latin(text):
    """As a server hands a header on: bytes read as Latin-1, without what it refuses itself."""
    return "".join(c for c in text.encode("utf-8", "surrogatepass").decode("latin-1") if c not in "\0\r\n")


def ask(client, request, cookies=""):
    """The status of the answer to one of `requests()`, asked with just these cookies; an exception is a 500."""
    method, path, query, kind, body, environ = request
    client.cookies = SimpleCookie(cookies)
    raw = path.encode("utf-8", "surrogatepass").decode("latin-1")
    response = client.generic(method, "/", body, kind, **{"PATH_INFO": raw, "QUERY_STRING": query, **environ})
    if response.streaming:
        for close in response._resource_closers:
            close()
    return response.status_code
