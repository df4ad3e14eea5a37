/// A rule of the experiment file, with a name and settings of its own.
///
/// To add a rule, write a type in one file and add it to ``ExploitRules`` or ``ExploreRules``; the experiment file, its
/// checks and its documentation follow from the declaration.
public protocol Rule: Sendable {
  /// The name in the experiment file.
  static var name: String { get }
  /// Raised whenever the rule would decide otherwise on the same population. Recorded with each decision.
  static var version: Int { get }
  /// One sentence for the documentation.
  static var summary: String { get }
  /// The settings that the experiment file may give.
  static var settings: [Setting] { get }

  /// Makes the rule; the settings are complete and within their limits.
  init(_ settings: RuleChoice)
}

/// One setting of a rule.
public struct Setting: Sendable {
  /// What a setting may be.
  public enum Value: Hashable, Sendable, Codable {
    /// One number.
    case number(Double)
    /// A list of them, not empty.
    case numbers([Double])
  }

  /// Why a value within the limits makes no sense.
  public struct Objection: Hashable, Sendable {
    /// What is wrong, as the predicate of a sentence.
    public var message: String
    /// What to write instead.
    public var remedy: String

    /// Objects to a value.
    public init(_ message: String, remedy: String) {
      self.message = message
      self.remedy = remedy
    }
  }

  /// The name in the experiment file.
  public var name: String
  /// The value where the file gives none. Its kind is the kind of the setting.
  public var standard: Value
  /// The value for trying the rule out many times, where the standard one takes long.
  public var quick: Value
  /// The least and the greatest number allowed.
  public var limits: ClosedRange<Double>
  /// Whether only whole numbers are allowed.
  public var isWhole: Bool
  /// One sentence for the documentation, with the unit.
  public var summary: String
  /// Why a value within the limits makes no sense; nothing, where it does.
  public var objection: @Sendable (Value) -> Objection?

  /// Declares a setting.
  public init(
    _ name: String, standard: Value, quick: Value? = nil, limits: ClosedRange<Double>, isWhole: Bool = false,
    summary: String, objection: @escaping @Sendable (Value) -> Objection? = { _ in nil }
  ) {
    self.name = name
    self.standard = standard
    self.quick = quick ?? standard
    self.limits = limits
    self.isWhole = isWhole
    self.summary = summary
    self.objection = objection
  }
}

/// A rule chosen by name, with all of its settings.
public struct RuleChoice: Hashable, Sendable {
  /// The rule's name.
  public let name: String
  /// Every setting of the rule.
  public let settings: [String: Setting.Value]

  /// Chooses a rule; settings that are not given have their standard values.
  public init(_ rule: any Rule.Type, _ given: [String: Setting.Value] = [:]) {
    name = rule.name
    settings = Dictionary(uniqueKeysWithValues: rule.settings.map { ($0.name, given[$0.name] ?? $0.standard) })
  }

  /// Chooses a rule for trying it out many times.
  package init(quick rule: any Rule.Type) {
    self.init(rule, Dictionary(uniqueKeysWithValues: rule.settings.map { ($0.name, $0.quick) }))
  }

  /// The setting of this name, declared as one number.
  public func number(_ name: String) -> Double {
    guard case .number(let number)? = settings[name] else {
      preconditionFailure("the rule \(self.name) reads a number \(name) that it has not declared")
    }
    return number
  }

  /// The setting of this name, declared as a list.
  public func numbers(_ name: String) -> [Double] {
    guard case .numbers(let numbers)? = settings[name] else {
      preconditionFailure("the rule \(self.name) reads a list \(name) that it has not declared")
    }
    return numbers
  }
}
