"""Raw sockets, for requests that no client library would send."""

import re
import socket
import struct
import time


class Raw:
    """One TCP connection, byte by byte."""

    def __init__(self, port, timeout=10, receive_buffer=None):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        self.socket.connect(("127.0.0.1", port))

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode())

    def read_until_closed(self, seconds=10, limit=1 << 24):
        """(everything that came, whether the other side closed)."""
        got, deadline = b"", time.monotonic() + seconds
        while len(got) < limit:
            left = deadline - time.monotonic()
            if left <= 0:
                return got, False
            self.socket.settimeout(left)
            try:
                data = self.socket.recv(65536)
            except TimeoutError:
                return got, False
            except OSError:
                return got, True
            if not data:
                return got, True
            got += data
        return got, False

    def read_head(self, seconds=10):
        """The answer's head and what came after it."""
        got, deadline = b"", time.monotonic() + seconds
        while b"\r\n\r\n" not in got:
            self.socket.settimeout(max(0.01, deadline - time.monotonic()))
            data = self.socket.recv(65536)
            if not data:
                break
            got += data
        head, _, rest = got.partition(b"\r\n\r\n")
        return head, rest

    def reset(self):
        """RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def statuses(answer):
    """The status codes of the answers in a byte string, in order (bodies must not hold anything like a status line)."""
    return [int(code) for code in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)]


def head(*lines):
    """A request head from its lines."""
    return "\r\n".join(lines) + "\r\n\r\n"
