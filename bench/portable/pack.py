"""Packs what `bench:gpu` needs on a Linux x64 machine with an NVIDIA card and without a network, beside a checkout and a Python with
torch: Node, the installed packages, the build, ONNX Runtime with its CUDA provider, a tokenizer, loaders of graphics drivers.

    python3 bench/portable/pack.py FOLDER [--arch 90] [--piece-mib 50]     in the root of a built checkout

The CUDA provider comes from PyPI's onnxruntime-gpu of the version of onnxruntime-node, with the machine code of one architecture
(90: H100, H200). FOLDER gets pieces, FOLDER/1, FOLDER/2, …; bench/portable/run.sh puts them together there and runs.
"""
import argparse
import json
import lzma
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile

PLATFORMS = ["manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"]
RUNTIME = "node_modules/onnxruntime-node"
BINARIES = f"{RUNTIME}/bin/napi-v6/linux/x64"
# Loaders that NVIDIA's Vulkan driver is opened through: Vulkan's, and those that its own library is linked with.
LOADERS = ["libvulkan1", "libglvnd0", "libglx0", "libgl1", "libegl1", "libopengl0", "libgles2"]
# Tools of the benchmarks, which are not among the dependencies of the package.
TOOLS = ["onnxruntime-common", "tsx", "esbuild", "@esbuild/linux-x64", "tinybench", "get-tsconfig", "resolve-pkg-maps"]


def packages():
    """Folders of the installed packages that the program or the benchmarks load."""
    lock = json.load(open("package-lock.json"))["packages"]
    needed = [path for path, entry in lock.items() if path and not (entry.get("dev") or entry.get("optional"))]
    return [path for path in [*needed, *(f"node_modules/{name}" for name in TOOLS)] if os.path.isdir(path)]


def with_one_architecture(path, arch):
    """The library's bytes with the machine code of other architectures overwritten by zeros, which compress to nothing.

    A "fat binary" is a header (magic, version, header size, size) and entries (kind, version, header size, size, …, architecture at
    byte 28), each with its code behind it; the driver loads the entry that fits the card.
    """
    data = bytearray(path.read_bytes())
    magic = struct.pack("<I", 0xBA55ED50)
    kept = 0
    at = data.find(magic)
    while at >= 0:
        header, size = struct.unpack_from("<HQ", data, at + 6)
        entry, end = at + header, at + header + size
        while entry < end:
            kind, _, entry_header, entry_size = struct.unpack_from("<HHIQ", data, entry)
            start = entry + entry_header
            if kind == 2 and struct.unpack_from("<I", data, entry + 28)[0] == arch:
                kept += entry_size
            else:
                data[start:start + entry_size] = bytes(entry_size)
            entry = start + entry_size
        at = data.find(magic, end)
    if kept == 0:
        sys.exit(f"{path.name}: no machine code for architecture {arch}")
    return data


def provider(folder):
    """The libraries of the CUDA provider, out of the wheel of the same version."""
    version = json.load(open(f"{RUNTIME}/package.json"))["version"]
    platforms = [part for name in PLATFORMS for part in ("--platform", name)]
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--python-version", "3.12",
         "--implementation", "cp", *platforms, "-d", folder, f"onnxruntime-gpu=={version}"], check=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        for name in wheel.namelist():
            if "providers_cuda" in name or "providers_shared" in name:
                yield pathlib.Path(wheel.extract(name, folder))


def loaders(folder):
    """The loaders, where Debian's packages of them can be had; without them, WebGPU is left out."""
    try:
        subprocess.run(["apt-get", "download", "-qq", *LOADERS], cwd=folder, check=True)
        for package in folder.glob("*.deb"):
            subprocess.run(["dpkg", "-x", package, folder / "loaders"], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"no loaders of graphics drivers: {error}", file=sys.stderr)
    return sorted(folder.glob("loaders/usr/lib/*/lib*.so*"))


class Pieces:
    """A file to write to that is cut into pieces."""

    def __init__(self, folder, most):
        self.folder, self.most, self.file, self.left, self.count = folder, most, None, 0, 0

    def write(self, data):
        data = memoryview(data)
        while data:
            if self.left == 0:
                self.close()
                self.count += 1
                (self.folder / str(self.count)).mkdir(parents=True)
                self.file = open(self.folder / str(self.count) / "piece", "wb")
                self.left = self.most
            part = data[:self.left]
            self.file.write(part)
            self.left -= len(part)
            data = data[len(part):]

    def close(self):
        if self.file:
            self.file.close()


def tokenizer():
    home = pathlib.Path(os.environ.get("DENSCAPE_CACHE", pathlib.Path.home() / ".cache" / "denscape"))
    found = next(home.glob("models/*MiniLM*/**/tokenizer.json"), None)
    return found or sys.exit(f"{home}: no tokenizer of minilm; run `denscape models fetch minilm`, or set DENSCAPE_CACHE")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--arch", type=int, default=90)
    parser.add_argument("--piece-mib", type=int, default=50)
    options = parser.parse_args()
    words = tokenizer()
    for old in options.folder.glob("[0-9]*"):
        shutil.rmtree(old)
    pieces = Pieces(options.folder, options.piece_mib << 20)
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        packed = lzma.LZMAFile(pieces, "w", preset=6)
        with tarfile.open(fileobj=packed, mode="w") as tar:
            for path in ["build", *packages()]:
                # Of ONNX Runtime only what runs here; packages inside another are listed themselves.
                tar.add(path, filter=lambda entry: None if "/node_modules/" in entry.name[len(path):] else entry)
            for path in ["package.json", "dist", "bin/napi-v6/linux/x64"]:
                tar.add(f"{RUNTIME}/{path}")
            node = folder / "node"
            subprocess.run(["strip", "-o", node, os.path.realpath(shutil.which("node"))], check=True)
            tar.add(node, ".gpu/on/node")
            tar.add(words, ".gpu/on/tokenizer.json")
            for loader in loaders(folder):
                tar.add(loader, f".gpu/on/loaders/{loader.name}")
            for library in provider(folder):
                if "cuda" in library.name:
                    library.write_bytes(with_one_architecture(library, options.arch))
                tar.add(library, f"{BINARIES}/{library.name}")
        packed.close()
        pieces.close()
    print(f"{pieces.count} pieces in {options.folder}")


main()
