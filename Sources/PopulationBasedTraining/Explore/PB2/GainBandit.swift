/// Chooses hyperparameters for the next interval of a model, so that its score is likely to rise the most
/// (PB2, Parker-Holder et al. 2020, Algorithm 2; with choices, the mixed kernel of PB2-Mix, 2021).
///
/// The inputs of its model are the time, the score before the interval and the hyperparameters; the output is the gain.
/// It differs from the published code where that contradicts the paper or itself:
///
/// - Time is counted in intervals, as in the paper. The code scales it to the unit interval, where a forgetting of at
///   most 0.5 can hardly forget.
/// - The new interval starts at the donor's present score; the code takes the score of one interval before.
/// - Gains are standardised by their deviation alone; the code adds 10⁻⁸ to it, which hides the gains of long intervals.
/// - Choices are searched together with all the rest, under the mixed kernel; PB2-Mix picks them before, by a bandit of
///   their own (TV.EXP3.M).
struct GainBandit {
  /// The hyperparameters to choose, all of them searched.
  let hyperparameters: [Hyperparameter]
  /// Whether chosen values satisfy the experiment's constraints.
  let allows: (Hyperparameters) -> Bool

  /// An interval that starts, or started.
  struct Start {
    /// When, in intervals.
    let time: Double
    /// The score of the model.
    let score: Double
  }

  /// An interval that is over.
  struct Trained {
    let start: Start
    /// The change of the score per step, in any unit.
    let gain: Double
    /// The values in force.
    let hyperparameters: Hyperparameters
  }

  /// With fewer intervals to learn from the bound's β would be zero, and nothing explored.
  static let fewestIntervals = 3

  /// Chooses values for the next interval of a model.
  ///
  /// - Parameters:
  ///   - trained: intervals that are over; those whose values are not in the space are left out.
  ///   - start: the next interval's.
  ///   - pending: the hyperparameters of other members that are training now.
  /// - Returns: values in their ranges and on their grids; nothing where there are too few intervals to learn from.
  /// - Complexity: some hundred times O(n³ / 2) multiplications, for n intervals that are over.
  func choose(
    after trained: [Trained], for start: Start, pending: [Hyperparameters], random: inout RandomStream
  ) -> Hyperparameters? {
    let scores = UnitScale(trained.map(\.start.score) + [start.score])
    let known = trained.compactMap { interval in
      places(of: interval.hyperparameters).map { (point: point(interval.start, scores, $0), gain: interval.gain) }
    }
    guard known.count >= GainBandit.fewestIntervals else { return nil }
    let points = known.map(\.point)
    let gains = standardised(known.map(\.gain))
    let kernel = Kernel.fitted(to: points, gains, random: &random)
    // As in the published code, what is pending counts as if it started like the new interval.
    let waiting = pending.compactMap { places(of: $0).map { point(start, scores, $0) } }
    let process = GaussianProcess(kernel, points, gains, pending: waiting)
    let bound = UpperConfidenceBound(process, intervals: points.count)
    let search = DomainSearch(domains: hyperparameters.map(\.domain)) { places in
      allows(values(at: places)) ? bound.value(at: point(start, scores, places)) : -.infinity
    }
    return values(at: search.best(random: &random))
  }

  /// Where each value stands in the unit interval of its domain.
  private func places(of values: Hyperparameters) -> [Double]? {
    let places = hyperparameters.compactMap { hyperparameter in
      values[hyperparameter.name].flatMap(hyperparameter.domain.unit(of:))
    }
    return places.count == hyperparameters.count ? places : nil
  }

  private func values(at places: [Double]) -> Hyperparameters {
    var values: Hyperparameters = [:]
    for (hyperparameter, place) in zip(hyperparameters, places) {
      values[hyperparameter.name] = hyperparameter.domain.value(atUnit: place)
    }
    return values
  }

  private func point(_ start: Start, _ scores: UnitScale, _ places: [Double]) -> Point {
    var point = Point(time: start.time, numbers: [scores.unit(of: start.score)], categories: [])
    for (hyperparameter, place) in zip(hyperparameters, places) {
      if case .choice(let values) = hyperparameter.domain {
        point.categories.append(Int(place * Double(values.count)))
      } else {
        point.numbers.append(place)
      }
    }
    return point
  }
}
