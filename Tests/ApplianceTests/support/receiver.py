"""A webhook receiver that can be down, slow or cross, and remembers everything that it saw."""

import hashlib
import hmac
import http.server
import json
import socket
import threading
import time


class Seen:
    """One request, and what it was answered."""

    def __init__(self, path, headers, body, status):
        self.path, self.headers, self.body, self.status = path, headers, body, status
        self.at = time.monotonic()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def signatures(self):
        return self.headers["x-modelux-signature"].split(",")

    def signed_with(self, secret):
        expected = hmac.new(secret.encode(), self.body, hashlib.sha256).hexdigest()
        return any(hmac.compare_digest(expected, given) for given in self.signatures)


class Receiver:
    """Takes events on a port of its own. `behave(request number)` gives a status, or does worse."""

    def __init__(self, tls=None):
        self.tls = tls
        self.seen = []
        self.behave = lambda number: 200
        self.headers = {}
        self.connections = set()
        self.lock = threading.Condition()
        self.server = None
        self.port = 0
        self.up()

    def up(self):
        """Opens the port; the same one each time."""
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                receiver.connections.add(self.connection)

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                with receiver.lock:
                    seen = Seen(self.path, headers, body, None)
                    receiver.seen.append(seen)
                    number = len(receiver.seen) - 1
                status = receiver.behave(number)
                seen.status = status
                if status is None:
                    self.close_connection = True
                else:
                    self.send_response(status)
                    for name, value in receiver.headers.items():
                        self.send_header(name, value)
                    self.send_header("content-length", "0")
                    self.end_headers()
                with receiver.lock:
                    receiver.lock.notify_all()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            allow_reuse_address = True
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", self.port), Handler)
        if self.tls:
            self.server.socket = self.tls.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def down(self):
        """Closes the port and every connection."""
        self.server.shutdown()
        self.server.server_close()
        for connection in self.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.connections.clear()

    close = down

    def url(self, path="/hook"):
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}{path}"

    @property
    def taken(self):
        """What was answered with 2xx, in order."""
        return [seen for seen in self.seen if seen.status and 200 <= seen.status < 300]

    def ids(self):
        """The ids of the events that were taken, in the order in which each was taken first."""
        return list(dict.fromkeys(seen.json["id"] for seen in self.taken))

    def wait_for(self, condition, seconds=20, what="events"):
        """Waits until the condition holds."""
        deadline = time.monotonic() + seconds
        with self.lock:
            while not condition():
                assert time.monotonic() < deadline, (
                    f"waited {seconds} s in vain for {what}: saw {[(s.path, s.status) for s in self.seen]}"
                )
                self.lock.wait(0.05)
