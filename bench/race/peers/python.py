"""Python's asyncio: one coroutine for each client, which awaits its lines from a stream."""

import asyncio
import gc
import os
import signal

WIRE = os.environ["RACE_WIRE"]
GREETING = b"Welcome\r\n"
PROMPTS = [b"Name: ", b"City: ", b"Age: ", b"Colour: ", b"Motto: "]

everybody = set()


async def converse(reader, writer):
    everybody.add(writer)
    try:
        if WIRE in ("greet", "broadcast"):
            writer.write(GREETING)
        if WIRE == "login":
            answers = []
            for prompt in PROMPTS:
                writer.write(prompt)
                line = await reader.readline()
                if not line:
                    return
                answers.append(line.decode().rstrip("\r\n"))
            writer.write(f"Welcome, {' '.join(answers)}.\r\n".encode())
        while line := await reader.readline():
            text = line.decode().rstrip("\r\n")
            if WIRE == "broadcast":
                for other in everybody:
                    other.write(f"{text}\r\n".encode())
            elif WIRE == "login" and text == "quit":
                return
            else:
                writer.write(f"{text}\r\n".encode())
                await writer.drain()
    except ConnectionError:
        pass
    finally:
        everybody.discard(writer)
        writer.close()


async def main():
    signal.signal(signal.SIGUSR2, lambda *_: gc.collect())
    server = await asyncio.start_server(converse, "127.0.0.1", 0, backlog=511)
    print("open", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
