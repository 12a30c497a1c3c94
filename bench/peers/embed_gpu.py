"""sentence-transformers on an NVIDIA card with an encoder of a given shape and random weights, in float16: reads a JSON line
with the job, runs once for every further line (the protocol of peers.py).

Job: {"options": {"texts": path of a JSON list, "tokenizer": path, "width", "layers", "heads", "inner", "tokens", "positions",
"batch"}}. Each run opens the model again, as a program does that is started for it; building its weights is not counted.
"""
import json
import os
import sys
import tempfile
import time

said = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
options = json.loads(sys.stdin.readline())["options"]

import torch
from sentence_transformers import SentenceTransformer, models
from transformers import PreTrainedTokenizerFast, XLMRobertaConfig, XLMRobertaModel


def say(**what):
    said.write(json.dumps(what) + "\n")
    said.flush()


texts = json.load(open(options["texts"]))
folder = tempfile.mkdtemp()
with torch.device("cuda"):
    model = XLMRobertaModel(XLMRobertaConfig(
        vocab_size=options["tokens"], hidden_size=options["width"], num_hidden_layers=options["layers"],
        num_attention_heads=options["heads"], intermediate_size=options["inner"],
        max_position_embeddings=options["positions"], type_vocab_size=1, pad_token_id=0)).half()
model.save_pretrained(folder)
PreTrainedTokenizerFast(
    tokenizer_file=options["tokenizer"], pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]", unk_token="[UNK]",
    model_max_length=options["positions"] - 2).save_pretrained(folder)
del model
torch.cuda.empty_cache()
say(ready=True)
for _ in sys.stdin:
    start = time.perf_counter()
    word = models.Transformer(folder, max_seq_length=options["positions"] - 2, model_args={"torch_dtype": torch.float16})
    encoder = SentenceTransformer(
        modules=[word, models.Pooling(options["width"], "cls"), models.Normalize()], device="cuda")
    vectors = encoder.encode(texts, batch_size=int(options["batch"]))
    seconds = time.perf_counter() - start
    say(seconds=seconds, answer={"texts a second": round(len(vectors) / seconds)})
