"""An OpenAI-shaped upstream that misbehaves on request and remembers everything it saw (the witness).

Runs as a process of its own, so that it survives what is done to the executable under test. A request says in its last
user message (or, for embeddings, in `input`) how it wants to be treated, as a JSON object:

    {"do": "answer"}                                       a plain completion; `text`, `usage` (null: none) to choose
    {"do": "stream", "chunks": 20, "delay_ms": 10, "pad": 0}
    {"do": "status", "status": 429, "headers": {...}, "body": "..."}
    {"do": "reset" | "close" | "hang", "at": "before" | "head" | "middle", "chunks": 3}
    {"do": "raw", "base64": "..."}                         these bytes, then the end of the connection
    {"do": "flood", "megabytes": 10}                       a stream as fast as the socket takes it

`first: n` with `id` lets the first n requests of that id fail so and answers the later ones. Any other text is answered.
GET /witness/log gives what was seen, POST /witness/reset forgets it.
"""

import asyncio
import base64
import json
import http.client
import pathlib
import socket
import struct
import subprocess
import sys
import time

PLAIN_USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}


class Witness:
    """What the upstream saw, in order of arrival."""

    def __init__(self):
        self.entries = []
        self.connections = 0
        self.failures = {}

    def reset(self):
        self.entries.clear()
        self.failures.clear()

    def note(self, connection, head, body):
        lines = head.decode("latin-1").split("\r\n")
        method, _, target = lines[0].partition(" ")
        entry = {
            "connection": connection,
            "method": method,
            "path": target.rpartition(" ")[0],
            "head": head.decode("latin-1"),
            "headers": [line.split(":", 1) for line in lines[1:] if ":" in line],
            "body": body.decode("utf-8", "replace"),
            "at": time.monotonic(),
            "chunks_sent": 0,
            "bytes_sent": 0,
            "end": None,
            "ended_at": None,
        }
        self.entries.append(entry)
        return entry


class Exchange:
    """One request being answered as it asked."""

    def __init__(self, entry, request, reader, writer, wish):
        self.entry, self.request, self.reader, self.writer, self.wish = entry, request, reader, writer, wish

    async def send(self, data):
        self.writer.write(data)
        self.entry["bytes_sent"] += len(data)
        await self.writer.drain()

    def reset(self):
        """RST instead of FIN."""
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def head(self, status=200, headers=None, length=None, kind="application/json"):
        fields = {"content-type": kind, "x-upstream": "witness", **(headers or {})}
        fields.update({"transfer-encoding": "chunked"} if length is None else {"content-length": str(length)})
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        await self.send(f"HTTP/1.1 {status} Whatever\r\n{lines}\r\n".encode())

    async def whole(self, status, body, headers=None, kind="application/json"):
        await self.head(status, headers, len(body), kind)
        await self.send(body)

    async def event(self, value):
        data = b"data: " + (value if isinstance(value, bytes) else json.dumps(value).encode()) + b"\n\n"
        await self.send(b"%x\r\n%s\r\n" % (len(data), data))

    def usage(self):
        return self.wish.get("usage", PLAIN_USAGE)

    def chunk(self, delta, finish=None):
        return {
            "id": "chatcmpl-w",
            "object": "chat.completion.chunk",
            "created": 1700000000,
            "model": self.request.get("model"),
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        }

    async def perform(self):
        """Gives whether the connection can be used again."""
        action = self.wish.get("do", "answer")
        if action == "status":
            body = self.wish.get(
                "body", json.dumps({"error": {"message": "no", "type": "upstream_error", "code": None}})
            )
            await self.whole(
                self.wish["status"], body.encode(), self.wish.get("headers"), self.wish.get("kind", "application/json")
            )
            return True
        if action == "raw":
            await self.send(base64.b64decode(self.wish["base64"]))
            return False
        if action in ("reset", "close", "hang"):
            return await self.break_off(action)
        if self.request.get("stream"):
            await self.stream()
        elif "input" in self.request:
            await self.embed()
        else:
            await self.complete()
        return True

    async def complete(self):
        answer = {
            "id": "chatcmpl-w",
            "object": "chat.completion",
            "created": 1700000000,
            "model": self.request.get("model"),
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": self.wish.get("text", "fine")},
                    "finish_reason": "stop",
                }
            ],
        }
        if self.usage() is not None:
            answer["usage"] = self.usage()
        await asyncio.sleep(self.wish.get("delay_ms", 0) / 1000)
        await self.whole(200, json.dumps(answer).encode(), self.wish.get("headers"))

    async def embed(self):
        answer = {
            "object": "list",
            "data": [{"object": "embedding", "index": 0, "embedding": [0.6, 0.8]}],
            "model": self.request.get("model"),
            "usage": {"prompt_tokens": 5, "total_tokens": 5},
        }
        await self.whole(200, json.dumps(answer).encode())

    async def stream(self):
        await self.head(kind="text/event-stream")
        await self.event(self.chunk({"role": "assistant", "content": ""}))
        if self.wish.get("do") == "flood":
            text = "x" * 16000
            for _ in range(int(self.wish["megabytes"] * 1e6 / 16000)):
                await self.event(self.chunk({"content": text}))
                self.entry["chunks_sent"] += 1
        else:
            await self.pieces(self.wish.get("chunks", 5))
        await self.event(self.chunk({}, "stop"))
        if (self.request.get("stream_options") or {}).get("include_usage") and self.usage() is not None:
            await self.event({**self.chunk({}), "choices": [], "usage": self.usage()})
        await self.event(b"[DONE]")
        await self.send(b"0\r\n\r\n")

    async def pieces(self, count):
        pad = "." * self.wish.get("pad", 0)
        begun = time.monotonic()
        for number in range(count):
            pause = begun + number * self.wish.get("delay_ms", 0) / 1000 - time.monotonic()
            if pause > 0:
                await asyncio.sleep(pause)
            await self.event(self.chunk({"content": f"w{number} {pad}"}))
            self.entry["chunks_sent"] += 1

    async def break_off(self, action):
        at = self.wish.get("at", "before")
        if at != "before":
            if self.request.get("stream"):
                await self.head(kind="text/event-stream")
                if at == "middle":
                    await self.pieces(self.wish.get("chunks", 3))
            else:
                await self.head(length=1000)
                if at == "middle":
                    await self.send(b'{"id": "chatcmpl-w", "choices": [')
            await asyncio.sleep(0.05)
        if action == "hang":
            await asyncio.sleep(3600)
        if action == "reset":
            self.reset()
        return False


