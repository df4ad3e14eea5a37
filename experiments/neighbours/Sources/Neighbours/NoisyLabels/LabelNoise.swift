/// The task: digits with some wrong labels in training, where the right labels are known.
public struct LabelNoise: Sendable {
  /// How a label is changed.
  public enum Kind: String, Sendable, CaseIterable {
    /// To any other class, with equal probabilities.
    case symmetric
    /// To the next class, and from 9 to 0.
    case pair
  }

  /// Digits with their right labels: 900 to train, 300 to validate, 597 to test.
  public let train, validation, test: Digits.Part
  /// The labels to train with.
  public let givenLabels: [Int]

  /// Changes the labels of a share of the training digits, from 0 to 1.
  public init(_ digits: Digits, kind: Kind, share: Double, seed: UInt64) {
    precondition((0...1).contains(share), "a share is from 0 to 1, not \(share)")
    (train, validation, test) = (digits[0..<900], digits[900..<1200], digits[1200..<1797])
    var random = NamedStream(seed: seed, "label noise")
    let changed = random.permutation(900).prefix(Int((share * 900).rounded()))
    var labels = train.labels
    for instance in changed {
      let step = kind == .pair ? 1 : 1 + Int.random(in: 0..<9, using: &random)
      labels[instance] = (labels[instance] + step) % 10
    }
    givenLabels = labels
  }

  /// The decisions of a filter against the truth. A share of nothing is 1.
  public struct Quality: Sendable {
    /// Among removed instances, the share of wrong given labels.
    public var removalPrecision: Double
    /// Among wrong given labels, the share that was removed.
    public var removalRecall: Double
    /// Among wrong given labels, the share that was removed or corrected.
    public var recall: Double
    /// Among the relabelled instances that are still trained, the share of right labels.
    public var relabelPrecision: Double
    /// Among the instances that are still trained, the share of right labels.
    public var purity: Double
  }

  /// Compares the decisions of a filter with the right labels.
  public func quality(of filter: RelabelingFilter) -> Quality {
    func share(_ part: Int, _ all: Int) -> Double { all == 0 ? 1 : Double(part) / Double(all) }
    let all = train.labels.indices
    let wrong = all.filter { givenLabels[$0] != train.labels[$0] }
    let removed = all.filter(filter.isRemoved)
    let relabeled = all.filter { filter.isRelabeled($0) && !filter.isRemoved($0) }
    func isRight(_ instance: Int) -> Bool { filter.labels[instance] == train.labels[instance] }
    return Quality(
      removalPrecision: share(removed.count { givenLabels[$0] != train.labels[$0] }, removed.count),
      removalRecall: share(wrong.count(where: filter.isRemoved), wrong.count),
      recall: share(wrong.count { filter.isRemoved($0) || isRight($0) }, wrong.count),
      relabelPrecision: share(relabeled.count(where: isRight), relabeled.count),
      purity: share(filter.remaining.count(where: isRight), filter.remaining.count))
  }
}
