"""One peer on one set of data, warm.

Job: {"job": "faiss" | "usearch" | "pynndescent" | "labels-and-places" | "hdbscan" | "fast" | "fast-exact" | "fast-graph" | "rs" | "sklearn" | "umap", "points": path, "cols": d,
      "indices": path, "distances": path, "k": k, "options": {...}}. Files are raw float32 and int32.
Options: k, minClusterSize, minSamples (not counting the point itself), threads, neighbors, minDist.
Uses the protocol of protocol.py.
"""
import os

import numpy as np
from protocol import job, options, serve

size, samples = int(options.get("minClusterSize", 5)), int(options.get("minSamples", 5))
threads = int(options.get("threads", os.cpu_count()))


def describe(labels):
    labels = np.asarray(labels)
    return {"clusters": int(labels.max() + 1), "noise": round(float((labels < 0).mean()), 4)}


def recall(data, found, k):
    """Share of the k - 1 true nearest others of 100 rows among those found; the row itself is one of the k."""
    rows = np.linspace(0, len(data) - 1, 100).astype(int)
    squares = np.einsum("ij,ij->i", data, data)
    share = 0
    for row in rows:
        far = squares - 2 * (data @ data[row])
        far[row] = np.inf
        true = np.argpartition(far, k - 2)[: k - 1]
        share += len(np.intersect1d(true, found[row])) / (k - 1)
    return {"recall": round(share / len(rows), 4)}


def points():
    return np.fromfile(job["points"], np.float32).reshape(-1, job["cols"])


def prepare():
    """The timed function; what compiles or is loaded once has been by then."""
    kind = job["job"]
    small = np.random.default_rng(0).random((500, job.get("cols", 3)), np.float32)
    if kind == "faiss":
        import faiss
        faiss.omp_set_num_threads(threads)
        data, k = points(), int(options["k"]) + 1  # the row itself is among them
        faiss.knn(data, data, k)
        return lambda: faiss.knn(data, data, k), lambda found: {}
    if kind == "usearch":
        from usearch.index import Index
        data, k = points(), int(options["k"]) + 1  # the row itself is among them
        keys = np.arange(len(data))

        def build_and_search():
            index = Index(ndim=data.shape[1], metric="l2sq", dtype=options.get("dtype", "f32"),
                          connectivity=int(options.get("connectivity", 16)),
                          expansion_add=int(options.get("expansionAdd", 128)),
                          expansion_search=int(options.get("expansionSearch", 64)))
            index.add(keys, data, threads=threads)
            return np.asarray(index.search(data, k, threads=threads).keys).reshape(len(data), -1)

        return build_and_search, lambda found: recall(data, found, k)
    if kind == "pynndescent":
        from pynndescent import NNDescent
        data, k = points(), int(options["k"]) + 1
        NNDescent(small, n_neighbors=min(k, 100), random_state=1)  # compiles
        make = lambda: NNDescent(data, n_neighbors=k, random_state=1, n_jobs=threads).neighbor_graph[0]
        return make, lambda found: recall(data, found, k)
    if kind == "labels-and-places":
        # What people write by hand for topics and a map: no keywords, no files.
        import fast_hdbscan
        import umap
        data = points()

        def both():
            reduced = umap.UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine").fit_transform(data)
            labels = fast_hdbscan.HDBSCAN(min_cluster_size=size).fit(reduced).labels_
            return labels, umap.UMAP(n_neighbors=15, metric="cosine").fit_transform(data)

        return both, lambda found: describe(found[0])
    if kind == "hdbscan":
        import hdbscan
        data = points()
        return (lambda: hdbscan.HDBSCAN(min_cluster_size=size, min_samples=samples).fit(data).labels_), describe
    if kind == "fast":
        import fast_hdbscan
        data = points()
        make = lambda: fast_hdbscan.HDBSCAN(min_cluster_size=size, min_samples=samples)
        make().fit(small)
        return (lambda: make().fit(data).labels_), describe
    if kind == "fast-exact":
        # What its fit does up to 30 dimensions: a tree of all distances.
        import numba
        from fast_hdbscan.boruvka import parallel_boruvka
        from fast_hdbscan.hdbscan import clusters_from_spanning_tree
        from fast_hdbscan.numba_kdtree import build_kdtree
        data = points()
        none = np.empty(1, np.float32)

        def fit(rows):
            tree = build_kdtree(rows)
            threads = numba.get_num_threads()
            found = parallel_boruvka(
                tree, threads, min_samples=samples, sample_weights=none, reproducible=False
            )
            return clusters_from_spanning_tree(found[0], min_cluster_size=size)[0]

        fit(small)
        return (lambda: fit(data)), describe
    if kind == "fast-graph":
        import fast_hdbscan
        import scipy.sparse as sparse
        k = job["k"]
        indices = np.fromfile(job["indices"], np.int32)
        n = len(indices) // k
        distances = np.maximum(np.fromfile(job["distances"], np.float32).astype(float), 1e-12)
        graph = sparse.csr_matrix((distances, indices, np.arange(0, n * k + 1, k)), shape=(n, n))
        graph = graph.maximum(graph.T.tocsr())
        make = lambda: fast_hdbscan.HDBSCAN(min_cluster_size=size, min_samples=samples, metric="precomputed")
        make().fit(graph[:2000, :2000].tocsr())
        return (lambda: make().fit(graph).labels_), describe
    if kind == "rs":
        from hdbscan_rs import HDBSCAN
        data = points().astype(float)
        counted = samples + 1  # it counts the point itself
        return (lambda: HDBSCAN(min_cluster_size=size, min_samples=counted).fit_predict(data)), describe
    if kind == "sklearn":
        from sklearn.cluster import HDBSCAN
        data = points()
        counted = samples + 1  # it counts the point itself
        return (
            lambda: HDBSCAN(min_cluster_size=size, min_samples=counted, n_jobs=threads, copy=True).fit(data).labels_
        ), describe
    if kind == "umap":
        import umap
        data = points()
        umap.UMAP(n_neighbors=15, random_state=42, n_epochs=10).fit(small)
        make = lambda: umap.UMAP(
            n_neighbors=int(options.get("neighbors", 80)), min_dist=float(options.get("minDist", 0.1)), random_state=42
        )

        def quality(xy):
            from sklearn.manifold import trustworthiness
            return {"trustworthiness": round(float(trustworthiness(data[:3000], xy[:3000], n_neighbors=15)), 4)}

        return (lambda: make().fit_transform(data)), quality
    raise ValueError(f"no such peer: {kind}")


serve(prepare)
