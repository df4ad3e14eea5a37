import json, math, os, random
import poptrain

for interval in poptrain.intervals():
    x = json.loads((interval.checkpoint / "x.json").read_text()) if interval.checkpoint else 10.0
    if interval.member == 1 and interval.number == 2 and not os.path.exists("failed"):
        open("failed", "w").close()
        interval.fail("once")
        continue
    noise = random.Random(interval.seed)
    for step in interval.steps:
        x -= interval["rate"] * (2 * x + noise.gauss(0, 0.1))
    print("member", interval.member, "interval", interval.number, flush=True)
    (interval.save_to / "x.json").write_text(json.dumps(x))
    interval.log({"half": x / 2})
    early = interval.member == 3 and interval.number < 3  # as of what cannot be measured yet
    interval.report(value=None if early else math.nan if interval.seed % 5 == 0 else -abs(x))
