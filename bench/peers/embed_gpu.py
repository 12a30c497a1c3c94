"""sentence-transformers on an NVIDIA card with an encoder of a given shape and random weights, in float16. Uses the protocol of
protocol.py.

Job: {"options": {"texts": path of a JSON list, "tokenizer": path, "width", "layers", "heads", "inner", "tokens", "positions",
"batch"}}. Each run opens the model again, as a program does that is started for it; making its weights is not counted.
Found: {"rows": n}.
"""
import json
import tempfile

from protocol import options, serve


def prepare():
    import torch
    from sentence_transformers import SentenceTransformer, models
    from transformers import PreTrainedTokenizerFast, XLMRobertaConfig, XLMRobertaModel

    texts = json.load(open(options["texts"]))
    longest = int(options["positions"]) - 2
    folder = tempfile.mkdtemp()
    with torch.device("cuda"):
        model = XLMRobertaModel(XLMRobertaConfig(
            vocab_size=int(options["tokens"]), hidden_size=int(options["width"]), num_hidden_layers=int(options["layers"]),
            num_attention_heads=int(options["heads"]), intermediate_size=int(options["inner"]),
            max_position_embeddings=int(options["positions"]), type_vocab_size=1, pad_token_id=0)).half()
    model.save_pretrained(folder)
    PreTrainedTokenizerFast(
        tokenizer_file=options["tokenizer"], pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]", unk_token="[UNK]",
        model_max_length=longest).save_pretrained(folder)

    def embed():
        word = models.Transformer(folder, max_seq_length=longest, model_args={"torch_dtype": torch.float16})
        parts = [word, models.Pooling(int(options["width"]), "cls"), models.Normalize()]
        return SentenceTransformer(modules=parts, device="cuda").encode(texts, batch_size=int(options["batch"]))

    return embed, lambda vectors: {"rows": len(vectors)}


serve(prepare)
