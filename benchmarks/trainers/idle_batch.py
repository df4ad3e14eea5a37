"""A trainer of CAPACITY members at once that trains nothing, and saves BYTES of each."""

import os

import poptrain

model = os.urandom(1024) * (int(os.environ["BYTES"]) // 1024)

for batch in poptrain.batches(capacity=int(os.environ["CAPACITY"])):
    batch["x"]
    for interval in batch:
        (interval.save_to / "model").write_bytes(model)
    batch.report(score=[interval.member for interval in batch])
