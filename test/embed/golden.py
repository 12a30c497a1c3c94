"""Makes test/fixtures/embed: a tiny model of BGE-M3's shape and the answers of Python's tokenizers and onnxruntime
for it and for MiniLM. Run by hand; what it made is committed.

    python3 -m venv V && V/bin/pip install onnx==1.23.2 onnxruntime==1.32.0 tokenizers==0.23.3 sentencepiece==0.2.3
    V/bin/python test/embed/golden.py MINILM_FOLDER test/fixtures/embed

MINILM_FOLDER holds onnx/model_int8.onnx and tokenizer.json, as denscape's cache keeps them
(models/Xenova--all-MiniLM-L6-v2/<revision>).

The tiny model has XLM-RoBERTa's inputs, a Unigram tokenizer with SentencePiece's real nmt_nfkc map, 8,192 tokens,
1024 numbers, and weights in model.onnx_data next to the graph; one attention layer of width 16 inside.
"""
import io
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import sentencepiece
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

minilm = Path(sys.argv[1])
out = Path(sys.argv[2])
tiny = out / "tiny-bge-m3"
(tiny / "onnx").mkdir(parents=True, exist_ok=True)

TEXTS = [
    "Oil rises as storms close ports",
    "Fears for T N pension after talks\nUnions representing workers at Turner   Newall say they are 'disappointed'.",
    "a", "  leading and trailing  ", "tabs\tand\nnew\r\nlines\u000bhere\u000cand\u0085there",
    "ﾊﾝｶｸｶﾅ ｶﾞｷﾞｸﾞ ﾊﾟﾋﾟﾌﾟ ｱｲｳ", "ｶﾞ", "半角ｶﾅと全角カナ、ＡＢＣ１２３！",
    "ﬁne ﬂow oﬃce ĳ ǆ ﬀ", "① ② ㈱ ㌔ ㍿ № ℡ ™ ½ ² ₃ Ⅷ", "ﷺ and ﷽",
    "é vs e\u0301, ñ vs n\u0303, Å vs A\u030a, ạ\u0306", "Việt Nam: Tiếng Việt có dấu", "İstanbul ıspanak DİYARBAKIR",
    "Straße GROẞ ſuper", "한국어 문장입니다", "\u1112\u1161\u11ab\u1100\u116e\u11a8 jamo", "今日は天気がいいですね。明日も晴れるでしょう",
    "新闻：石油价格上涨，港口关闭。", "ภาษาไทยไม่มีการเว้นวรรคระหว่างคำ", "น้ำ กำลัง ทำ",
    "العربية: مَرْحَبًا بِالعَالَم", "ﻣﺮﺣﺒﺎ ﺑﺎﻟﻌﺎﻟﻢ", "؀١٢٣ ۝", "עִבְרִית שלום", "हिन्दी में समाचार क्ष त्र ज्ञ", "தமிழ் செய்தி", "Ελληνικά ΑΒΓ ς σ ΟΔΟΣ",
    "Новости: нефть дорожает, ёлка й", "😀 👍🏽 👨‍👩‍👧‍👦 🇩🇪🇫🇷 ❤️ ☎︎ 1️⃣", "text😀glued😀together", "𝒜𝓑𝕮 𝟙𝟚𝟛 𠜎𠜱",
    "nul\u0000one\u0001bell\u0007esc\u001bdel\u007f end", "zero\u200bwidth\u200cjoin\u200der\u2060x\ufeffy", "soft\u00adhyphen",
    "nbsp\u00a0thin\u2009ideographic\u3000narrow\u202fspace", "line\u2028sep\u2029par", "rtl\u200f ltr\u200e \u202aembed\u202c",
    "tilde ～ fullwidth 〜 wave", "ellipsis… dash—dash–minus−", "quotes “curly” ‘single’ «guillemets»", "▁ low ▁block▁",
    "<s> special </s> <mask> <pad> <unk> [CLS] [SEP] [MASK] [PAD] [UNK]", "http://example.com/a?b=c&d=%20 user@mail.org #tag @name",
    "x" * 99 + " " + "y" * 100 + " " + "z" * 101, "1,234.56 $9.99 €5 £3 ¥100 50% -7 +3", "it's don't we'll I'm O'Neil",
    "replacement \ufffd char", "\u0301 lone combining", "mixed ｱa\u0301ｶﾞbﾊﾟc", "C++ C# .NET a_b a-b a/b a\\b {x} [y] (z)",
    "word " * 40 + "end",
]


