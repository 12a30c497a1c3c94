"""Expected predictions, memberships, validity and exemplars, by the reference package.

Environment: hdbscan==0.8.44 scikit-learn==1.9.1 numpy
Usage: python extras.py > ../fixtures/hdbscan/extras.json

New points go through the package's own rule with this project's core distance: to the minSamples-th nearest other point,
for fitted and new ones alike (the package's prediction data counts a fitted point itself).
"""
import json
import hdbscan
import numpy as np
from hdbscan.prediction import _find_cluster_and_probability, all_points_membership_vectors
from hdbscan.validity import validity_index
from sklearn.datasets import make_blobs

SAMPLES = 5


def make(seed):
    rng = np.random.default_rng(seed)
    points = make_blobs(220, n_features=3, centers=5, cluster_std=[.4, .5, .8, 1., .6], random_state=seed)[0]
    points = np.vstack([points, rng.uniform(-12, 12, (40, 3))]).astype(np.float32)
    fresh = np.vstack([points[:40] + rng.normal(size=(40, 3)) * .6, rng.uniform(-12, 12, (20, 3))]).astype(np.float32)
    return points, fresh


def fitted(points):
    return hdbscan.HDBSCAN(min_cluster_size=8, min_samples=SAMPLES, prediction_data=True, algorithm="generic").fit(points.astype(float))


def is_stable(points, fit):
    """Whether nothing here depends on how the package breaks ties."""
    shuffler = np.random.default_rng(0)
    for _ in range(8):
        order = shuffler.permutation(len(points)); other = fitted(points[order])
        probabilities = np.empty(len(points)); probabilities[order] = other.probabilities_
        exemplars = lambda f: sorted(tuple(sorted(map(tuple, e))) for e in f.prediction_data_.exemplars)
        if not np.allclose(probabilities, fit.probabilities_) or exemplars(fit) != exemplars(other):
            return False
    return fit.labels_.max() >= 3


for seed in range(200):
    points, fresh = make(seed); fit = fitted(points)
    if is_stable(points, fit):
        break
else:
    raise SystemExit("every seed's clusters depend on the order of the rows")
data = fit.prediction_data_
core = data.tree.query(points.astype(float), k=SAMPLES + 1)[0][:, -1]
distances, indices = data.tree.query(fresh.astype(float), k=2 * SAMPLES)
predicted = [_find_cluster_and_probability(fit.condensed_tree_, data.cluster_tree, i, d, core, data.cluster_map,
                                           data.max_lambdas, SAMPLES - 1) for i, d in zip(indices, distances)]
score, per_cluster = validity_index(points.astype(float), fit.labels_, per_cluster_scores=True)
where = {tuple(p): i for i, p in enumerate(points.astype(float))}
print(json.dumps({
    "points": points.ravel().tolist(), "cols": 3, "fresh": fresh.ravel().tolist(), "labels": fit.labels_.tolist(),
    "predicted": [[int(label), float(probability), int(neighbour)] for label, probability, neighbour in predicted],
    "membership": all_points_membership_vectors(fit).tolist(), "validity": float(score),
    "clusterValidity": per_cluster.tolist(),
    "exemplars": [sorted(where[tuple(p)] for p in cluster) for cluster in data.exemplars]}))
