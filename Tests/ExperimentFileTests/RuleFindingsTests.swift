import PopulationBasedTraining
import Testing

/// The rules and their settings.
@Test(arguments: [
  Snapshot(
    "exploit: truncate",
    """
    1:10: `truncate` is not an exploit rule
        did you mean `truncation`?
    """),
  Snapshot(
    "exploit: pbt2",
    """
    1:10: `pbt2` is not an exploit rule
        known are: \(ExploitRules.all.map { $0.name }.joined(separator: ", "))
    """),
  Snapshot(
    "exploit: trunc",
    """
    1:10: `trunc` is not an exploit rule
        did you mean `truncation`?
    """),
  Snapshot(
    "exploit:",
    """
    1:9: `exploit` must be a rule, not an empty value
        write \(ExploitRules.all.map { "`\($0.name)`" }.joined(separator: " or "))
    """),
  Snapshot(
    "exploit: {truncation: }",
    """
    1:23: `truncation` must be a mapping of keys to values, not an empty value
        give one or more of: quantile_fraction
    """),
  Snapshot(
    "exploit: {truncation: {quantile: 0.2}}",
    """
    1:24: `quantile` is not a setting of `truncation`
        did you mean `quantile_fraction`?
    """),
  Snapshot(
    "exploit: {truncation: {quantile_fraction: 0.6}}",
    """
    1:43: `truncation.quantile_fraction` must be from 0.001 to 0.5, not `0.6`
        Fraction of the scored members at each end of the ranking.
    """),
  Snapshot(
    "exploit: {truncation: {quantile_fraction: x}}",
    """
    1:43: `truncation.quantile_fraction` must be a number, not `x`
        write a number such as `0.1`, `1e-4` or `10_000`
    """),
  Snapshot(
    "exploit: {truncation: {}, none: {}}",
    """
    1:10: `exploit` must name one rule
        write for example `truncation`
    """),
  Snapshot(
    "exploit: {}",
    """
    1:10: `exploit` must name one rule
        write for example `truncation`
    """),
  Snapshot(
    "exploit: [truncation]",
    """
    1:10: `exploit` must be a rule, not a list
        write \(ExploitRules.all.map { "`\($0.name)`" }.joined(separator: " or "))
    """),
  Snapshot(
    "exploit: {none: {a: 1}}",
    """
    1:18: `a` is not a setting of `none`
        there are none; remove it
    """),
  Snapshot(
    "explore: {perturb: {factors: 1.2}}",
    """
    1:30: `perturb.factors` must be a list, not `1.2`
        write for example `[0.8, 1.25]`
    """),
  Snapshot(
    "explore: {perturb: {factors: []}}",
    """
    1:30: `perturb.factors` must have at least 1 entry, not 0
        write for example `[0.8, 1.25]`
    """),
  Snapshot(
    "explore: {perturb: {factors: [1, 1.0]}}",
    """
    1:30: `perturb.factors` has only ones, so that nothing would ever change
        write for example `[0.8, 1.25]`, or `explore: none`
    """),
  Snapshot(
    "explore: {perturb: {factors: [0.8, -1, x]}}",
    """
    1:36: entry 2 of `perturb.factors` must be from 0.01 to 100, not `-1`
        The factors, each as likely as the others. An ordered value moves up for a factor above 1.
    1:40: entry 3 of `perturb.factors` must be a number, not `x`
        write a number such as `0.1`, `1e-4` or `10_000`
    """),
  Snapshot(
    "explore: {perturb: {resample_probability: 2}}",
    """
    1:43: `perturb.resample_probability` must be from 0 to 1, not `2`
        Probability that a value is redrawn from its range instead.
    """),
  Snapshot(
    "explore: {resampel: {probability: 0.1}}",
    """
    1:11: `resampel` is not an explore rule
        did you mean `resample`?
    """),
])
func ruleFindings(_ snapshot: Snapshot) {
  #expect(findings(in: snapshot.yaml) == snapshot.findings)
}
