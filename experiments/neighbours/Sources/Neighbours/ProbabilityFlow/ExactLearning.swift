import Foundation

/// Exact maximum likelihood for a restricted machine, an upper bound for probability flow. The gradient is the
/// difference of expectations under the data and under the model (Smolensky, "Information processing in dynamical
/// systems", 1986), and that under the model is a sum over all states of h1.
public struct ExactLearning: Sendable {
  /// The machine.
  public private(set) var machine: BoltzmannMachine
  private var weightAdam, visibleAdam, hiddenAdam: Adam
  /// All states of h1, 2^units x units.
  private let states: Matrix

  /// Starts from a restricted machine.
  public init(_ machine: BoltzmannMachine) {
    precondition(machine.shape.second == 0 && !machine.shape.hasLinks, "exact learning is for restricted machines")
    self.machine = machine
    weightAdam = Adam(count: machine.first.storage.count)
    visibleAdam = Adam(count: machine.visibleBias.count)
    hiddenAdam = Adam(count: machine.firstBias.count)
    states = Matrix(rows: 1 << machine.shape.first, columns: machine.shape.first) { Float($0 >> $1 & 1) }
  }

  /// A step up the gradient of the log-likelihood of some images.
  public mutating func step(_ images: Matrix, rate: Float) {
    var hidden = images.timesTransposed(machine.first)
    hidden.addToRows(machine.firstBias)
    hidden.map(sigmoid)

    var visible = states.times(machine.first)
    visible.addToRows(machine.visibleBias)
    var logs = (0..<states.rows).map { row -> Double in
      let bias = (0..<states.columns).reduce(0.0) { $0 + Double(states[row, $1] * machine.firstBias[$1]) }
      return visible.row(row).reduce(bias) { $0 + softplus(Double($1)) }
    }
    let peak = logs.max() ?? 0
    let total = peak + log(logs.reduce(0) { $0 + exp($1 - peak) })
    logs = logs.map { exp($0 - total) }
    visible.map(sigmoid)
    var weighted = states
    for row in 0..<states.rows {
      for column in 0..<states.columns { weighted[row, column] *= Float(logs[row]) }
    }
    let share = 1 / Float(images.rows)
    var gradient = weighted.transposedTimes(visible)
    gradient.combine(hidden.transposedTimes(images)) { $0 - share * $1 }
    var visibleGradient = images.columnSums().map { -share * $0 }
    for row in 0..<states.rows {
      for pixel in 0..<visible.columns { visibleGradient[pixel] += Float(logs[row]) * visible[row, pixel] }
    }
    let hiddenGradient = zip(weighted.columnSums(), hidden.columnSums()).map { $0 - share * $1 }
    weightAdam.step(&machine.first.storage, gradient.storage, rate: rate)
    visibleAdam.step(&machine.visibleBias, visibleGradient, rate: rate)
    hiddenAdam.step(&machine.firstBias, hiddenGradient, rate: rate)
  }
}
