"""umap-learn on given neighbours, warm; and how well it and denscape keep the neighbours of the same vectors.

Uses the protocol of peers.py. Job: {"job": "layout", "points": path, "cols": d, "indices": path, "distances": path, "k": k,
"options": {"minDist": x, "ours": path}}: `ours` holds denscape's points, rows × 2. The k others of each row are given
together with the row itself, which umap-learn counts, so n_neighbors is k + 1.
"""
import json
import os
import sys
import time
import warnings

import numpy as np
from memory import peak_mib

warnings.filterwarnings("ignore")
said = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # packages print; the protocol has a channel of its own
job = json.loads(sys.stdin.readline())
options = job.get("options", {})
NEIGHBORS = 15
SAMPLE = 3000


def say(**what):
    said.write(json.dumps(what) + "\n")
    said.flush()


def kept(data, xy):
    """Trustworthiness, and the share of each row's 15 neighbours that are among its 15 in the layout (of a sample)."""
    from sklearn.neighbors import NearestNeighbors
    n, k = len(data), NEIGHBORS
    rows = np.arange(n) if n <= 3 * SAMPLE else np.random.default_rng(0).choice(n, SAMPLE, replace=False)
    near = NearestNeighbors(n_neighbors=k + 1).fit(xy).kneighbors(xy[rows], return_distance=False)
    data = data.astype(np.float64)
    squares = (data**2).sum(1)
    cost = share = 0
    for start in range(0, len(rows), 250):
        some = rows[start : start + 250]
        far = squares[some][:, None] + squares[None] - 2 * data[some] @ data.T
        far[np.arange(len(some)), some] = -np.inf
        rank = np.empty(far.shape, np.int64)
        np.put_along_axis(rank, np.argsort(far, 1, kind="stable"), np.arange(n)[None].repeat(len(some), 0), 1)
        for at, row in enumerate(some):
            ranks = rank[at, [j for j in near[start + at] if j != row][:k]]
            cost += np.maximum(ranks - k, 0).sum()
            share += (ranks <= k).sum()
    trust = 1 - 2 * cost / (len(rows) * k * (2 * n - 3 * k - 1))
    return round(float(trust), 4), round(float(share / (len(rows) * k)), 4)


def prepare():
    import umap
    data = np.fromfile(job["points"], np.float32).reshape(-1, job["cols"])
    n, k = len(data), job["k"]
    near = np.fromfile(job["indices"], np.int32).reshape(n, k)
    far = np.fromfile(job["distances"], np.float32).reshape(n, k)
    near = np.hstack([np.arange(n, dtype=np.int32)[:, None], near])
    far = np.hstack([np.zeros((n, 1), np.float32), far])

    def make(**more):
        return umap.UMAP(n_neighbors=k + 1, min_dist=float(options.get("minDist", 0.1)), random_state=42,
                         precomputed_knn=(near, far, None), **more)

    make(n_epochs=11).fit_transform(data)  # compiles
    ours = np.fromfile(options["ours"], np.float32).reshape(n, -1)
    names = "trustworthiness", "kept"

    def report(xy):
        mine = dict(zip(["denscape " + name for name in names], kept(data, ours)))
        return {**dict(zip(names, kept(data, xy))), **mine}

    return (lambda: make().fit_transform(data)), report


try:
    run, report = prepare()
    say(ready=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        result = run()
        seconds = time.perf_counter() - start
        peak = peak_mib()
        say(seconds=seconds, peakMiB=peak, answer=report(result))
except Exception as error:  # said to the benchmark, which notes it and goes on
    say(error=f"{type(error).__name__}: {error}".splitlines()[0])
    sys.exit(1)
