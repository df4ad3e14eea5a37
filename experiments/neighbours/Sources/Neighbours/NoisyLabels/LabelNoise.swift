/// Wrong labels in training data, where the right ones are known.
public struct LabelNoise: Sendable {
  /// What becomes of a label.
  public enum Kind: String, Sendable, CaseIterable {
    /// Any other class, each as likely as the others.
    case symmetric
    /// The next class, 9 becoming 0.
    case pair
  }

  /// The digits with the right labels: 900 to train, 300 to validate, 597 to test.
  public let train, validation, test: Digits.Part
  /// The labels that are given.
  public let givenLabels: [Int]

  /// Changes the labels of a share of the training digits.
  public init(_ digits: Digits, kind: Kind, share: Double, seed: UInt64) {
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

  /// What the filter did, against the truth.
  public struct Quality: Sendable {
    /// Of the removed instances, the share that had a wrong label.
    public var removalPrecision: Double
    /// Of the wrong labels, the share that was removed or corrected.
    public var recall: Double
    /// Of the new labels, the share that is right.
    public var relabelPrecision: Double
    /// Of the labels that are trained, the share that is right.
    public var purity: Double
  }

  /// Compares what a filter did with the right labels. A share of nothing is 1.
  public func quality(of filter: RelabelingFilter) -> Quality {
    func share(_ part: Int, _ all: Int) -> Double { all == 0 ? 1 : Double(part) / Double(all) }
    let all = train.labels.indices
    let wrong = all.filter { givenLabels[$0] != train.labels[$0] }
    let removed = all.filter { filter.removed[$0] }
    let relabeled = all.filter { filter.relabeled[$0] && !filter.removed[$0] }
    func isRight(_ instance: Int) -> Bool { filter.labels[instance] == train.labels[instance] }
    return Quality(
      removalPrecision: share(removed.count { givenLabels[$0] != train.labels[$0] }, removed.count),
      recall: share(wrong.count { filter.removed[$0] || isRight($0) }, wrong.count),
      relabelPrecision: share(relabeled.count(where: isRight), relabeled.count),
      purity: share(filter.remaining.count(where: isRight), filter.remaining.count))
  }
}
