"""Reads collections with pymilvus, so that what denscape wrote is compared with what another client reads.

Takes lines of JSON on stdin, {"uri": …, "collection": …}; for each, prints a line with all rows, ordered by the primary key: every
field, dynamic ones too, the key as text, vectors of floats as the base64 of their bytes.
"""

import base64
import json
import logging
import struct
import sys

from pymilvus import DataType, MilvusClient

PAGE = 1000
# Servers of these versions don't tell the time of a read, which the iterator then warns of.
logging.disable(logging.WARNING)


def rows_of(client, name):
    fields = client.describe_collection(name)["fields"]
    key = next(field["name"] for field in fields if field.get("is_primary"))
    floats = [field["name"] for field in fields if field["type"] == DataType.FLOAT_VECTOR]
    client.load_collection(name)
    iterator = client.query_iterator(
        name, batch_size=PAGE, output_fields=["*"], consistency_level="Strong"
    )
    rows = []
    while page := iterator.next():
        rows += [dict(row) for row in page]
    iterator.close()
    for row in rows:
        # JavaScript's numbers have 53 bits.
        row[key] = str(row[key])
        for field in floats:
            packed = struct.pack(f"<{len(row[field])}f", *row[field])
            row[field] = base64.b64encode(packed).decode()
    return sorted(rows, key=lambda row: row[key])


for line in sys.stdin:
    wanted = json.loads(line)
    try:
        client = MilvusClient(uri=wanted["uri"])
        answer = {"rows": rows_of(client, wanted["collection"])}
        client.close()
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer, default=str), flush=True)
