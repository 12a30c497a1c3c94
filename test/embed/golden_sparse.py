"""Makes test/fixtures/embed/tiny-bge-m3-heads.onnx, tiny-sparse-linear.pt and tiny-sparse.json: the tiny model of golden.py with BGE-M3's three
outputs, as its exporters name them, and the lexical weights of Python's onnxruntime and tokenizers. Run by hand:

    python3 -m venv V && V/bin/pip install onnx==1.23.2 onnxruntime==1.30.0 tokenizers==0.23.3
    V/bin/python test/embed/golden_sparse.py test/fixtures/embed

The graph keeps its weights in model.onnx_data of tiny-bge-m3/onnx, where it is put in place of model.onnx.
"""
import io
import json
import pickle
import shutil
import sys
import tempfile
import types
import zipfile
from collections import OrderedDict, defaultdict
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer

out = Path(sys.argv[1])
tiny = out / "tiny-bge-m3"
golden = json.loads((out / "golden.json").read_text())

model = onnx.load(str(tiny / "onnx/model.onnx"), load_external_data=False)
random = np.random.default_rng(11)
wide = 1024
graph = model.graph
graph.initializer.extend([
    # sparse_linear of BGE-M3: a number for each token.
    numpy_helper.from_array(random.normal(0, 0.05, (wide, 1)).astype(np.float32), "sparse_w"),
    numpy_helper.from_array(np.array([0.05], np.float32), "sparse_b"),
    numpy_helper.from_array(np.array(0, np.int64), "first"),
    *[numpy_helper.from_array(np.array(values, np.int64), name)
      for name, values in (("one_at", [1]), ("end_at", [2**31]), ("axis_at", [1]))],
])
node = helper.make_node
graph.node.extend([
    node("Gather", ["last_hidden_state", "first"], ["cls"], axis=1),
    node("LpNormalization", ["cls"], ["dense_vecs"], axis=1, p=2),
    node("MatMul", ["last_hidden_state", "sparse_w"], ["sparse_0"]),
    node("Add", ["sparse_0", "sparse_b"], ["sparse_1"]),
    node("Relu", ["sparse_1"], ["sparse_vecs"]),
    node("Slice", ["last_hidden_state", "one_at", "end_at", "axis_at"], ["colbert_vecs"]),
])
shape = ["batch_size", "sequence_length"]
del graph.output[:]
graph.output.extend([
    helper.make_tensor_value_info("dense_vecs", TensorProto.FLOAT, ["batch_size", wide]),
    helper.make_tensor_value_info("sparse_vecs", TensorProto.FLOAT, [*shape, 1]),
    helper.make_tensor_value_info("colbert_vecs", TensorProto.FLOAT, ["batch_size", "rest", wide]),
])
heads = out / "tiny-bge-m3-heads.onnx"
heads.write_bytes(model.SerializeToString())


def save_layer(path, weight, bias):
    """A file as torch.save(layer.state_dict()) writes it: protocol 2, tensors by persistent ids, numbers stored in a zip."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    class Storage:  # noqa: E306
        def __init__(self, key, numbers): self.key, self.numbers = key, numbers
    class Tensor:
        def __init__(self, storage, shape): self.storage, self.shape = storage, shape
        def __reduce_ex__(self, _):
            strides = tuple(int(np.prod(self.shape[at + 1:])) for at in range(len(self.shape)))
            return utils._rebuild_tensor_v2, (self.storage, 0, self.shape, strides, False, OrderedDict())
    def _rebuild_tensor_v2(*parts): return parts
    _rebuild_tensor_v2.__module__, _rebuild_tensor_v2.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    kind = type("HalfStorage" if weight.dtype == np.float16 else "FloatStorage", (), {"__module__": "torch"})
    utils._rebuild_tensor_v2, torch._utils = _rebuild_tensor_v2, utils
    setattr(torch, kind.__name__, kind)
    sys.modules.update({"torch": torch, "torch._utils": utils})
    class Pickler(pickle.Pickler):
        def persistent_id(self, one):
            return ("storage", kind, one.key, "cpu", one.numbers.size) if isinstance(one, Storage) else None
    storages = [Storage("0", weight), Storage("1", bias)]
    state = OrderedDict(weight=Tensor(storages[0], weight.shape), bias=Tensor(storages[1], bias.shape))
    data = io.BytesIO()
    Pickler(data, 2).dump(state)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("sparse_linear/data.pkl", data.getvalue())
        archive.writestr("sparse_linear/byteorder", "little")
        for storage in storages:
            archive.writestr(f"sparse_linear/data/{storage.key}", storage.numbers.tobytes())
        archive.writestr("sparse_linear/version", "3\n")


by_name = {one.name: numpy_helper.to_array(one) for one in graph.initializer if one.name.startswith("sparse_")}
save_layer(out / "tiny-sparse-linear.pt", by_name["sparse_w"].T.copy(), by_name["sparse_b"])

tokenizer = Tokenizer.from_file(str(tiny / "tokenizer.json"))
tokenizer.no_padding()
tokenizer.no_truncation()
UNUSED = {tokenizer.token_to_id(token) for token in ("<s>", "</s>", "<pad>", "<unk>")}


def lexical(weights, ids):
    """What FlagEmbedding's M3 embedder does with the weights of a text's tokens."""
    found = defaultdict(float)
    for weight, token in zip(weights, ids):
        if token not in UNUSED and weight > 0 and weight > found[token]:
            found[token] = float(weight)
    return dict(sorted(found.items()))


with tempfile.TemporaryDirectory() as folder:
    shutil.copy(heads, Path(folder) / "model.onnx")
    shutil.copy(tiny / "onnx/model.onnx_data", folder)
    session = onnxruntime.InferenceSession(str(Path(folder) / "model.onnx"), providers=["CPUExecutionProvider"])
    rows = []
    for text in golden["texts"]:
        ids = tokenizer.encode(text).ids
        feeds = {"input_ids": np.array([ids], np.int64), "attention_mask": np.ones((1, len(ids)), np.int64)}
        weights = session.run(["sparse_vecs"], feeds)[0][0, :, 0]
        rows.append(lexical(weights, ids))
(out / "tiny-sparse.json").write_text(json.dumps(
    {"made_by": f"test/embed/golden_sparse.py, onnxruntime {onnxruntime.__version__}", "weights": rows},
    separators=(",", ":")))
