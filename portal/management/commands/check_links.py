"""`manage.py check_links`: links that leave the site, by host; which of them lead to hosts that are not to be trusted.

Expired domains of old agencies are bought and filled with gambling pages. Nothing is asked of the network without --online.
"""

import http.client
import ipaddress
import socket
import ssl
from argparse import ArgumentParser
from collections import defaultdict
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from portal import linking

SECONDS = 5
GONE = {404, 410}


class Command(BaseCommand):
    help = "Kê liên kết ra ngoài theo tên miền; có liên kết tới tên miền không còn tin cậy thì thoát với mã 1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--online", action="store_true", help="hỏi thử từng địa chỉ qua mạng (HEAD, không theo chuyển hướng)"
        )
        parser.add_argument("--quiet", action="store_true", help="chỉ in liên kết có vấn đề")

    def handle(self, *, online: bool, quiet: bool, **_: Any) -> None:
        by_host: dict[str, list[linking.Link]] = defaultdict(list)
        for link in linking.links():
            if link.host:
                by_host[link.host].append(link)
        hosts, faults = linking.distrusted(), 0
        for host, found in sorted(by_host.items()):
            reason = linking.verdict(host, hosts)
            if reason is not None:
                faults += len(found)
                self.stdout.write(f"✗ {host}: không còn tin cậy{f' ({reason})' if reason else ''}")
                self.tell(found)
            elif not quiet:
                self.stdout.write(f"  {host}: {len(found)} liên kết")
        if online:
            faults += self.ask([link for host in by_host for link in by_host[host]])
        self.stdout.write(
            f"{sum(map(len, by_host.values()))} liên kết ra ngoài, {len(by_host)} tên miền, {faults} có vấn đề."
        )
        if faults:
            raise CommandError("Có liên kết cần sửa (kê ở trên).")

    def tell(self, found: list[linking.Link]) -> None:
        for link in found:
            self.stdout.write(f"    {link.thing._meta.verbose_name} {link.thing.pk} “{link.thing}”: {link.url}")

    def ask(self, links: list[linking.Link]) -> int:
        """Asks each address once; how many links lead nowhere."""
        answers: dict[str, str] = {}
        for link in tqdm(links, unit="liên kết", leave=False, disable=None):
            if link.url not in answers:
                answers[link.url] = trouble(link.url)
        dead = [link for link in links if answers[link.url]]
        for link in dead:
            self.stdout.write(f"✗ {link.url}: {answers[link.url]}")
            self.tell([link])
        return len(dead)


def trouble(url: str) -> str:
    """What is wrong with the page at `url`, asked by HEAD without following anything; "" when it is there."""
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        if not is_public(parts.hostname or "", port):
            return "địa chỉ nội bộ, không hỏi"
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname or "", port, timeout=SECONDS)
        try:
            connection.request("HEAD", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
            status = connection.getresponse().status
        finally:
            connection.close()
    except (OSError, ssl.SSLError, http.client.HTTPException, ValueError) as error:
        return f"không mở được ({type(error).__name__})"
    return f"trả lời {status}" if status in GONE or status >= 500 else ""


def is_public(host: str, port: int) -> bool:
    """Whether `host` stands for addresses of the internet alone: an editor's link shall not make us knock on doors inside."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return all(ipaddress.ip_address(address[4][0]).is_global for address in found)
