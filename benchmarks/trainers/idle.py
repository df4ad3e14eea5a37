"""A trainer that trains nothing, for SECONDS an interval, and saves BYTES."""

import os
import time

import poptrain

model = os.urandom(1024) * (int(os.environ["BYTES"]) // 1024)
seconds = float(os.environ["SECONDS"])

for interval in poptrain.intervals():
    interval["x"]
    if seconds:
        time.sleep(seconds)
    (interval.save_to / "model").write_bytes(model)
    interval.report(score=interval.member)
