"""Reads every file of a run with pandas, pyarrow, DuckDB and NumPy: python scripts/read-run.py FOLDER.

Needs `pip install pandas pyarrow duckdb numpy`. Prints a line a file; ends with 1 where rows don't match run.json.
"""

import json
import sys
from pathlib import Path

import duckdb
import numpy
import pandas
import pyarrow.parquet

folder = Path(sys.argv[1])
run = json.loads((folder / "run.json").read_text(encoding="utf8"))
wanted = {"run-table.parquet": run["rows"], "run-rows.parquet": run["rows"], "run-neighbors.npy": run["documents"]}
failed = False
for name in sorted(run["files"]):
    path = folder / name
    if name.endswith(".npy"):
        array = numpy.load(path)
        rows, shown = array.shape[0], f"{array.dtype} {array.shape}"
    else:
        frame = pandas.read_parquet(path)
        counts = {
            len(frame),
            pyarrow.parquet.read_table(path).num_rows,
            duckdb.execute("select count(*) from read_parquet(?)", [str(path)]).fetchone()[0],
        }
        if len(counts) != 1:
            print(f"{name}: pandas, pyarrow and DuckDB count {counts} rows")
            failed = True
        rows, shown = len(frame), f"{len(frame)} rows: {', '.join(frame.columns[:8])}"
    if wanted.get(name, rows) != rows:
        print(f"{name}: {rows} rows, run.json says {wanted[name]}")
        failed = True
    print(f"{name}: {shown}")
sys.exit(1 if failed else 0)
