"""Topics that other packages find in given vectors, scored against labels. Needs bertopic, evoc, fast_plscan, scikit-learn.

Uses the protocol of protocol.py. Job: {"job": "bertopic" | "evoc" | "plscan", "points": path, "cols": d, "labels": path}:
labels are int32, one a row; "texts", where given, is a JSON list of the rows' texts. Names of the figures are those of quality.ts. Option "tenths": so many times the topics are found
again without a tenth of the rows, and compared on the rest.
"""
import json

import numpy as np
from protocol import job, options, serve

SEED = 1


def filled(data, labels):
    """Rows without a topic given to the topic with the nearest mean."""
    labels = np.asarray(labels).copy()
    count = labels.max() + 1
    if count <= 0:
        return np.zeros_like(labels)
    means = np.stack([data[labels == topic].mean(0) for topic in range(count)])
    means /= np.linalg.norm(means, axis=1, keepdims=True) + 1e-12
    without = labels < 0
    labels[without] = (data[without] @ means.T).argmax(1)
    return labels


def score(data, gold, labels, levels):
    from sklearn.metrics import adjusted_mutual_info_score as ami
    labels = np.asarray(labels)
    inside = labels[labels >= 0]
    largest = np.bincount(inside).max() / len(labels) if len(inside) else 0
    found = {
        "topics": int(labels.max() + 1),
        "inTopics": round(len(inside) / len(labels), 3),
        "largest": round(float(largest), 3),
        "timesLargestLabel": round(float(largest / (np.bincount(gold).max() / len(gold))), 3),
        "topicsAmi": round(float(ami(gold, filled(data, labels))), 3),
    }
    if levels:
        found["bestLevelAmi"] = round(max(float(ami(gold, filled(data, level))) for level in levels), 3)
    return found


def kept_ari(data, labels, fit):
    """Mean agreement (ARI) of topics found in all rows and in nine tenths of them: every tenth row is left out, from 0, 1, 2 on."""
    from sklearn.metrics import adjusted_rand_score as ari
    whole = filled(data, labels)
    found = []
    for first in range(options["tenths"]):
        rest = np.arange(len(data)) % 10 != first
        again = filled(data[rest], fit(data[rest])[0])
        found.append(float(ari(whole[rest], again)))
    return round(sum(found) / len(found), 3)


def prepare():
    """The timed function, which returns labels (-1 without a topic) and labels of further levels."""
    kind = job["job"]
    data = np.fromfile(job["points"], np.float32).reshape(-1, job["cols"])
    gold = np.fromfile(job["labels"], np.int32)

    def finder(fit, words=None):
        """What `serve` takes, from a function of vectors, and one that returns the topics' keywords."""
        def report(found):
            figures = score(data, gold, *found)
            if words:
                figures["keywords"] = words()
            if options.get("tenths"):
                figures["topicsKeptAri"] = kept_ari(data, found[0], fit)
            return figures

        return lambda: fit(data), report

    if kind == "bertopic":
        from bertopic import BERTopic
        from umap import UMAP
        with open(job["texts"], encoding="utf-8") as file:
            texts = json.load(file)
        last = {}

        # Its defaults, with a seed. Texts serve its keywords only; vectors are given.
        def fit(data):
            reduce = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=SEED)
            last["model"] = BERTopic(umap_model=reduce, embedding_model=None)
            whole = len(data) == len(texts)
            named = texts if whole else [f"text{row}" for row in range(len(data))]
            return last["model"].fit_transform(named, data)[0], []

        def words():
            topics = last["model"].get_topics()
            return [[word for word, _ in topics[topic] if word] for topic in sorted(topics) if topic >= 0]

        return finder(fit, words)
    if kind == "evoc":
        from evoc import EVoC

        def fit(data):
            model = EVoC(random_state=SEED)
            return model.fit_predict(data), list(model.cluster_layers_)

        return finder(fit)
    if kind == "plscan":
        from fast_plscan import PLSCAN
        from umap import UMAP

        def fit(data):
            reduce = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=SEED)
            points = np.ascontiguousarray(reduce.fit_transform(data), np.float32)
            return PLSCAN().fit(points).labels_, []

        return finder(fit)
    raise ValueError(f"no such peer: {kind}")


serve(prepare)
