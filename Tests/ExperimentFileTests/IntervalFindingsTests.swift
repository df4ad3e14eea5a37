import Testing

/// Intervals, burn-in and stopping.
@Test(arguments: [
  Snapshot(
    "interval: {linear: [20, 200]}",
    """
    1:25: entry 2 of `interval.linear` is 200, more than the 100 `steps` of a member
        a tenth of `steps` or less is usual
    """),
  Snapshot(
    "interval: {linear: 20}",
    """
    1:20: `interval.linear` must be a list, not `20`
        write for example `[20, 100]`
    """),
  Snapshot(
    "interval: {linear: [20]}",
    """
    1:20: `interval.linear` must have 2 entries, not 1
        write for example `[20, 100]`
    """),
  Snapshot(
    "interval: {lin: [20, 40]}",
    """
    1:12: `lin` is not a way to change `interval`
        did you mean `linear`?
    """),
  Snapshot(
    "interval: {}",
    """
    1:11: `linear` is missing
        write for example `interval: {linear: [20, 100]}`
    """),
  Snapshot(
    "interval: {linear: [0, 20]}",
    """
    1:21: entry 1 of `interval.linear` must be an integer of at least 1, not `0`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "interval: []",
    """
    1:11: `interval` must have at least 1 entry, not 0
        write for example `[20, 40, 80]`
    """),
  Snapshot(
    "interval: [10, 0, 200, x]",
    """
    1:16: entry 2 of `interval` must be an integer of at least 1, not `0`
        write for example `10`, `1_000` or `1e6`
    1:19: entry 3 of `interval` is 200, more than the 100 `steps` of a member
        a tenth of `steps` or less is usual
    1:24: entry 4 of `interval` must be an integer of at least 1, not `x`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "interval: [[10]]",
    """
    1:12: entry 1 of `interval` must be an integer of at least 1, not a list
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "steps: 9\nperturbation_interval: [3, 10]",
    """
    2:28: entry 2 of `perturbation_interval` is 10, more than the 9 `steps` of a member
        a tenth of `steps` or less is usual
    """),
  Snapshot(
    "interval: {linear: [1, 2], more: 3}",
    """
    1:28: `more` is not a way to change `interval`
        known are: linear
    """),
  Snapshot(
    "burn_in: 100",
    """
    1:10: `burn_in` is 100, and a member trains 100 `steps`: it would never decide
        a few times `interval` is usual
    """),
  Snapshot(
    "burn_in: -1",
    """
    1:10: `burn_in` must be an integer of at least 0, not `-1`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "burn_in: 1min",
    """
    1:10: `burn_in` must be an integer of at least 0, not `1min`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "burn_in_period: 100",
    """
    1:17: `burn_in_period` is 100, and a member trains 100 `steps`: it would never decide
        a few times `interval` is usual
    """),
  Snapshot(
    "burn_in: 10\nburn_in_period: 20",
    """
    2:1: `burn_in_period` is another name for `burn_in`, which is there too
        remove one of them
    """),
  Snapshot(
    "burnin: 10",
    """
    1:1: `burnin` is not a key of an experiment file
        did you mean `burn_in`?
    """),
  Snapshot(
    "steps: x\nburn_in: 1e9",
    """
    1:8: `steps` must be an integer of at least 1, not `x`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "stop: 100",
    """
    1:7: `stop` must be a mapping of keys to values, not `100`
        give one or more of: target, stagnation, wall_clock
    """),
  Snapshot(
    "stop: {target: high, stagnation: 0, wall_clock: soon}",
    """
    1:16: `stop.target` must be a number, not `high`
        write a number such as `0.1`, `1e-4` or `10_000`
    1:34: `stop.stagnation` must be an integer of at least 1, not `0`
        write for example `10`, `1_000` or `1e6`
    1:49: `stop.wall_clock` must be a duration, not `soon`
        write a number with a unit (ms, s, min, h, d), such as `90s` or `1h30min`; without a unit it counts seconds
    """),
  Snapshot(
    "stop: {wall_clock: 0}",
    """
    1:20: `stop.wall_clock` must be from 1ms to 3650d, not `0`
        write a duration within these limits
    """),
  Snapshot(
    "stop: {stagnation: 1e15}",
    """
    1:20: `stop.stagnation` must be an integer of at most 1099511627776, not `1e15`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "stop: {target: .nan}",
    """
    1:16: `stop.target` must be a finite number, whole ones of at most 2^53, not `.nan`
        write a smaller number, or put it in quotes if it is a text
    """),
  Snapshot(
    "stop: {patience: 3}",
    """
    1:8: `patience` is not a key of `stop`
        did you mean `stagnation`?
    """),
  Snapshot(
    "stop: {walltime: 3h}",
    """
    1:8: `walltime` is not a key of `stop`
        did you mean `wall_clock`?
    """),
  Snapshot(
    "stop: [a]",
    """
    1:7: `stop` must be a mapping of keys to values, not a list
        give one or more of: target, stagnation, wall_clock
    """),
  Snapshot(
    "stop:",
    """
    1:6: `stop` must be a mapping of keys to values, not an empty value
        give one or more of: target, stagnation, wall_clock
    """),
])
func intervalFindings(_ snapshot: Snapshot) {
  #expect(findings(in: snapshot.yaml) == snapshot.findings)
}
