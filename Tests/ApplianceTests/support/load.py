"""A steady load over raw keep-alive connections that remembers, of each request, whether its answer came whole."""

import asyncio
import dataclasses
import itertools
import json
import random
import threading


@dataclasses.dataclass
class Sent:
    """One request of the load."""

    marker: str
    stream: bool
    request_id: str = None
    status: int = None
    whole: bool = False
    reported: dict = None


class Load:
    """`connections` workers, each with one request at a time. The marker is the model's name at the provider, so that
    client, ledger and upstream can be joined on it."""

    def __init__(self, port, key, provider, connections=32, streams=0.7, prefix="m", wish=None, pause=0.0):
        self.port, self.key, self.provider = port, key, provider
        self.streams, self.prefix, self.wish, self.pause = streams, prefix, wish, pause
        self.connections = connections
        self.sent = []
        self.numbers = itertools.count()
        self.stopping = False
        self.thread = threading.Thread(target=lambda: asyncio.run(self.run()), daemon=True)

    def start(self):
        self.thread.start()
        return self

    def stop(self, wait=20):
        """No new requests; waits for those under way to end or break."""
        self.stopping = True
        self.thread.join(wait)
        assert not self.thread.is_alive(), "the load did not end"

    async def run(self):
        await asyncio.gather(*(self.worker() for _ in range(self.connections)))

    async def worker(self):
        while not self.stopping:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.02)
                continue
            try:
                while not self.stopping:
                    await self.one(reader, writer)
                    if self.pause:
                        await asyncio.sleep(self.pause)
            except (OSError, EOFError, ValueError, asyncio.LimitOverrunError):
                pass
            finally:
                writer.close()

    async def one(self, reader, writer):
        sent = Sent(f"{self.prefix}-{next(self.numbers)}", random.random() < self.streams)
        self.sent.append(sent)
        body = {
            "model": f"{self.provider}/{sent.marker}",
            "max_tokens": 64,
            "stream": sent.stream,
            "messages": [{"role": "user", "content": self.wish or "hello"}],
        }
        if sent.stream:
            body["stream_options"] = {"include_usage": True}
        data = json.dumps(body).encode()
        writer.write(
            f"POST /v1/chat/completions HTTP/1.1\r\nHost: load\r\nAuthorization: Bearer {self.key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        sent.status, sent.request_id = int(head.split(" ", 2)[1]), fields.get("x-modelux-request-id")
        answer = await self.body(reader, fields)
        sent.whole = sent.status == 200 and (b"data: [DONE]" in answer if sent.stream else True)
        if sent.whole:
            sent.reported = self.usage(answer, sent.stream)

    async def body(self, reader, fields):
        if "chunked" not in fields.get("transfer-encoding", ""):
            return await reader.readexactly(int(fields.get("content-length", 0)))
        parts = []
        while True:
            size = int((await reader.readline()).split(b";")[0], 16)
            parts.append(await reader.readexactly(size))
            await reader.readexactly(2)
            if size == 0:
                return b"".join(parts)

    def usage(self, answer, stream):
        if not stream:
            return json.loads(answer).get("usage")
        found = None
        for line in answer.split(b"\n"):
            if line.startswith(b"data: {"):
                found = json.loads(line[6:]).get("usage") or found
        return found

    @property
    def answered(self):
        """Those that came whole."""
        return [sent for sent in self.sent if sent.whole]