def watch_for_the_end(reader):
    """An event for the caller's FIN or RST. Reading a byte to find out would eat the head of the next request."""
    gone = asyncio.Event()
    for name in ("feed_eof", "set_exception"):
        original = getattr(reader, name)

        def noticed(*arguments, original=original):
            gone.set()
            return original(*arguments)

        setattr(reader, name, noticed)
    return gone


class Server:
    """The listening side."""

    def __init__(self):
        self.witness = Witness()

    async def connected(self, reader, writer):
        self.witness.connections += 1
        connection = self.witness.connections
        gone = watch_for_the_end(reader)
        try:
            while await self.one(connection, reader, writer, gone):
                pass
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, ValueError):
            pass
        finally:
            writer.close()

    async def one(self, connection, reader, writer, gone):
        head = (await reader.readuntil(b"\r\n\r\n"))[:-4]
        body = await self.body(head, reader)
        entry = self.witness.note(connection, head, body)
        if entry["path"].startswith("/witness/"):
            self.witness.entries.pop()
            return await self.tell(entry, writer)
        try:
            request = json.loads(body)
        except ValueError:
            request = {}
        exchange = Exchange(entry, request, reader, writer, self.wish(request))
        return await self.watched(exchange, gone)

    async def watched(self, exchange, gone):
        """Performs the exchange, but stops the moment the caller hangs up."""
        gone = asyncio.ensure_future(gone.wait())
        work = asyncio.ensure_future(exchange.perform())
        await asyncio.wait([gone, work], return_when=asyncio.FIRST_COMPLETED)
        entry = exchange.entry
        entry["ended_at"] = time.monotonic()
        if not work.done():
            work.cancel()
            entry["end"] = "caller left"
            return False
        gone.cancel()
        if work.exception():
            entry["end"] = "caller left"
            return False
        entry["end"] = "answered" if work.result() else "broken off"
        return work.result()

    async def body(self, head, reader):
        fields = {}
        for line in head.decode("latin-1").split("\r\n")[1:]:
            name, _, value = line.partition(":")
            fields[name.strip().lower()] = value.strip()
        if "chunked" in fields.get("transfer-encoding", ""):
            parts = []
            while True:
                size = int((await reader.readline()).split(b";")[0], 16)
                parts.append(await reader.readexactly(size))
                await reader.readline()
                if size == 0:
                    return b"".join(parts)
        return await reader.readexactly(int(fields.get("content-length", 0)))

    def wish(self, request):
        """What the request asks for, taking `first` into account."""
        text = request.get("input")
        for message in request.get("messages") or []:
            text = message.get("content")
        try:
            wish = json.loads(text)
            if not isinstance(wish, dict) or "do" not in wish:
                return {}
        except (TypeError, ValueError):
            return {}
        if "first" in wish:
            seen = self.witness.failures.get(wish["id"], 0)
            self.witness.failures[wish["id"]] = seen + 1
            if seen >= wish["first"]:
                return {}
        return wish

    async def tell(self, entry, writer):
        if entry["path"] == "/witness/reset":
            self.witness.reset()
        data = json.dumps(self.witness.entries).encode()
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(data) + data
        )
        await writer.drain()
        return True


async def serve():
    server = Server()
    listener = await asyncio.start_server(server.connected, "127.0.0.1", 0, limit=1 << 20, backlog=4096)
    print(listener.sockets[0].getsockname()[1], flush=True)
    await listener.serve_forever()


class Upstream:
    """The handle a test holds."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, str(pathlib.Path(__file__).resolve())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = int(self.process.stdout.readline())
        self.url = f"http://127.0.0.1:{self.port}/v1"

    def ask(self, method, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path)
        data = json.loads(connection.getresponse().read())
        connection.close()
        return data

    def seen(self):
        """Every request since the last reset."""
        return self.ask("GET", "/witness/log")

    def reset(self):
        self.ask("POST", "/witness/reset")

    def wait_for(self, condition, seconds=5):
        """The first entry for which the condition holds."""
        deadline = time.monotonic() + seconds
        while True:
            for entry in self.seen():
                if condition(entry):
                    return entry
            assert time.monotonic() < deadline, f"the upstream did not see it in {seconds} s"
            time.sleep(0.02)

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def wish(do, **fields):
    """The text of a user message that asks the upstream for a treatment."""
    return json.dumps({"do": do, **fields})


if __name__ == "__main__":
    asyncio.run(serve())
