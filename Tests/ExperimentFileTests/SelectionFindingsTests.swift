import PopulationBasedTraining
import Testing

/// Who is compared with whom, and what is copied.
@Test(arguments: [
  Snapshot(
    "order: {}",
    """
    1:8: `order` must name one order
        write for example `order: {synchronous: {fraction: 0.75}}`
    """),
  Snapshot(
    "order: {synchronous: 0.5}",
    """
    1:22: `order.synchronous` must be a mapping of keys to values, not `0.5`
        give one or more of: fraction
    """),
  Snapshot(
    "order: {synchronous: {fraction: 0}}",
    """
    1:33: `synchronous.fraction` must be from 0.001 to 1.0, not `0`
        write a number between them
    """),
  Snapshot(
    "order: {synchronous: {fraction: 1.5}}",
    """
    1:33: `synchronous.fraction` must be from 0.001 to 1.0, not `1.5`
        write a number between them
    """),
  Snapshot(
    "order: {synchronous: {part: 0.5}}",
    """
    1:23: `part` is not a setting of `synchronous`
        known are: fraction
    """),
  Snapshot(
    "order: {asynchronous: {younger: true}}",
    """
    1:24: `younger` is not a setting of `asynchronous`
        did you mean `younger_donors`?
    """),
  Snapshot(
    "order: {sync: {fraction: 0.5}}",
    """
    1:9: `sync` is not an order with settings
        did you mean `synchronous`?
    """),
  Snapshot(
    "order: [synchronous]",
    """
    1:8: `order` must be `asynchronous` or `synchronous`, not a list
        write `asynchronous` or `synchronous`
    """),
  Snapshot(
    "compare: equal",
    """
    1:10: `compare` must be `latest` or `equal_experience`, not `equal`
        did you mean `equal_experience`?
    """),
  Snapshot(
    "compare: last",
    """
    1:10: `compare` must be `latest` or `equal_experience`, not `last`
        write `latest` or `equal_experience`
    """),
  Snapshot(
    "compare:",
    """
    1:9: `compare` must be `latest` or `equal_experience`, not an empty value
        write `latest` or `equal_experience`
    """),
  Snapshot(
    "inherit: weight",
    """
    1:10: `inherit` must be `both` or `weights` or `hyperparameters`, not `weight`
        did you mean `weights`?
    """),
  Snapshot(
    "inherit: all",
    """
    1:10: `inherit` must be `both` or `weights` or `hyperparameters`, not `all`
        write `both` or `weights` or `hyperparameters`
    """),
  Snapshot(
    "inherit: [weights]",
    """
    1:10: `inherit` must be `both` or `weights` or `hyperparameters`, not a list
        write `both` or `weights` or `hyperparameters`
    """),
  Snapshot(
    "improvement_gap: -1",
    """
    1:18: `improvement_gap` must be at least 0.0, not `-1`
        write a larger number
    """),
  Snapshot(
    "improvement_gap: big",
    """
    1:18: `improvement_gap` must be a number, not `big`
        write a number such as `0.1`, `1e-4` or `10_000`
    """),
  Snapshot(
    "improvement_gap: {absolute: -0.1, deviations: x}",
    """
    1:29: `improvement_gap.absolute` must be at least 0.0, not `-0.1`
        write a larger number
    1:47: `improvement_gap.deviations` must be a number, not `x`
        write a number such as `0.1`, `1e-4` or `10_000`
    """),
  Snapshot(
    "improvement_gap: {deviation: 1}",
    """
    1:19: `deviation` is not a setting of `improvement_gap`
        did you mean `deviations`?
    """),
  Snapshot(
    "improvement_gap: [1]",
    """
    1:18: `improvement_gap` must be a number, not a list
        write a number such as `0.1`, `1e-4` or `10_000`
    """),
  Snapshot(
    "improvement_gap: .inf",
    """
    1:18: `improvement_gap` must be a finite number, whole ones of at most 2^53, not `.inf`
        write a smaller number, or put it in quotes if it is a text
    """),
  Snapshot(
    "evaluate_copies: 1",
    """
    1:18: `evaluate_copies` must be true or false, not `1`
        write `true` or `false`
    """),
  Snapshot(
    "evaluate_copies: yes",
    """
    1:18: `evaluate_copies` must be true or false, not `yes`
        write `true` or `false`
    """),
  Snapshot(
    "bounds: clamp",
    """
    1:9: `bounds` must be `reflect` or `clip`, not `clamp`
        write `reflect` or `clip`
    """),
  Snapshot(
    "bounds: reflected",
    """
    1:9: `bounds` must be `reflect` or `clip`, not `reflected`
        did you mean `reflect`?
    """),
  Snapshot(
    "bounds: [clip]",
    """
    1:9: `bounds` must be `reflect` or `clip`, not a list
        write `reflect` or `clip`
    """),
  Snapshot(
    "population_size: 1",
    """
    1:18: `population_size` is 1, and `truncation` compares a member with others
        write at least 2, or `exploit: none` to train one member alone
    """),
  Snapshot(
    "population_size: 1\nexploit: t_test",
    """
    1:18: `population_size` is 1, and `t_test` compares a member with others
        write at least 2, or `exploit: none` to train one member alone
    """),
  Snapshot(
    "population_size: 1\nexploit: nobody",
    """
    2:10: `nobody` is not an exploit rule
        known are: \(ExploitRules.all.map { $0.name }.joined(separator: ", "))
    """),
  Snapshot(
    "exploit: {t_test: {evaluations: 2.5}}",
    """
    1:33: `t_test.evaluations` must be an integer from 2 to 10000, not `2.5`
        Number of evaluations of each that are compared, the last ones.
    """),
  Snapshot(
    "exploit: {t_test: {evaluations: 1}}",
    """
    1:33: `t_test.evaluations` must be an integer from 2 to 10000, not `1`
        Number of evaluations of each that are compared, the last ones.
    """),
  Snapshot(
    "exploit: {t_test: {evaluations: x}}",
    """
    1:33: `t_test.evaluations` must be a number, not `x`
        write a number such as `0.1`, `1e-4` or `10_000`
    """),
])
func selectionFindings(_ snapshot: Snapshot) {
  #expect(findings(in: snapshot.yaml) == snapshot.findings)
}
