"""A trainer of CAPACITY members that trains nothing, for SECONDS an interval, and saves BYTES of each."""

import os
import time

import poptrain

model = os.urandom(1024) * (int(os.environ["BYTES"]) // 1024)

for batch in poptrain.batches(capacity=int(os.environ["CAPACITY"])):
    batch["x"]
    batch.advance(batch.step_count)
    time.sleep(float(os.environ["SECONDS"]))
    for interval in batch:
        (interval.save_to / "model").write_bytes(model)
    batch.report(score=[interval.member for interval in batch])
