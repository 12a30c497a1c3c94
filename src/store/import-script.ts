/**
 * The Python program that imports files of a bulk fill: pymilvus has the request, the Node SDK and the command line
 * don't. Milvus 2.3 takes one Parquet file in a request, so each is one.
 */
export function importScript(collection: string, files: readonly string[]): string {
  return `"""Imports the Parquet files next to it into the collection ${JSON.stringify(collection)}.

The server reads them from its own storage: first copy them there, into the bucket that Milvus uses (MinIO, S3, GCS;
the folder of localStorage.path where it has none). Then run

    python3 import.py http://localhost:19530 [FOLDER IN THE STORAGE]

with the token (user:password) in MILVUS_TOKEN, where the server needs one. Needs pymilvus 2.3 to 3.0; for Zilliz Cloud,
give the same files to bulk_import() of pymilvus.bulk_writer. Run it once: an import doesn't look for rows that are there
already.
"""
import os
import sys
import time
import warnings

from pymilvus import connections, utility

warnings.simplefilter("ignore")  # pymilvus 3 says that 3.1 will drop these calls
COLLECTION = ${JSON.stringify(collection)}
FILES = ${JSON.stringify(files)}

if len(sys.argv) < 2:
    sys.exit(__doc__)
uri, folder = sys.argv[1], (sys.argv[2].rstrip("/") + "/" if len(sys.argv) > 2 else "")
connections.connect(uri=uri, token=os.environ.get("MILVUS_TOKEN", ""))
jobs = {name: utility.do_bulk_insert(collection_name=COLLECTION, files=[folder + name]) for name in FILES}
rows = 0
for name, job in jobs.items():
    while True:
        state = utility.get_bulk_insert_state(job)
        if state.state_name.startswith("Failed"):
            sys.exit(f"{name}: {state.failed_reason}")
        if state.state_name == "Completed":
            break
        time.sleep(1)
    rows += state.row_count
    print(f"{name}: {state.row_count} rows", flush=True)
print(f"{rows} rows imported into {COLLECTION}")
`;
}
