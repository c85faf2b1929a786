"""Counts visits in Redis, and goes on when the master dies. It needs nothing but Python.

It is told where the nodes are by the variables of `rmsx run` or `rmsx env`, and asks them who the master is. A visit counts when a
replica has it, too (WAIT 1): replication is asynchronous, and a master acknowledges what no replica has yet.
"""

import os
import socket
import time
from urllib.parse import unquote, urlsplit


class Node:
    """A connection to one server. Any OSError means that it is lost."""

    def __init__(self, url):
        parts = urlsplit(url)
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout=3)
        self.replies = self.socket.makefile("rb")
        self.ask("AUTH", unquote(parts.password or ""))

    def ask(self, *words):
        words = [str(word).encode() for word in words]
        lines = [b"*%d" % len(words)]
        for word in words:
            lines += [b"$%d" % len(word), word]
        self.socket.sendall(b"\r\n".join(lines) + b"\r\n")
        return self.read()

    def read(self):
        line = self.replies.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the server has gone")
        kind, rest = line[:1], line[1:-2].decode()
        if kind == b"-":
            raise ConnectionError(rest)
        if kind == b"*":
            return [self.read() for _ in range(int(rest))]
        if kind == b"$":
            return None if rest == "-1" else self.replies.read(int(rest) + 2)[:-2].decode()
        return int(rest) if kind == b":" else rest

    def close(self):
        self.socket.close()


class Visits:
    """Visits by name: one that comes twice counts once, so that a visit may be told again after a failure."""

    def __init__(self, urls=None, patience_seconds=20):
        self.urls = urls or [os.environ["REDIS_MASTER_URL"], *os.environ["REDIS_REPLICA_URLS"].split(",")]
        self.patience_seconds = patience_seconds
        self.node = None

    def add(self, visitor):
        def work(master):
            master.ask("SADD", "visits", visitor)
            if master.ask("WAIT", 1, 1000) < 1:
                raise ConnectionError("no replica has it yet")

        self.on_master(work)

    def all(self):
        return set(self.on_master(lambda master: master.ask("SMEMBERS", "visits")))

    def on_master(self, work):
        end = time.monotonic() + self.patience_seconds
        while True:
            try:
                return work(self.master())
            except OSError:
                self.close()
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def master(self):
        if self.node is not None:
            return self.node
        for url in self.urls:
            try:
                node = Node(url)
                if node.ask("ROLE")[0] == "master":
                    self.node = node
                    return node
                node.close()
            except OSError:
                pass  # it is down; another one may be the master
        raise ConnectionError("no node is a master that can be reached")

    def close(self):
        if self.node is not None:
            self.node.close()
        self.node = None
