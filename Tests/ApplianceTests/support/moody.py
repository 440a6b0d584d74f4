"""An OpenAI-shaped upstream whose mood a test sets: it answers, fails, hangs, is slow, or is gone. It counts its calls.

It lives in the test's own process, in a thread with an event loop of its own."""

import asyncio
import json
import random
import threading


class Moody:
    """One upstream on a port of its own."""

    def __init__(self, name, seed=1):
        self.name, self.calls, self.mood, self.delay, self.error_rate = name, 0, "answer", 0.0, 0.0
        self.random = random.Random(seed)
        self.loop = asyncio.new_event_loop()
        self.writers = set()
        self.server = None
        started = threading.Event()
        self.thread = threading.Thread(target=self.work, args=(started,), daemon=True)
        self.thread.start()
        started.wait(10)

    def work(self, started):
        asyncio.set_event_loop(self.loop)
        self.server = self.loop.run_until_complete(asyncio.start_server(self.serve, "127.0.0.1", 0, backlog=512))
        self.port = self.server.sockets[0].getsockname()[1]
        started.set()
        self.loop.run_forever()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/v1"

    def kill(self):
        """Stops listening and cuts what is connected, as a process that dies does."""

        def cut():
            self.server.close()
            for writer in list(self.writers):
                writer.transport.abort()

        self.loop.call_soon_threadsafe(cut)

    def close(self):
        """Ends what still runs, then the loop and its thread."""

        async def end():
            others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        self.kill()
        asyncio.run_coroutine_threadsafe(end(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)

    async def serve(self, reader, writer):
        self.writers.add(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = 0
                for line in head.split(b"\r\n"):
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                body = json.loads(await reader.readexactly(length) or b"{}")
                self.calls += 1
                await self.answer(body, writer)
        except (OSError, EOFError, ValueError, asyncio.CancelledError):
            pass
        finally:
            self.writers.discard(writer)
            writer.close()

    async def answer(self, body, writer):
        if self.mood == "hang":
            await asyncio.sleep(3600)
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.mood == "fail" or self.random.random() < self.error_rate:
            data = b'{"error":{"message":"moody","type":"server_error","code":null}}'
            writer.write(b"HTTP/1.1 500 No\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(data) + data)
            return await writer.drain()
        if body.get("stream"):
            pieces = [{"role": "assistant", "content": ""}, {"content": self.name}, {}]
            events = b"".join(
                b"data: "
                + json.dumps(
                    {
                        "id": "m",
                        "object": "chat.completion.chunk",
                        "choices": [{"index": 0, "delta": piece, "finish_reason": None if piece else "stop"}],
                    }
                ).encode()
                + b"\n\n"
                for piece in pieces
            )
            data = events + b"data: [DONE]\n\n"
            kind = b"text/event-stream"
        else:
            data = json.dumps(
                {
                    "id": "m",
                    "object": "chat.completion",
                    "created": 1,
                    "model": body.get("model"),
                    "choices": [
                        {
                            "index": 0,
                            "message": {"role": "assistant", "content": self.name},
                            "finish_reason": "stop",
                        }
                    ],
                    "usage": {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12},
                }
            ).encode()
            kind = b"application/json"
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: %s\r\ncontent-length: %d\r\n\r\n" % (kind, len(data)) + data)
        await writer.drain()
