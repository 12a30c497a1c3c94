"""ONNX Runtime and tokenizers in Python on one list of texts, sorted by length. Uses the protocol of protocol.py.

Job: {"options": {"texts": path of a JSON list, "graph": path, "tokenizer": path, "batch": rows, "threads": t}}.
Found: {"first": number, "rows": n}.
"""
import json

import numpy as np
import onnxruntime
from protocol import options, serve
from tokenizers import Tokenizer


texts = json.load(open(options["texts"]))
tokenizer = Tokenizer.from_file(options["tokenizer"])
tokenizer.no_padding()
tokenizer.enable_truncation(256)
settings = onnxruntime.SessionOptions()
settings.intra_op_num_threads = int(options["threads"])
session = onnxruntime.InferenceSession(options["graph"], settings, providers=["CPUExecutionProvider"])
batch = int(options["batch"])


def embed(rows):
    ids = [encoding.ids for encoding in tokenizer.encode_batch(rows)]
    order = sorted(range(len(rows)), key=lambda row: -len(ids[row]))
    out = None
    for start in range(0, len(order), batch):
        part = order[start:start + batch]
        width = max(len(ids[row]) for row in part)
        feed = np.zeros((len(part), width), np.int64)
        mask = np.zeros((len(part), width), np.int64)
        for place, row in enumerate(part):
            feed[place, :len(ids[row])] = ids[row]
            mask[place, :len(ids[row])] = 1
        states = session.run(["last_hidden_state"], {
            "input_ids": feed, "attention_mask": mask, "token_type_ids": np.zeros_like(feed)})[0]
        pooled = (states * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
        pooled /= np.linalg.norm(pooled, axis=1, keepdims=True)
        out = np.empty((len(rows), pooled.shape[1]), np.float32) if out is None else out
        out[part] = pooled
    return out


def prepare():
    embed(texts[:64])
    return (lambda: embed(texts)), lambda vectors: {"rows": len(vectors), "first": round(float(vectors[0, 0]), 5)}


serve(prepare)
