import Testing

/// Schedules, transforms, and rules of one hyperparameter.
@Test(arguments: [
  Snapshot(
    "hyperparameters: {a: {schedule: 0.1}}",
    """
    1:33: `a.schedule` must be a mapping of ages to values
        write for example `{0: 0.1, 600: 0.01}`
    """),
  Snapshot(
    "hyperparameters: {a: {schedule: {}}}",
    """
    1:33: `a.schedule` must be a mapping of ages to values
        write for example `{0: 0.1, 600: 0.01}`
    """),
  Snapshot(
    "hyperparameters: {a: {schedule: [0.1, 0.2]}}",
    """
    1:33: `a.schedule` must be a mapping of ages to values
        write for example `{0: 0.1, 600: 0.01}`
    """),
  Snapshot(
    "hyperparameters: {a: {schedule: {0: 0.1}}}",
    """
    1:18: `hyperparameters` has only fixed values, so there is nothing to search
        give one of them a range, such as `{uniform: [0.0, 1.0]}`; or write `exploit: none` to train copies
    """),
  Snapshot(
    "exploit: none\nhyperparameters: {a: {schedule: {5: 0.1, 600: 0.01}}}",
    """
    2:34: a key of `a.schedule` is 5, and it is the first
        say what holds from the start: the first age is 0
    """),
  Snapshot(
    "exploit: none\nhyperparameters: {a: {schedule: {0: 0.1, 600: 0.01, 60: 0.02, 10: 3}}}",
    """
    2:53: a key of `a.schedule` is 60, after 600
        write the ages in growing order
    """),
  Snapshot(
    "exploit: none\nhyperparameters: {a: {schedule: {0: 0.1, 1e2: 1, 100: 3}}}",
    """
    2:50: a key of `a.schedule` is 100, after 100
        write the ages in growing order
    """),
  Snapshot(
    "exploit: none\nhyperparameters: {a: {schedule: {0: 0.1, x: 1, 1.5: 3, -1: 2, 1e13: 4, [1]: 5}}}",
    """
    2:42: a key of `a.schedule` is `x`, which is no age
        write whole steps, such as `{0: 0.1, 600: 0.01}`
    2:48: a key of `a.schedule` is `1.5`, which is no age
        write whole steps, such as `{0: 0.1, 600: 0.01}`
    2:56: a key of `a.schedule` is `-1`, which is no age
        write whole steps, such as `{0: 0.1, 600: 0.01}`
    2:63: a key of `a.schedule` is `1e13`, which is no age
        write whole steps, such as `{0: 0.1, 600: 0.01}`
    2:72: a key of `a.schedule` is a list
        write for example `{0: 0.1, 600: 0.01}`
    """),
  Snapshot(
    "exploit: none\nhyperparameters: {a: {schedule: {0: 0.1, 0: 0.2}}}",
    """
    2:34: `0` appears more than once in the same mapping
        keep one of them
    """),
  Snapshot(
    "exploit: none\nhyperparameters: {a: {schedule: {0: 0.1, 10: }}}",
    """
    2:46: `a.schedule` must be a number, a string, true or false, not an empty value
        write a value
    """),
  Snapshot(
    "exploit: none\nhyperparameters: {a: {schedule: {0: 0.1}, transform: log, initial: 3, structural: true, explore: none, bounds: clip}}",
    """
    2:54: `a.transform` has no meaning for `schedule` values
        remove it; the schedule says every value
    2:68: `a.initial` has no meaning for `schedule` values
        remove it; the schedule says every value
    2:83: `a.structural` has no meaning for `schedule` values
        remove it; the schedule says every value
    2:98: `a.explore` has no meaning for `schedule` values
        remove it; the schedule says every value
    2:112: `a.bounds` has no meaning for `schedule` values
        remove it; the schedule says every value
    """),
  Snapshot(
    "exploit: none\nhyperparameters: {a: {schedule: {0: 0.1}, uniform: [0, 1]}}",
    """
    2:22: `a` has `schedule` and `uniform`
        keep one of them
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [0, 1], transform: one_minus}}",
    """
    1:32: `a.uniform` must be below 1, since `one_minus` takes the logarithm of the distance to 1
        lower the upper end, for example to `0.999`, or leave out `transform`
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [1, 2], transform: one_minus}}",
    """
    1:32: `a.uniform` must be below 1, since `one_minus` takes the logarithm of the distance to 1
        leave out `transform`
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [-1e308, 0.9999999999999], transform: one_minus}}",
    """
    1:32: `a.uniform` is too wide for a 64-bit float
        choose ends that are closer
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [0, 1], transform: log}}",
    """
    1:32: `a.uniform` must be above zero, since zero and negative numbers have no logarithm
        raise the lower end, for example to `0.001`, or leave out `transform`
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [0, 1], transform: logit}}",
    """
    1:51: `a.transform` must be `log` or `one_minus`, not `logit`
        write `log` or `one_minus`
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [0, 1], transform: one-minus}}",
    """
    1:51: `a.transform` must be `log` or `one_minus`, not `one-minus`
        did you mean `one_minus`?
    """),
  Snapshot(
    "hyperparameters: {a: {log_uniform: [1, 2], transform: log}}",
    """
    1:55: `a.transform` has no meaning for `log_uniform` values
        remove it; only `uniform` has one
    """),
  Snapshot(
    "hyperparameters: {a: {integer: [1, 2], transform: one_minus}}",
    """
    1:51: `a.transform` has no meaning for `integer` values
        remove it; only `uniform` has one
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [0.5, 0.9], transform: one_minus, initial: 0.95}}",
    """
    1:75: `a.initial` is `0.95`, which is not one of the values
        choose one of them: a number from 0.5 to 0.9
    """),
  Snapshot(
    "hyperparameters: {a: {choice: [x, y], transform: log, bounds: clip}}",
    """
    1:50: `a.transform` has no meaning for `choice` values
        remove it; a choice has no order and no ends
    1:63: `a.bounds` has no meaning for `choice` values
        remove it; a choice has no order and no ends
    """),
  Snapshot(
    "hyperparameters: {a: {integer: [1, 4], structural: true, explore: resample, bounds: clip}}",
    """
    1:67: `a.explore` has no meaning for a structural hyperparameter
        remove it; it is never explored
    1:85: `a.bounds` has no meaning for a structural hyperparameter
        remove it; it is never explored
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [0, 1], explore: aditive}}",
    """
    1:49: `aditive` is not an explore rule
        did you mean `additive`?
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [0, 1], explore: {additive: {deviation: 0}}, bounds: clamp}}",
    """
    1:72: `additive.deviation` must be from 1e-06 to 10, not `0`
        Standard deviation of the number, as a fraction of the width of the range.
    1:85: `a.bounds` must be `reflect` or `clip`, not `clamp`
        write `reflect` or `clip`
    """),
  Snapshot(
    #"""
    trainer: {command: [a, "{save}"]}
    exploit: none
    hyperparameters: {a: {schedule: {0: 0.1}}}
    """#,
    """
    1:20: `trainer.command` does not give the trainer the hyperparameter `a`
        add `{args}`, which gives all of them as `--name=value`, or `{a}` where the value belongs
    """),
])
func scheduleFindings(_ snapshot: Snapshot) {
  #expect(findings(in: snapshot.yaml) == snapshot.findings)
}
