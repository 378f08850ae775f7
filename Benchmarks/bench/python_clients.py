"""python bench/python_clients.py OPERATION SECONDS URL…: what connectivity-bench measures, by aiohttp and websockets.

Prints how often it was done and the median of its seconds."""

import asyncio
import json
import sys
from statistics import median
from time import perf_counter

import aiohttp
import websockets

PROBES = ["/system_stats", "/config", "/health/liveliness", "/config", "/config"]
ASKED = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Go on."}]}
FEW, MANY = "word " * 20, "word " * 20_000


async def discovery(seconds: float, *urls: str):
    async def ask(session, url):
        async with session.get(url) as answer:
            return await answer.json()

    end = perf_counter() + seconds
    while perf_counter() < end:
        begun = perf_counter()
        async with aiohttp.ClientSession(raise_for_status=True) as session:
            await asyncio.gather(*(ask(session, url + path) for url, path in zip(urls, PROBES)))
        yield perf_counter() - begun


async def lease(seconds: float):
    """What a pool in Python is at its simplest."""
    idle: asyncio.LifoQueue[int] = asyncio.LifoQueue()
    for connection in range(2):
        idle.put_nowait(connection)
    end = perf_counter() + seconds
    while perf_counter() < end:
        begun = perf_counter()
        for _ in range(1000):
            async with asyncio.timeout(30):
                connection = await idle.get()
            idle.put_nowait(connection)
        yield (perf_counter() - begun) / 1000


async def models(seconds: float, url: str):
    async with aiohttp.ClientSession(raise_for_status=True) as session:
        end = perf_counter() + seconds
        while perf_counter() < end:
            begun = perf_counter()
            async with session.get(f"{url}/v1/models") as answer:
                await answer.json()
            yield perf_counter() - begun


async def chat(seconds: float, url: str):
    async with aiohttp.ClientSession(raise_for_status=True) as session:
        end = perf_counter() + seconds
        while perf_counter() < end:
            begun = perf_counter()
            async with session.post(f"{url}/v1/chat/completions", json=ASKED | {"mock_response": FEW}) as answer:
                await answer.json()
            yield perf_counter() - begun


async def chunks(session, url: str, text: str):
    async with session.post(f"{url}/v1/chat/completions", json=ASKED | {"mock_response": text, "stream": True}) as answer:
        async for line in answer.content:
            if line.startswith(b"data: {"):
                yield json.loads(line[6:])["choices"]


async def first(seconds: float, url: str):
    async with aiohttp.ClientSession(raise_for_status=True) as session:
        end = perf_counter() + seconds
        while perf_counter() < end:
            begun, took = perf_counter(), None
            async for choices in chunks(session, url, FEW):
                if took is None and choices[0]["delta"].get("content"):
                    took = perf_counter() - begun
            yield took


async def stream(seconds: float, url: str):
    async with aiohttp.ClientSession(raise_for_status=True) as session:
        end = perf_counter() + seconds
        while perf_counter() < end:
            begun, count = perf_counter(), 0
            async for _ in chunks(session, url, MANY):
                count += 1
            yield (perf_counter() - begun) / count


async def reconnect(seconds: float, url: str):
    end, last = perf_counter() + seconds, None
    async for socket in websockets.connect(url.replace("http", "ws", 1) + "/ws?clientId=bench"):
        try:
            # As the other client says, too; the server drops the connection over it.
            await socket.send('{"type": "feature_flags", "data": {"supports_preview_metadata": true}}')
            json.loads(await socket.recv())
            now = perf_counter()
            if last is not None:
                yield now - last
            last = now
            await socket.recv()
        except websockets.ConnectionClosed:
            pass
        if perf_counter() > end:
            return


async def main() -> None:
    operation, seconds, *urls = sys.argv[1:]
    taken = [took async for took in globals()[operation](float(seconds), *urls)]
    # The first tenth is left out: there caches fill.
    print(len(taken), median(taken[len(taken) // 10:]))


asyncio.run(main())
