import Foundation

/// Variational Probability Flow (arXiv 1711.07732; authors' code owen94/VPF, `dmpf_optimizer.py`).
/// Hidden states are drawn given the data. The machine then minimizes the flow of probability from these states to the
/// states with one unit flipped. There is no negative phase.
///
/// A unit of state y and field f flips at the rate r = exp((½ - y) f / T). The objective and its gradient are
///
///     K = mean over the batch of Σ r          g = (½ - y) r / T          ∂K/∂W = mean (g yᵀ + y gᵀ)
///
/// so the change of a weight depends on the states and the rates of its two units only.
public struct ProbabilityFlow: Sendable, Codable, Equatable {
  /// The hyperparameters.
  public struct Settings: Sendable {
    /// The learning rate of Adam.
    public var rate: Double
    /// The factor of ½|W|² in the objective. The authors' code has 0.01 K in place of K, a factor that Adam cancels, so
    /// its decay is a hundredth of this one.
    public var decay: Double
    /// T, the temperature of the hidden states and of the flow. They fit exp(-E / T), while the likelihood and the
    /// reconstruction read the machine at T = 1. So at another T these measure a machine that was not fitted.
    public var temperature: Double
    /// The Gibbs sweeps over h1 after its first draw, 0 or more.
    public var sweeps: Int

    /// Settings, by default those of the checks.
    public init(rate: Double = 0.01, decay: Double = 1e-3, temperature: Double = 1, sweeps: Int = 1) {
      (self.rate, self.decay, self.temperature, self.sweeps) = (rate, decay, temperature, sweeps)
    }
  }

  /// The machine.
  public private(set) var machine: BoltzmannMachine
  private var firstAdam, secondAdam, linkAdam, visibleAdam, firstBiasAdam, secondBiasAdam: Adam

  /// Starts from a machine.
  public init(_ machine: BoltzmannMachine) {
    self.machine = machine
    firstAdam = Adam(count: machine.first.storage.count)
    secondAdam = Adam(count: machine.second.storage.count)
    linkAdam = Adam(count: machine.links.storage.count)
    visibleAdam = Adam(count: machine.visibleBias.count)
    firstBiasAdam = Adam(count: machine.firstBias.count)
    secondBiasAdam = Adam(count: machine.secondBias.count)
  }

  /// Draws the hidden states of images: h1 given the image alone, then in Gibbs sweeps unit by unit, since links make
  /// the units dependent. h2 is drawn after each.
  public func completed(_ images: Matrix, _ settings: Settings, random: inout NamedStream) -> BoltzmannMachine.States {
    let shape = machine.shape
    let sharpness = Float(1 / settings.temperature)
    var states = BoltzmannMachine.States(
      visible: images, first: Matrix(rows: images.rows, columns: shape.first),
      second: Matrix(rows: images.rows, columns: shape.second))
    states.first = machine.firstField(states)
    states.first.mapEights { Eight(repeating: 0).replacing(with: 1, where: random.units() .< logistic(sharpness * $0)) }
    for sweep in 0...settings.sweeps {
      if sweep > 0 { sweepFirst(&states, sharpness, &random) }
      states.second = machine.secondField(states)
      states.second.mapEights {
        Eight(repeating: 0).replacing(with: 1, where: random.units() .< logistic(sharpness * $0))
      }
    }
    return states
  }

  private func sweepFirst(_ states: inout BoltzmannMachine.States, _ sharpness: Float, _ random: inout NamedStream) {
    var field = machine.firstField(states)
    let count = machine.shape.first
    for row in 0..<field.rows {
      for unit in 0..<count {
        let (old, new): (Float, Float) = (
          states.first[row, unit], random.unitFloat() < sigmoid(sharpness * field[row, unit]) ? 1 : 0
        )
        guard new != old else { continue }
        states.first[row, unit] = new
        for other in 0..<count { field[row, other] += (new - old) * machine.links[other, unit] }
      }
    }
  }

  /// The objective K for some states, without the decay.
  public func objective(_ states: BoltzmannMachine.States, temperature: Double) -> Double {
    let fields = machine.fields(states)
    var total = 0.0
    for (state, field) in [
      (states.visible, fields.visible), (states.first, fields.first), (states.second, fields.second),
    ] {
      for row in 0..<state.rows {
        for unit in 0..<state.columns {
          total += Double(flipRate(state[row, unit], field[row, unit], Float(1 / temperature)))
        }
      }
    }
    return total / Double(states.visible.rows)
  }

  /// A step down the gradient of K for a batch. An empty batch changes nothing.
  public mutating func step(_ states: BoltzmannMachine.States, _ settings: Settings) {
    guard states.visible.rows > 0 else { return }
    let sharpness = Float(1 / settings.temperature)
    var slopes = machine.fields(states)
    for path in [\BoltzmannMachine.States.visible, \.first, \.second] {
      slopes[keyPath: path].combineEights(states[keyPath: path]) { field, state in
        let push = (0.5 - state) * sharpness
        return push * exponential(cut(push * field, to: -30...30))
      }
    }
    let (rate, decay) = (Float(settings.rate), Float(settings.decay))
    func gradient(
      _ weights: Matrix, _ upper: KeyPath<BoltzmannMachine.States, Matrix>,
      _ lower: KeyPath<BoltzmannMachine.States, Matrix>
    ) -> [Float] {
      var sum = slopes[keyPath: upper].transposedTimes(states[keyPath: lower])
      sum.combine(states[keyPath: upper].transposedTimes(slopes[keyPath: lower])) { $0 + $1 }
      let share = 1 / Float(states.visible.rows)
      sum.combine(weights) { share * $0 + decay * $1 }
      return sum.storage
    }
    let ofFirst = gradient(machine.first, \.first, \.visible)
    let ofSecond = gradient(machine.second, \.second, \.first)
    if machine.shape.hasLinks {
      var ofLinks = gradient(machine.links, \.first, \.first)
      for unit in 0..<machine.shape.first { ofLinks[unit * machine.links.stride + unit] = 0 }
      linkAdam.step(&machine.links.storage, ofLinks, rate: rate)
    }
    firstAdam.step(&machine.first.storage, ofFirst, rate: rate)
    secondAdam.step(&machine.second.storage, ofSecond, rate: rate)
    func mean(_ slopes: Matrix) -> [Float] { slopes.columnSums().map { $0 / Float(slopes.rows) } }
    visibleAdam.step(&machine.visibleBias, mean(slopes.visible), rate: rate)
    firstBiasAdam.step(&machine.firstBias, mean(slopes.first), rate: rate)
    secondBiasAdam.step(&machine.secondBias, mean(slopes.second), rate: rate)
  }
}

/// The rate at which a unit flips; the exponent is cut at ±30.
@inline(__always)
private func flipRate(_ state: Float, _ field: Float, _ sharpness: Float) -> Float {
  exp(min(max((0.5 - state) * field * sharpness, -30), 30))
}
