/// The values of one hyperparameter by the age of the model.
public struct Schedule: Hashable, Sendable {
  /// From this age on, this value.
  public struct Stretch: Hashable, Sendable {
    /// The first age, in steps.
    public let age: Int
    /// The value until the next stretch begins.
    public let value: Value
  }

  /// The stretches by age; the first begins at 0.
  public let stretches: [Stretch]

  /// Makes a schedule: the ages begin at 0 and grow.
  public init(_ stretches: [(age: Int, value: Value)]) {
    precondition(stretches.first?.age == 0, "a schedule begins at age 0")
    precondition(zip(stretches, stretches.dropFirst()).allSatisfy { $0.age < $1.age }, "the ages of a schedule grow")
    self.stretches = stretches.map { Stretch(age: $0.age, value: $0.value) }
  }

  /// Every value of it.
  public var values: [Value] { stretches.map(\.value) }

  /// The value at an age. O(log n).
  public func value(at age: Int) -> Value {
    stretches[position(at: age)].value
  }

  /// The next age after this one at which the value may change.
  public func nextChange(after age: Int) -> Int? {
    let next = position(at: age) + 1
    return next < stretches.count ? stretches[next].age : nil
  }

  private func position(at age: Int) -> Int {
    var low = 0
    var high = stretches.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if stretches[middle].age <= age { low = middle } else { high = middle }
    }
    return low
  }
}
