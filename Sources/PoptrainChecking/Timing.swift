/// How long intervals take, by what was measured: a fixed time, and a time for each step.
struct Timing: Sendable {
  /// An interval that was measured.
  private struct Measurement {
    var steps: Int
    var duration: Duration
  }

  private var measurements: [Measurement] = []
  /// Those in which a process was started that goes on to train others.
  private var starting: [Measurement] = []

  /// Takes what was measured.
  ///
  /// - Parameter isStarting: whether a process was started for it that trains others too.
  mutating func take(_ duration: Duration, steps: Int, isStarting: Bool) {
    let measurement = Measurement(steps: steps, duration: duration)
    if isStarting { starting.append(measurement) } else { measurements.append(measurement) }
  }

  /// How long an interval of so many steps takes, in a process that has trained before.
  func duration(of steps: Int) -> Duration {
    let known = measurements.isEmpty ? starting : measurements
    guard let longest = known.map(\.steps).max(), longest > 0 else { return .zero }
    let whole = mean(known.filter { $0.steps == longest })
    let shorter = known.filter { 2 * $0.steps <= longest }
    guard !shorter.isEmpty else { return whole * (Double(steps) / Double(longest)) }
    let length = Double(shorter.map(\.steps).reduce(0, +)) / Double(shorter.count)
    // What is shorter cannot take longer, but for chance.
    let perStep = max(.zero, whole - mean(shorter)) / (Double(longest) - length)
    return max(.zero, whole + perStep * Double(steps - longest))
  }

  /// How long it takes to start a process.
  var startup: Duration {
    guard !starting.isEmpty, !measurements.isEmpty else { return .zero }
    let more = starting.map { max(.zero, $0.duration - duration(of: $0.steps)) }
    return more.reduce(.zero, +) / more.count
  }

  private func mean(_ measurements: [Measurement]) -> Duration {
    measurements.map(\.duration).reduce(.zero, +) / measurements.count
  }
}
