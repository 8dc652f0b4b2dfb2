#!/usr/bin/env python3
"""From a client's send to the clinician's screen, with many clients connected.

usage: bench/live.py [--program build/release/attune] [--clients 200] [--messages 400] [--rate 20]

Starts a server on a folder and port of its own, signs in one clinician and CLIENTS clients, each with
an open WebSocket. Clients then write, RATE messages a second in all, every one a text that becomes a
finding. Measured from just before the client's request is sent: until the clinician's socket has the
event ("told"), and until the finding itself has been fetched ("on screen"). Also: start-up time,
resident memory at rest and after, size of the binary. Standard library only; loopback only.
"""
import argparse
import asyncio
import base64
import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
TEXT = "I don't want to be here any more. It was a long day at work again."


class Http:
    """One keep-alive connection with a cookie."""

    def __init__(self, port):
        self.port, self.cookie, self.reader = port, "", None

    async def call(self, method, path, body=None):
        if self.reader is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        data = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost:{self.port}\r\nX-Attune: 1\r\n"
        if self.cookie:
            head += f"Cookie: {self.cookie}\r\n"
        if body is not None:
            head += f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n"
        self.writer.write(head.encode() + b"\r\n" + data)
        status = int((await self.reader.readline()).split()[1])
        length = 0
        while (line := (await self.reader.readline()).strip()):
            name, _, value = line.decode().partition(":")
            if name.lower() == "content-length":
                length = int(value)
            if name.lower() == "set-cookie":
                self.cookie = value.strip().split(";")[0]
        text = await self.reader.readexactly(length)
        if status >= 400:
            raise RuntimeError(f"{method} {path}: {status} {text.decode()[:200]}")
        return json.loads(text) if text else None


async def live(http, on_event):
    """Opens /api/live and calls on_event for every message."""
    reader, writer = await asyncio.open_connection("127.0.0.1", http.port)
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write((f"GET /api/live HTTP/1.1\r\nHost: localhost:{http.port}\r\nUpgrade: websocket\r\n"
                  f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
                  f"Origin: http://localhost:{http.port}\r\nCookie: {http.cookie}\r\n\r\n").encode())
    answer = await reader.readuntil(b"\r\n\r\n")
    if b" 101 " not in answer.split(b"\r\n")[0]:
        raise RuntimeError(f"no WebSocket: {answer[:200]!r}")

    async def listen():
        while True:
            first, second = await reader.readexactly(2)
            length = second & 127
            if length == 126:
                length = int.from_bytes(await reader.readexactly(2), "big")
            payload = await reader.readexactly(length)
            if first & 15 == 1:
                on_event(json.loads(payload))
            elif first & 15 == 9:  # ping: a masked pong with the same bytes
                writer.write(bytes([0x8A, 0x80 | len(payload), 0, 0, 0, 0]) + payload)
    return asyncio.create_task(listen())


def new_id(rng):
    return "".join(rng.choice(ALPHABET) for _ in range(25)) + "0"


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def resident_mib(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) / 1024


async def measure(port, link, count, messages, rate, rng):
    staff = Http(port)
    await staff.call("POST", "/api/session/link", {"token": link})
    sent, told, shown = {}, {}, []
    fetches = set()
    finding_reader = Http(port)
    finding_reader.cookie = staff.cookie
    lock = asyncio.Lock()

    async def fetch(event, at):
        async with lock:
            answer = await finding_reader.call("GET", f"/api/findings/{event['id']}")
        now = time.perf_counter()
        message = answer["finding"]["message"]["id"]
        if message in sent:
            told[message] = at - sent[message]
            shown.append(now - sent[message])

    def on_event(event):
        if event["type"] == "finding":
            task = asyncio.create_task(fetch(event, time.perf_counter()))
            fetches.add(task)
            task.add_done_callback(fetches.discard)

    listeners = [await live(staff, on_event)]
    clients = []
    for _ in range(count):
        client = Http(port)
        await client.call("POST", "/api/session/start", {})
        version = (await client.call("GET", "/api/me/consents"))["text"]["version"]
        for purpose in ("care", "alerts"):
            await client.call("PUT", "/api/me/consents", {
                "source": "messages", "purpose": purpose, "granted": True, "textVersion": version})
        listeners.append(await live(client, lambda event: None))
        clients.append(client)
    print(f"{count} clients connected")

    async def write(client):
        message = new_id(rng)
        sent[message] = time.perf_counter()
        await client.call("POST", "/api/me/messages", {"id": message, "text": TEXT})

    writing = []
    start = time.perf_counter()
    for i in range(messages):
        await asyncio.sleep(max(0.0, start + i / rate - time.perf_counter()))
        writing.append(asyncio.create_task(write(clients[i % count])))
    await asyncio.gather(*writing)
    end = time.monotonic() + 30
    while len(shown) < messages and time.monotonic() < end:
        await asyncio.sleep(0.05)
    for listener in listeners:
        listener.cancel()
    return list(told.values()), shown


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--program", default=str(ROOT / "build/release/attune"))
    options.add_argument("--clients", type=int, default=200)
    options.add_argument("--messages", type=int, default=400)
    options.add_argument("--rate", type=float, default=20)
    given = options.parse_args()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="attune-bench-") as folder:
        data = f"{folder}/data"
        made = subprocess.run(
            [given.program, "user", "add", "--data", data, "--role", "clinician", "--name",
             "Bench Clinician", "--login", "bench", "--on-call"],
            capture_output=True, text=True, check=True).stdout
        link = re.search(r"/link/(\w+)", made)[1]
        started = time.perf_counter()
        server = subprocess.Popen(
            [given.program, "serve", "--data", data, "--listen", f"127.0.0.1:{port}",
             "--limits-starts", "100000", "--limits-requests", "100000", "--limits-messages",
             "100000"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        server.stdout.readline()
        ready = time.perf_counter() - started
        try:
            time.sleep(1)
            at_rest = resident_mib(server.pid)
            told, shown = asyncio.run(measure(port, link, given.clients, given.messages,
                                              given.rate, random.Random(1)))
            after = resident_mib(server.pid)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)
    print(f"start-up to listening      {ready * 1000:8.0f} ms")
    print(f"memory at rest             {at_rest:8.1f} MiB")
    print(f"memory with {given.clients} connected  {after:8.1f} MiB")
    print(f"size of the binary         {os.path.getsize(given.program) / 2**20:8.1f} MiB")
    print(f"findings seen              {len(shown):8d} of {given.messages}")
    for name, values in (("told", told), ("on screen", shown)):
        if values:
            print(f"{name:10} p50 {percentile(values, .5) * 1000:7.1f} ms   "
                  f"p99 {percentile(values, .99) * 1000:7.1f} ms")


if __name__ == "__main__":
    main()
