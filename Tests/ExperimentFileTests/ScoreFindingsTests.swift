import Testing

/// Scores and further metrics.
@Test(arguments: [
  Snapshot(
    "score: lst",
    """
    1:8: `score` must be `last` or a window of evaluations, not `lst`
        write `last`, or for example `{mean: 5}` for the last five
    """),
  Snapshot(
    "score: mean",
    """
    1:8: `score` must be `last` or a window of evaluations, not `mean`
        write `last`, or for example `{mean: 5}` for the last five
    """),
  Snapshot(
    "score:",
    """
    1:7: `score` must be `last` or a window of evaluations, not an empty value
        write `last`, or for example `{mean: 5}` for the last five
    """),
  Snapshot(
    "score: 5",
    """
    1:8: `score` must be `last` or a window of evaluations, not `5`
        write `last`, or for example `{mean: 5}` for the last five
    """),
  Snapshot(
    "score: {mean: 0}",
    """
    1:15: `score.mean` must be an integer of at least 1, not `0`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "score: {meen: 5}",
    """
    1:9: `meen` is not a window of evaluations
        did you mean `mean`?
    """),
  Snapshot(
    "score: {mean: 5, best: 5}",
    """
    1:8: `score` must name one window
        write for example `score: {mean: 5}`
    """),
  Snapshot(
    "score: {}",
    """
    1:8: `score` must name one window
        write for example `score: {mean: 5}`
    """),
  Snapshot(
    "score: {mean: 1e5}",
    """
    1:15: `score.mean` must be an integer of at most 10000, not `1e5`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "score: {median: 2.5}",
    """
    1:17: `score.median` must be an integer of at least 1, not `2.5`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "score: {exponential_mean: 1001}",
    """
    1:27: `score.exponential_mean` must be an integer of at most 1000, not `1001`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "score: ema",
    """
    1:8: `score` must be `last` or a window of evaluations, not `ema`
        write `last`, or for example `{exponential_mean: 5}` for the last five
    """),
  Snapshot(
    "score: {ewm: 5}",
    """
    1:9: `ewm` is not a window of evaluations
        did you mean `exponential_mean`?
    """),
  Snapshot(
    "score: [mean, 5]",
    """
    1:8: `score` must be `last` or a window of evaluations, not a list
        write `last`, or for example `{mean: 5}` for the last five
    """),
  Snapshot(
    "metric: accuracy\nobjectives: [{metric: accuracy, mode: min}]",
    """
    1:1: `mode` is missing
        write `mode: max` or `mode: min` (there is no default, since a loss maximized by mistake wastes the whole run)
    2:23: `objectives.metric` is `accuracy`, which is the `metric` of the experiment already
        name another metric that the trainer reports
    """),
  Snapshot(
    "objectives: [{metric: a, mode: min}, {metric: a, mode: max}]",
    """
    1:1: `metric` is missing
        name the number to compare: `metric: accuracy`
    1:1: `mode` is missing
        write `mode: max` or `mode: min` (there is no default, since a loss maximized by mistake wastes the whole run)
    1:47: `objectives.metric` is `a`, which is there already
        name another metric that the trainer reports
    """),
  Snapshot(
    #"""
    metric: a
    mode: max
    objectives: [{metric: latency}, {mode: max}, {metric: "", mode: smallest}, {metrik: x}]
    """#,
    """
    3:14: `mode` is missing
        write `mode: max` or `mode: min`
    3:33: `metric` is missing
        write for example `[{metric: latency, mode: min}]`
    3:55: `objectives.metric` is empty
        write the name under which the trainer reports it
    3:65: `objectives.mode` must be `max` or `min`, not `smallest`
        write `max` or `min`
    3:76: `metric` is missing
        write for example `[{metric: latency, mode: min}]`
    3:76: `mode` is missing
        write `mode: max` or `mode: min`
    3:77: `metrik` is not a key of an objective
        did you mean `metric`?
    """),
  Snapshot(
    "objectives: latency",
    """
    1:13: `objectives` must be a list, not `latency`
        write for example `[{metric: latency, mode: min}]`
    """),
  Snapshot(
    "objectives: []",
    """
    1:13: `objectives` must have at least 1 entry, not 0
        write for example `[{metric: latency, mode: min}]`
    """),
  Snapshot(
    "objectives: [latency]",
    """
    1:14: entry 1 of `objectives` must be a mapping of keys to values, not `latency`
        give one or more of: metric, mode
    """),
  Snapshot(
    "objectives: {metric: a, mode: max}",
    """
    1:1: `metric` is missing
        name the number to compare: `metric: accuracy`
    1:1: `mode` is missing
        write `mode: max` or `mode: min` (there is no default, since a loss maximized by mistake wastes the whole run)
    1:13: `objectives` must be a list, not a mapping
        write for example `[{metric: latency, mode: min}]`
    """),
  Snapshot(
    "require: latency <= 0.1",
    """
    1:10: `require` must be a list, not `latency <= 0.1`
        write for example `[latency <= 0.1]`
    """),
  Snapshot(
    "require: []",
    """
    1:10: `require` must have at least 1 entry, not 0
        write for example `[latency <= 0.1]`
    """),
  Snapshot(
    "require: [\((0..<101).map { "m\($0) <= 1" }.joined(separator: ", "))]",
    """
    1:10: `require` must have at most 100 entries, not 101
        write for example `[latency <= 0.1]`
    """),
  Snapshot(
    "require: [latency<=0.1]",
    """
    1:11: entry 1 of `require` must be three words, not `latency<=0.1`
        write it with spaces, such as `latency <= 0.1`
    """),
  Snapshot(
    "require: [latency <=0.1, a ≤ 1, a, a <= 1 <= 2]",
    """
    1:11: entry 1 of `require` must be three words, not `latency <=0.1`
        write it with spaces, such as `latency <= 0.1`
    1:26: entry 2 of `require` compares by `≤`
        write `<=` or `>=` there
    1:33: entry 3 of `require` must be three words, not `a`
        write it with spaces, such as `latency <= 0.1`
    1:36: entry 4 of `require` must be three words, not `a <= 1 <= 2`
        compare two things only, such as `latency <= 0.1`
    """),
  Snapshot(
    "require: [latency < 0.1, latency == 0.1]",
    """
    1:11: entry 1 of `require` compares by `<`
        write `<=` or `>=` there
    1:26: entry 2 of `require` compares by `==`
        write `<=` or `>=` there
    """),
  Snapshot(
    "require: [latency <= low, 0.1 >= latency, latency <= .inf]",
    """
    1:11: entry 1 of `require` compares with `low`, which is not a number
        write the metric, then the number: `latency <= 0.1`
    1:27: entry 2 of `require` compares with `latency`, which is not a number
        write the metric, then the number: `latency <= 0.1`
    1:43: entry 3 of `require` compares with `.inf`, which is not a number
        write the metric, then the number: `latency <= 0.1`
    """),
  Snapshot(
    "require: [latency: 0.1]",
    """
    1:11: entry 1 of `require` must be a comparison, not a mapping
        write for example `latency <= 0.1`
    """),
  Snapshot(
    "require: [~, [a]]",
    """
    1:11: entry 1 of `require` must be a string, not `~`
        write a string; use quotes if it is empty or has special characters
    1:14: entry 2 of `require` must be a comparison, not a list
        write for example `latency <= 0.1`
    """),
  Snapshot(
    "metric: accuracy\nrequire: [accuracy >= 0.9]",
    """
    2:11: entry 1 of `require` limits `accuracy`, which members are ordered by already
        name another metric that the trainer reports; to stop at a value there is `stop: {target: …}`
    """),
  Snapshot(
    "require: [a <= 1, a <= 2]",
    """
    1:19: entry 2 of `require` limits `a` on the same side again
        keep one of them
    """),
  Snapshot(
    "require: [a <= 1, a >= 2]",
    """
    1:19: entry 2 of `require` contradicts `a <= 1.0`
        leave some room between the two limits
    """),
  Snapshot(
    "require: [a >= 2, a <= 1]",
    """
    1:19: entry 2 of `require` contradicts `a >= 2.0`
        leave some room between the two limits
    """),
  Snapshot(
    "require: [a >= 1, a <= 1, b >= 0, b <= 1]", ""),
])
func scoreFindings(_ snapshot: Snapshot) {
  #expect(findings(in: snapshot.yaml) == snapshot.findings)
}
