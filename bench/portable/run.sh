#!/usr/bin/env bash
# bash bench/portable/run.sh FOLDER [arguments of bench/gpu.ts]
# In the root of a checkout without installed packages: puts the pieces of FOLDER (bench/portable/pack.py) together, once, says what
# the machine has, and runs bench/gpu.ts with its peers. Prints everything that fails and goes on.
folder=$1
shift
if [ ! -x .gpu/on/node ]; then
  ls -v "$folder"/*/piece | xargs cat |
    python3 -c 'import sys, tarfile; tarfile.open(fileobj=sys.stdin.buffer, mode="r|xz").extractall(".")' ||
    { echo "the pieces in $folder are not whole"; exit 1; }
fi
# CUDA's libraries and cuDNN are those of torch.
libraries=$(python3 - <<'PYTHON'
import glob, site, sys
roots = {*site.getsitepackages(), *sys.path}
print(":".join(sorted({path for root in roots if root for path in glob.glob(f"{root}/nvidia/**/lib", recursive=True)})))
PYTHON
)
export LD_LIBRARY_PATH="$libraries:$PWD/.gpu/on/loaders${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
drivers=/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json
[ -f "$drivers" ] && export VK_DRIVER_FILES=$drivers
export DENSCAPE_TOKENIZER="$PWD/.gpu/on/tokenizer.json" PATH="$PWD/.gpu/on:$PATH"
nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader || echo "no nvidia-smi here"
node --version && node build/cli/main.js doctor || echo "denscape doctor failed"
exec node --import tsx bench/gpu.ts --peers "$@"