def train():
    """A Unigram vocabulary with SentencePiece's own map, from the texts above."""
    model = io.BytesIO()
    lines = [line for text in TEXTS for line in text.replace("\u0000", "").split("\n") if line.strip()] * 3
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=model, vocab_size=520, model_type="unigram",
        character_coverage=0.98, normalization_rule_name="nmt_nfkc", hard_vocab_limit=False, minloglevel=2)
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model.getvalue())
    return proto


def unigram_tokenizer(proto):
    """As transformers converts XLM-RoBERTa's: fairseq's special ids first, <mask> last."""
    vocab = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    vocab += [(piece.piece, piece.score) for piece in proto.pieces[3:]] + [("<mask>", 0.0)]
    tokenizer = Tokenizer(models.Unigram(vocab, unk_id=3))
    charsmap = proto.normalizer_spec.precompiled_charsmap
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Precompiled(charsmap), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    return tokenizer


def tiny_graph(vocab, dtype):
    """One attention layer over word and position embeddings, then a projection to 1024."""
    width, heads, wide = 16, 2, 1024
    random = np.random.default_rng(7)
    kind = np.float16 if dtype == "fp16" else np.float32
    tensor_type = TensorProto.FLOAT16 if dtype == "fp16" else TensorProto.FLOAT
    weights = {
        "word": random.normal(0, 1, (vocab, width)),
        # Few different numbers, so that the repository holds little.
        "position": np.round(random.normal(0, 0.3, (64, width)), 1)[np.arange(8194) % 64],
        "wq": random.normal(0, 0.5, (width, width)), "wk": random.normal(0, 0.5, (width, width)),
        "wv": random.normal(0, 0.5, (width, width)), "wo": random.normal(0, 0.25, (width, wide)),
        "gain": np.ones(width), "bias": random.normal(0, 0.1, width),
    }
    initial = [numpy_helper.from_array(value.astype(kind), name) for name, value in weights.items()]
    constant = lambda name, value, of: initial.append(numpy_helper.from_array(np.array(value, of), name))
    constant("one", 1, np.int64); constant("axis1", 1, np.int64); constant("axes12", [1, 2], np.int64)
    constant("split", [0, 0, heads, width // heads], np.int64); constant("join", [0, 0, width], np.int64)
    constant("scale", (width / heads) ** -0.5, kind); constant("low", -10000.0, kind); constant("unit", 1, kind)
    node = helper.make_node
    nodes = [
        # RoBERTa's positions: 2, 3, … for tokens, 1 for padding.
        node("CumSum", ["attention_mask", "axis1"], ["count"]), node("Mul", ["count", "attention_mask"], ["counted"]),
        node("Add", ["counted", "one"], ["positions"]),
        node("Gather", ["word", "input_ids"], ["words"]), node("Gather", ["position", "positions"], ["places"]),
        node("Add", ["words", "places"], ["sum"]),
        node("LayerNormalization", ["sum", "gain", "bias"], ["x"], axis=-1),
        node("Cast", ["attention_mask"], ["mask"], to=tensor_type), node("Sub", ["unit", "mask"], ["absent"]),
        node("Mul", ["absent", "low"], ["penalty"]), node("Unsqueeze", ["penalty", "axes12"], ["penalty4"]),
    ]
    for name in "qkv":
        nodes += [node("MatMul", ["x", "w" + name], [name + "3"]), node("Reshape", [name + "3", "split"], [name + "4"]),
                  node("Transpose", [name + "4"], [name], perm=[0, 2, 3, 1] if name == "k" else [0, 2, 1, 3])]
    nodes += [
        node("MatMul", ["q", "k"], ["raw"]), node("Mul", ["raw", "scale"], ["scores"]),
        node("Add", ["scores", "penalty4"], ["masked"]), node("Softmax", ["masked"], ["attention"], axis=-1),
        node("MatMul", ["attention", "v"], ["context"]), node("Transpose", ["context"], ["context3"], perm=[0, 2, 1, 3]),
        node("Reshape", ["context3", "join"], ["joined"]), node("Add", ["joined", "x"], ["residual"]),
        node("MatMul", ["residual", "wo"], ["last_hidden_state"]),
    ]
    shape = ["batch_size", "sequence_length"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in ("input_ids", "attention_mask")]
    outputs = [helper.make_tensor_value_info("last_hidden_state", tensor_type, [*shape, wide])]
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, initial)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def save(model, path, external):
    for old in (path, path.with_name(path.name + "_data")):
        old.unlink(missing_ok=True)
    onnx.save_model(model, str(path), save_as_external_data=external, location=path.name + "_data", size_threshold=128)


def embed(session, tokenizer, text, pooling, limit):
    tokenizer.no_padding()
    tokenizer.enable_truncation(limit)
    ids = np.array([tokenizer.encode(text).ids], np.int64)
    feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
    names = {one.name for one in session.get_inputs()}
    states = session.run(["last_hidden_state"], {k: v for k, v in feeds.items() if k in names})[0][0].astype(np.float64)
    vector = states[0] if pooling == "cls" else states.mean(0)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def ids_of(tokenizer):
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return [tokenizer.encode(text).ids for text in TEXTS]


proto = train()
unigram = unigram_tokenizer(proto)
unigram.save(str(tiny / "tokenizer.json"), pretty=False)
(tiny / "config.json").write_text(json.dumps(
    {"model_type": "xlm-roberta", "hidden_size": 1024, "max_position_embeddings": 8194, "pad_token_id": 1}))
(tiny / "tokenizer_config.json").write_text(json.dumps({"model_max_length": 8192, "pad_token": "<pad>"}))
for dtype, name, external in (("fp32", "model.onnx", True), ("fp16", "model_fp16.onnx", False)):
    save(tiny_graph(unigram.get_vocab_size(), dtype), tiny / "onnx" / name, external)
quantize_dynamic(str(tiny / "onnx/model.onnx"), str(tiny / "onnx/model_int8.onnx"), weight_type=QuantType.QInt8)
# XLM-RoBERTa's other published form: the map alone, and Metaspace without a split on whitespace.
plain = Tokenizer.from_str(unigram.to_str())
plain.normalizer = normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap)
plain.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")

wordpiece = Tokenizer.from_file(str(minilm / "tokenizer.json"))
golden = {
    "made_by": f"test/embed/golden.py, tokenizers {__import__('tokenizers').__version__}, onnxruntime {onnxruntime.__version__}",
    "texts": TEXTS, "wordpiece": ids_of(wordpiece), "unigram": ids_of(unigram), "unigram_metaspace": ids_of(plain),
}
(out / "golden.json").write_text(json.dumps(golden, separators=(",", ":")))

chosen = list(range(0, len(TEXTS), 4))
for name, path, tokenizer, pooling, limit, rows in (
    ("minilm", minilm / "onnx/model_int8.onnx", wordpiece, "mean", 256, range(len(TEXTS))),
    ("tiny-fp32", tiny / "onnx/model.onnx", unigram, "cls", 8192, chosen),
    ("tiny-fp16", tiny / "onnx/model_fp16.onnx", unigram, "cls", 8192, chosen[:4]),
    ("tiny-int8", tiny / "onnx/model_int8.onnx", unigram, "cls", 8192, chosen[:4]),
):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    np.array([embed(session, tokenizer, TEXTS[i], pooling, limit) for i in rows]).tofile(out / f"{name}.f32")
