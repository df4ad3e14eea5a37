/// Welch's t-test: do two samples come from distributions with the same mean, where their variances may differ?
///
/// Welch, "The generalization of Student's problem when several different population variances are involved", 1947;
/// degrees of freedom by Satterthwaite's approximation. The paper's exploit rule compares the last ten scores of two
/// members with it (Jaderberg et al. 2017, section 4.1.1).
public struct WelchTest: Hashable, Sendable {
  /// The difference of the means in units of its standard error, positive where the first mean is higher; 0 where the
  /// means are equal, infinite where they differ and neither sample varies.
  public let statistic: Double
  /// By Satterthwaite's approximation, at least 1; `n1 + n2 - 2` where neither sample varies.
  public let degreesOfFreedom: Double

  /// Compares two samples; none where one of them is a single number, whose variance nobody knows.
  public init?(_ first: Sample, _ second: Sample) {
    guard let firstDeviation = first.standardDeviation, let secondDeviation = second.standardDeviation else {
      return nil
    }
    let difference = first.excess(over: second)
    let errors = [
      (size: firstDeviation / Double(first.values.count).squareRoot(), freedom: Double(first.values.count - 1)),
      (size: secondDeviation / Double(second.values.count).squareRoot(), freedom: Double(second.values.count - 1)),
    ].sorted { $0.size > $1.size }
    guard errors[0].size > 0 else {
      statistic = difference == 0 ? 0 : difference * .infinity
      degreesOfFreedom = errors[0].freedom + errors[1].freedom
      return
    }
    // In terms of the ratio of the errors nothing can overflow.
    let ratio = errors[1].size / errors[0].size
    let sum = 1 + ratio * ratio
    statistic = difference / errors[0].size / sum.squareRoot()
    degreesOfFreedom = sum * sum / (1 / errors[0].freedom + ratio * ratio * ratio * ratio / errors[1].freedom)
  }

  /// The probability of a statistic at least as high where the means are equal: small where the first mean is higher.
  ///
  /// 1/2 where both samples are constant and equal; 0 or 1 where they are constant and differ.
  public var oneSidedP: Double {
    StudentT(degreesOfFreedom: degreesOfFreedom).upperTail(statistic)
  }

  /// The probability of a statistic at least as far from 0 where the means are equal: small where they differ.
  ///
  /// 1 where both samples are constant and equal; 0 where they are constant and differ.
  public var twoSidedP: Double {
    2 * StudentT(degreesOfFreedom: degreesOfFreedom).upperTail(statistic.magnitude)
  }
}
