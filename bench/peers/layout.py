"""umap-learn on given neighbours, warm; and how well it and denscape keep the neighbours of the same vectors.

Uses the protocol of protocol.py. Job: {"job": "layout", "points": path, "cols": d, "indices": path, "distances": path, "k": k,
"options": {"minDist": x, "ours": path}}: `ours` holds denscape's points, rows × 2. The k others of each row are given
together with the row itself, which umap-learn counts, so n_neighbors is k + 1.
"""
import numpy as np
from protocol import job, options, serve

NEIGHBORS = 15
SAMPLE = 3000


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


serve(prepare)
