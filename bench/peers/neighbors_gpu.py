"""What an NVIDIA card takes for products and TopK in float32, without proof, on random unit vectors. Uses the protocol of protocol.py.

Job: {"options": {"rows", "cols", "k"}}. Found: {"rows": n}.
"""
from protocol import options, serve


def prepare():
    import torch

    rows, cols, k = (int(options[name]) for name in ("rows", "cols", "k"))
    torch.backends.cuda.matmul.allow_tf32 = False
    vectors = torch.nn.functional.normalize(torch.randn(rows, cols, device="cuda"), dim=1)
    norms = (vectors * vectors).sum(1)

    def search(upto=rows):
        for start in range(0, upto, 4096):
            torch.addmm(norms[None], vectors[start:start + 4096], vectors.T, alpha=-2).topk(min(k, rows), 1, largest=False)
        torch.cuda.synchronize()
        return upto

    search(min(rows, 4096))
    return search, lambda found: {"rows": found}


serve(prepare)
