"""A trainer that trains nothing, for SECONDS an interval, and saves BYTES."""

import os
import time

import poptrain

model = os.urandom(1024) * (int(os.environ["BYTES"]) // 1024)
seconds = float(os.environ["SECONDS"])

for interval in poptrain.intervals():
    interval["x"]
    interval.advance(interval.stop - interval.start)
    if seconds:
        time.sleep(seconds)
    file = os.open(f"{interval.save_to}/model", os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    left = memoryview(model)
    while left:
        left = left[os.write(file, left) :]
    os.close(file)
    interval.report(score=interval.member)
