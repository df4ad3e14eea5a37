public import PopulationBasedTraining
internal import Synchronization
internal import PoptrainTrainers

/// One interval of one member, as its model sees it.
public final class TrainingInterval: Sendable {
  /// The member.
  public let member: Member.ID
  /// The number of the interval, from 1.
  public let number: Int
  /// The ages to train from and to: `for age in interval.steps`. Empty where the model is only evaluated.
  public let steps: Range<Int>
  /// The budget of a member, in steps.
  public let totalSteps: Int
  /// The seed of all randomness in this interval, in [0, 2^32).
  public let seed: UInt64
  /// The values to train under.
  public let hyperparameters: Hyperparameters

  private let notes = Mutex(Notes())

  private struct Notes {
    var read: Set<String> = []
    var evaluations: [Evaluation] = []
  }

  init(_ assignment: Assignment) {
    member = assignment.member
    number = assignment.number
    steps = assignment.ages
    totalSteps = assignment.totalSteps
    seed = assignment.seed
    hyperparameters = assignment.hyperparameters
  }

  /// An interval that was trained before.
  init(_ interval: Interval) {
    member = interval.member
    number = interval.number
    steps = interval.startAge..<interval.endAge
    totalSteps = interval.totalSteps ?? interval.endAge
    seed = interval.seed
    hyperparameters = interval.hyperparameters
  }

  /// The value of a hyperparameter; it must be one of the space.
  public func value(_ name: String) -> Value {
    guard let value = hyperparameters[name] else {
      let known = hyperparameters.keys.sorted().joined(separator: ", ")
      preconditionFailure("there is no hyperparameter \(name); the space has \(known)")
    }
    notes.withLock { _ = $0.read.insert(name) }
    return value
  }

  /// The value of a hyperparameter that is a number; it must be one of the space.
  public subscript(name: String) -> Double {
    let value = value(name)
    guard let number = value.asNumber else { preconditionFailure("\(name) is \(value), which is not a number") }
    return number
  }

  /// Records metrics in the middle of the interval.
  ///
  /// - Parameters:
  ///   - metrics: values by name; infinite ones and NaN may be among them.
  ///   - age: the steps that the model has trained by now, from 0 to 2^45.
  public func log(_ metrics: [String: Double], age: Int) {
    precondition((0...HistoryRecord.largestCount).contains(age), "\(age) is no age of a model")
    notes.withLock { $0.evaluations.append(Evaluation(age: age, metrics: metrics)) }
  }

  /// The metrics logged so far.
  var evaluations: [Evaluation] { notes.withLock(\.evaluations) }

  /// The hyperparameters that the model has not asked for.
  var unread: [String] {
    let read = notes.withLock(\.read)
    return hyperparameters.keys.filter { !read.contains($0) }.sorted()
  }
}
