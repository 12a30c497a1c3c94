"""The protocol of the Python peers: one JSON line with the job comes in, and the job runs once for every further line.

Replies are JSON lines: {"ready": true}, then per run {"seconds": s, "peakMiB": m, "found": {...}}; {"error": text} on a failure.
"""
import json
import os
import sys
import time
import warnings

from memory import peak_mib

warnings.filterwarnings("ignore")
_replies = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # packages print to standard output; replies have a channel of their own

job = json.loads(sys.stdin.readline())
options = job.get("options", {})


def _reply(**what):
    _replies.write(json.dumps(what) + "\n")
    _replies.flush()


def serve(prepare):
    """Runs the job. `prepare` returns two functions: the one that is timed, and one that describes its result in figures."""
    try:
        run, describe = prepare()
        _reply(ready=True)
        for _ in sys.stdin:
            start = time.perf_counter()
            result = run()
            seconds = time.perf_counter() - start
            peak = peak_mib()  # before figures are computed
            _reply(seconds=seconds, peakMiB=peak, found=describe(result))
    except Exception as error:  # the benchmark notes it and goes on
        _reply(error=f"{type(error).__name__}: {error}".splitlines()[0])
        sys.exit(1)
