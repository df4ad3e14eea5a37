import Testing

/// Numbers and durations.
@Test(arguments: [
  Snapshot(
    "steps: ten",
    """
    1:8: `steps` must be an integer of at least 1, not `ten`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "steps: 0",
    """
    1:8: `steps` must be an integer of at least 1, not `0`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "steps: -5",
    """
    1:8: `steps` must be an integer of at least 1, not `-5`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "steps: 1.5",
    """
    1:8: `steps` must be an integer of at least 1, not `1.5`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    #"steps: "100""#,
    """
    1:8: `steps` must be an integer of at least 1, not the text `100`
        remove the quotes: `100`
    """),
  Snapshot(
    "steps: 0x10",
    """
    1:8: `steps` must be an integer of at least 1, not `0x10`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "steps: -9223372036854775808",
    """
    1:8: `steps` must be a finite number, whole ones of at most 2^53, not `-9223372036854775808`
        write a smaller number, or put it in quotes if it is a text
    """),
  Snapshot(
    "steps: 1e30",
    """
    1:8: `steps` must be an integer of at least 1, not `1e30`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "steps: 9007199254740993",
    """
    1:8: `steps` must be a finite number, whole ones of at most 2^53, not `9007199254740993`
        write a smaller number, or put it in quotes if it is a text
    """),
  Snapshot(
    "steps: .inf",
    """
    1:8: `steps` must be a finite number, whole ones of at most 2^53, not `.inf`
        write a smaller number, or put it in quotes if it is a text
    """),
  Snapshot(
    "steps:",
    """
    1:7: `steps` must be an integer of at least 1, not an empty value
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "steps: [1]",
    """
    1:8: `steps` must be an integer of at least 1, not a list
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "steps: {a: 1}",
    """
    1:8: `steps` must be an integer of at least 1, not a mapping
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "steps: yes",
    """
    1:8: `steps` must be an integer of at least 1, not `yes`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "seed: -1",
    """
    1:7: `seed` must be an integer of at least 0, not `-1`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "seed: 1e400",
    """
    1:7: `seed` must be a finite number, whole ones of at most 2^53, not `1e400`
        write a smaller number, or put it in quotes if it is a text
    """),
  Snapshot(
    "population_size: 0",
    """
    1:18: `population_size` must be an integer of at least 1, not `0`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "max_failures: 0",
    """
    1:15: `max_failures` must be an integer of at least 1, not `0`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "workers: 0",
    """
    1:10: `workers` must be an integer of at least 1, not `0`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "workers: many",
    """
    1:10: `workers` must be an integer of at least 1 or `auto`, not `many`
        write `auto` or a number
    """),
  Snapshot(
    "workers: 1.5",
    """
    1:10: `workers` must be an integer of at least 1, not `1.5`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    #"workers: "2""#,
    """
    1:10: `workers` must be an integer of at least 1, not the text `2`
        remove the quotes: `2`
    """),
  Snapshot(
    "hang_timeout: soon",
    """
    1:15: `hang_timeout` must be a duration, not `soon`
        write a number with a unit (ms, s, min, h, d), such as `90s` or `1h30min`; without a unit it counts seconds
    """),
  Snapshot(
    "hang_timeout: 30m",
    """
    1:15: `hang_timeout` must be a duration, not `30m`
        write a number with a unit (ms, s, min, h, d), such as `90s` or `1h30min`; without a unit it counts seconds
    """),
  Snapshot(
    "hang_timeout: 0",
    """
    1:15: `hang_timeout` must be from 1ms to 3650d, not `0`
        write a duration within these limits
    """),
  Snapshot(
    "hang_timeout: -5",
    """
    1:15: `hang_timeout` must be from 1ms to 3650d, not `-5`
        write a duration within these limits
    """),
  Snapshot(
    "hang_timeout: 1e300s",
    """
    1:15: `hang_timeout` must be a duration, not `1e300s`
        write a number with a unit (ms, s, min, h, d), such as `90s` or `1h30min`; without a unit it counts seconds
    """),
  Snapshot(
    "stop_timeout: 4000d",
    """
    1:15: `stop_timeout` must be from 0s to 3650d, not `4000d`
        write a duration within these limits
    """),
  Snapshot(
    "hang_timeout: 30min5",
    """
    1:15: `hang_timeout` must be a duration, not `30min5`
        write a number with a unit (ms, s, min, h, d), such as `90s` or `1h30min`; without a unit it counts seconds
    """),
  Snapshot(
    "hang_timeout:",
    """
    1:14: `hang_timeout` must be a duration, not an empty value
        write a number with a unit (ms, s, min, h, d), such as `90s` or `1h30min`; without a unit it counts seconds
    """),
])
func numberFindings(_ snapshot: Snapshot) {
  #expect(findings(in: snapshot.yaml) == snapshot.findings)
}
