"""What counting costs a serving program, per call, beside the bare application.

    python bench/serving.py [--calls 200000]

Each way of counting is measured beside the same application without it, in turns; shown are µs a
call: bare, counted, the difference (median of rounds), and the 99th percentile of ten counted
calls in a row (without the loop that ASGI needs).
The thread that adds up runs all the while, and writes each second.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROUNDS = 7
ROW = {f"feature_{n}": n * 1.5 for n in range(20)} | {"plan": "gold", "city": "Ulm", "n": 3}
BATCH = [list(map(float, range(30))) for _ in range(64)]


def store(folder: Path) -> str:
    """Make a store with one model in it."""
    from forebear.client.locate import init_store
    from forebear.core.digest import of_bytes
    from forebear.core.events import ArtifactRecorded, VersionNamed
    from forebear.store import open_store

    digest = of_bytes(b"model")
    with open_store(init_store(folder / ".forebear"), create=True) as opened:
        opened.append(
            [
                ArtifactRecorded(artifact=digest, kind="model", digest=digest),
                VersionNamed(kind="model", name="churn", artifact=digest),
            ]
        )
    return str(folder / ".forebear")


def applications(serving: Any) -> dict[str, tuple[Callable[[int], None], Callable[[int], None]]]:
    import numpy as np

    frame = np.ones((100, 20))

    def predict(inputs: Any) -> float:
        return 0.5

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"0.5"})

    def wsgi(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [b"0.5"]

    scope = {"type": "http", "path": "/predict", "headers": [(b"x-service", b"web")]}
    environ = {"PATH_INFO": "/predict", "HTTP_X_SERVICE": "web"}
    counted = serving.asgi(app, caller="x-service")
    counted_wsgi = serving.wsgi(wsgi, caller="x-service")
    watched = serving.watch(predict)

    async def send(message: Any) -> None: ...

    def asgi_calls(asked: Any) -> Callable[[int], None]:
        async def many(times: int) -> None:
            for _ in range(times):
                await asked(scope, None, send)

        return lambda times: asyncio.run(many(times))

    def calls(function: Callable[..., Any], *args: Any) -> Callable[[int], None]:
        def many(times: int) -> None:
            for _ in range(times):
                function(*args)

        return many

    started = lambda *_: None  # noqa: E731
    return {
        "ASGI": (asgi_calls(app), asgi_calls(counted)),
        "WSGI": (calls(wsgi, environ, started), calls(counted_wsgi, environ, started)),
        "function, a row of 23": (calls(predict, ROW), calls(watched, ROW)),
        "function, 64 rows of 30": (calls(predict, BATCH), calls(watched, BATCH)),
        "function, an array 100 x 20": (calls(predict, frame), calls(watched, frame)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=200_000)
    options = parser.parse_args()

    import forebear as fb

    with tempfile.TemporaryDirectory() as folder:
        where = store(Path(folder))
        serving = fb.serving("churn", env="bench", store=where, every=1.0, services=["web"])
        print(__doc__.strip().splitlines()[0])
        print(f"  {'µs a call':<30}{'bare':>8}{'counted':>9}{'cost':>8}{'p99 of ten':>12}")
        for name, (bare, counted) in applications(serving).items():
            tell(name, bare, counted, options.calls // ROUNDS)
        serving.close()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        spool = sum(path.stat().st_size for path in Path(folder).rglob("*.spool"))
        print(f"  memory {memory:.0f} MB, written {spool / 1e3:.0f} KB, {os.cpu_count()} cores")


def tell(
    name: str, bare: Callable[[int], None], counted: Callable[[int], None], times: int
) -> None:
    counted(1000)
    pairs = [(timed(bare, times), timed(counted, times)) for _ in range(ROUNDS)]
    without, with_it = (statistics.median(one) for one in zip(*pairs, strict=True))
    cost = statistics.median(b - a for a, b in pairs)
    tens = sorted(timed(counted, 10) for _ in range(2000)) if name != "ASGI" else []
    late = f"{tens[1980]:>12.1f}" if tens else ""
    print(f"  {name:<30}{without:>8.2f}{with_it:>9.2f}{cost:>8.2f}{late}")


def timed(many: Callable[[int], None], times: int) -> float:
    began = time.perf_counter_ns()
    many(times)
    return (time.perf_counter_ns() - began) / times / 1e3


if __name__ == "__main__":
    main()
