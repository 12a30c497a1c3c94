"""What Python makes of our trees. Optional; nothing in the test suite needs it.

Environment: hdbscan==0.8.44 scikit-learn==1.9.1 scipy numpy matplotlib
Usage: npx tsx test/hdbscan/package-reads.ts FILE.json && python test/hdbscan/package-reads.py FILE.json

FILE.json holds fits of the news vectors and of two-dimensional points. For each: scipy's is_valid_linkage of the single
linkage, scipy's dendrogram of it; hdbscan's CondensedTree from the condensed tree, plotted, as a data frame, and asked for
its clusters. hdbscan plots splits into two only: a merge of many parts at one distance is written as nested splits first.
"""
import json
import sys
import matplotlib
matplotlib.use("Agg")
import numpy as np
from hdbscan.plots import CondensedTree, SingleLinkageTree
from scipy.cluster.hierarchy import is_valid_linkage

TYPE = [("parent", np.intp), ("child", np.intp), ("lambda_val", float), ("child_size", np.intp)]


def split_in_two(lines, rows):
    """Lines with at most two clusters per parent; an added cluster has no lifetime."""
    lines = [list(line) for line in lines]; following = max([rows] + [line[1] for line in lines]) + 1
    parents = {}
    for line in lines:
        if line[1] >= rows:
            parents.setdefault(line[0], []).append(line)
    added = []
    for children in parents.values():
        while len(children) > 2:
            a, b = children.pop(), children.pop()
            both = [a[0], following, a[2], a[3] + b[3]]
            a[0] = b[0] = following; following += 1
            children.append(both); added.append(both)
    if not added:
        return [tuple(line) for line in lines], 0
    # Parents before children, as hdbscan numbers them.
    lines += added; below = {}
    for line in lines:
        if line[1] >= rows:
            below.setdefault(line[0], []).append(line[1])
    order, queue = {}, [rows]
    while queue:
        x = queue.pop(0); order[x] = rows + len(order); queue += below.get(x, [])
    rename = lambda x: order.get(x, x)
    return sorted(((rename(p), rename(c), l, s) for p, c, l, s in lines), key=lambda line: line[0]), len(added)


for fit in json.load(open(sys.argv[1])):
    rows = len(fit["labels"]); number = lambda values: np.array([np.inf if v is None else v for v in values], float)
    linkage = np.column_stack([fit["left"], fit["right"], number(fit["distance"]), fit["size"]]).astype(float)
    valid = is_valid_linkage(linkage, throw=True)
    lines, added = split_in_two(zip(fit["parent"], fit["child"], number(fit["lambda"]), fit["childSize"]), rows)
    tree = CondensedTree(np.array(lines, dtype=TYPE), labels=np.array(fit["labels"]))
    axis = tree.plot(select_clusters=True, label_clusters=True)
    SingleLinkageTree(linkage).get_clusters(float(np.median(linkage[:, 2])), 5)
    assert len(axis.patches) > 0; chosen = len(tree._select_clusters())
    # CondensedTree chooses again by its own code: as many clusters as we have labels.
    assert chosen == max(fit["labels"]) + 1, (chosen, max(fit["labels"]) + 1)
    print(f'{fit["name"]}: {rows} rows; is_valid_linkage {valid}; CondensedTree of {len(lines)} lines plotted '
          f'({added} nested splits added), {chosen} clusters chosen, as ours')
