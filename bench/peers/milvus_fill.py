"""Storing rows with pymilvus, as its guide does: `milvus_fill.py URI COLS ROWS`. Prints {"insert": seconds, "upsert": seconds}.

Batches of 1,000 rows, each sent when the one before was stored; the vectors are one numpy array.
"""
import json
import sys
import time
import warnings

import numpy as np
from pymilvus import Collection, CollectionSchema, DataType, FieldSchema, connections

warnings.filterwarnings("ignore")
BATCH = 1000
uri, cols, rows = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
connections.connect(uri=uri)
vectors = np.random.default_rng(42).standard_normal((rows, cols), dtype=np.float32)
texts = [f"row {row} " + "of a text " * 20 for row in range(rows)]
ids = list(range(rows))
seconds = {}
for kind in ("insert", "upsert"):
    fields = [
        FieldSchema("id", DataType.INT64, is_primary=True),
        FieldSchema("embedding", DataType.FLOAT_VECTOR, dim=cols),
        FieldSchema("text", DataType.VARCHAR, max_length=65535),
    ]
    collection = Collection(f"pymilvus_{kind}", CollectionSchema(fields))
    collection.create_index("embedding", {"index_type": "FLAT", "metric_type": "L2", "params": {}})
    collection.load()
    store = getattr(collection, kind)
    start = time.perf_counter()
    for at in range(0, rows, BATCH):
        store([ids[at : at + BATCH], vectors[at : at + BATCH], texts[at : at + BATCH]])
    seconds[kind] = time.perf_counter() - start
    collection.drop()
print(json.dumps(seconds))
