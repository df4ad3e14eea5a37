/// What one check has found: a line of `poptrain check --json`.
package struct CheckResult: Codable, Hashable, Sendable {
  /// What was checked.
  package let check: Check.Finding.Subject.Name
  /// The hyperparameter that it is about; none where it is about none.
  package let hyperparameter: String?
  /// How it ended.
  package let verdict: Check.Finding.Verdict
  /// What was found.
  package let found: String
  /// What to do about it.
  package let remedy: String?
  /// The last lines that the trainer printed, where it failed.
  package let log: String

  /// Describes a finding.
  package init(_ finding: Check.Finding) {
    check = finding.subject.name
    hyperparameter = finding.subject.hyperparameter
    verdict = finding.verdict
    found = finding.found
    remedy = finding.remedy
    log = finding.logTail
  }
}
