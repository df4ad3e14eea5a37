/// Finds the values of some hyperparameters at which a function is greatest.
///
/// Places are one number of the unit interval for each hyperparameter, always on its grid (`Domain.unit(of:)`). Many
/// places are drawn at random; from the best of them a compass search climbs, which needs no derivatives and so treats
/// numbers, grids and choices alike (Kolda, Lewis and Torczon, "Optimization by direct search", 2003).
struct DomainSearch {
  /// The searched hyperparameters' domains.
  let domains: [Domain]
  /// The function.
  let value: ([Double]) -> Double

  private static let draws = 256
  private static let climbs = 3
  private static let shortestStep = 1e-3

  /// The best place found, a function of the stream.
  func best(random: inout RandomStream) -> [Double] {
    let drawn = (0..<DomainSearch.draws).map { _ in
      let place = domains.map { DomainSearch.onGrid(random.unit(), $0) }
      return (place: place, value: value(place))
    }
    let starts = drawn.sorted { $0.value > $1.value }.prefix(DomainSearch.climbs)
    let ends = starts.map { climb(from: $0.place, $0.value) }
    return ends.max { $0.value < $1.value }?.place ?? []
  }

  /// Moves along one hyperparameter at a time while that is an improvement, with steps that are halved when none is.
  private func climb(from place: [Double], _ value: Double) -> (place: [Double], value: Double) {
    var best = (place: place, value: value)
    var step = 0.125
    while step >= DomainSearch.shortestStep {
      var hasMoved = false
      for (position, domain) in domains.enumerated() {
        for neighbour in DomainSearch.neighbours(of: best.place[position], in: domain, step: step) {
          var moved = best.place
          moved[position] = neighbour
          let value = self.value(moved)
          if value > best.value {
            best = (moved, value)
            hasMoved = true
          }
        }
      }
      if !hasMoved { step *= 0.5 }
    }
    return best
  }

  /// The places to try from one: up and down by a step, or by one value where the grid is coarser; every choice.
  private static func neighbours(of unit: Double, in domain: Domain, step: Double) -> [Double] {
    if case .choice(let values) = domain {
      return values.compactMap(domain.unit(of:)).filter { $0 != unit }
    }
    let step = max(step, domain.gridCount.map { 1 / Double($0) } ?? 0)
    return [unit - step, unit + step].map { onGrid($0, domain) }.filter { $0 != unit }
  }

  /// The place of the value that stands at or around a number.
  private static func onGrid(_ unit: Double, _ domain: Domain) -> Double {
    domain.value(atUnit: unit).flatMap { domain.unit(of: $0) } ?? unit
  }
}
