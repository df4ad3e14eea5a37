import Foundation

extension AnalogArray {
  /// Adds rate · d xᵀ to the weights by trains of pulses, for errors d and inputs x (Gokmen and Vlasov 2016;
  /// arXiv 1705.08014; IBM/aihwkit, `sparse_bit_line_maker.cpp`).
  ///
  /// In each of BL slots of a train, the line of input j fires with probability B |x_j|, and the line of output i with
  /// probability A |d_i|. Where both fire, the device takes one step. With A B = rate / (step BL) the mean change is
  /// rate x_j d_i. A probability above 1 is cut, so that the change is then too small.
  ///
  /// - Parameters:
  ///   - inputs: x, with a row for each update.
  ///   - errors: d, minus the gradient with respect to the outputs. The changes of a batch are summed before bounds
  ///     apply.
  ///   - devices: for each device of a weight, the devices of the array.
  public mutating func update(
    inputs: Matrix, errors: Matrix, devices: [Devices], _ settings: ArraySettings, random: inout NamedStream
  ) {
    guard !settings.isDigital else {
      let product = errors.transposedTimes(inputs)
      let rate = Float(settings.rate)
      for place in copies.indices { copies[place].combine(product) { $0 + rate * $1 } }
      return takeMean()
    }
    precondition((1...64).contains(settings.pulses), "a train has 1 to 64 pulses, not \(settings.pulses)")
    for place in copies.indices {
      var ups = [Int32](repeating: 0, count: mean.storage.count)
      var downs = ups
      for row in 0..<inputs.rows { count(inputs, errors, row, settings, &ups, &downs, &random) }
      move(place, ups, downs, devices[place], settings, &random)
    }
    takeMean()
  }

  /// Counts the pulses of one update, up and down, for each weight.
  private func count(
    _ inputs: Matrix, _ errors: Matrix, _ row: Int, _ settings: ArraySettings, _ ups: inout [Int32],
    _ downs: inout [Int32], _ random: inout NamedStream
  ) {
    let largestInput = inputs.row(row).reduce(0) { max($0, abs($1)) }
    let largestError = errors.row(row).reduce(0) { max($0, abs($1)) }
    guard largestInput > 0, largestError > 0 else { return }
    let train = PulseTrain(settings, largestInput: largestInput, largestError: largestError)
    let inputBits = (0..<inputs.columns).map { train.bits(inputs[row, $0] * train.inputFactor, &random) }
    let fires = inputBits.indices.filter { inputBits[$0] != 0 }
    for output in 0..<errors.columns {
      let error = errors[row, output]
      let bits = train.bits(error * train.errorFactor, &random)
      guard bits != 0 else { continue }
      let start = output * mean.stride
      for input in fires {
        let pulses = Int32((bits & inputBits[input]).nonzeroBitCount)
        if (error > 0) == (inputs[row, input] > 0) {
          ups[start + input] &+= pulses
        } else {
          downs[start + input] &+= pulses
        }
      }
    }
  }

  /// Moves the devices by their pulses. Steps vary independently, so the variance grows with the number of pulses.
  private mutating func move(
    _ place: Int, _ ups: [Int32], _ downs: [Int32], _ devices: Devices, _ settings: ArraySettings,
    _ random: inout NamedStream
  ) {
    let variation = Float(settings.pulseStep * settings.pulseVariation)
    for weight in ups.indices {
      let (up, down) = (ups[weight], downs[weight])
      guard up | down != 0 else { continue }
      let noise = variation * Float(up + down).squareRoot() * Float(random.normal())
      let moved =
        copies[place].storage[weight] + Float(up) * devices.up.storage[weight]
        - Float(down) * devices.down.storage[weight] + noise
      copies[place].storage[weight] = min(max(moved, devices.low.storage[weight]), devices.high.storage[weight])
    }
  }
}

/// The trains of pulses of one update.
struct PulseTrain {
  /// BL, the number of slots.
  let length: Int
  /// B and A, the factors that turn inputs and errors into probabilities.
  let inputFactor, errorFactor: Float

  /// Chooses the trains for the largest |x| and |d|. With update management, both kinds of lines fire at similar rates,
  /// and the train is no longer than the largest update needs, k = rate max|x| max|d| / step pulses. If k exceeds the
  /// longest train, max|d| is replaced by max|d| BL / k, so that no input is cut.
  init(_ settings: ArraySettings, largestInput: Float, largestError: Float) {
    let (rate, step) = (Float(settings.rate), Float(settings.pulseStep))
    guard settings.managesUpdates else {
      length = settings.pulses
      inputFactor = (rate / (step * Float(length))).squareRoot()
      errorFactor = inputFactor
      return
    }
    let needed = rate * largestInput * largestError / step
    length = max(Int(min(Float(settings.pulses), needed.rounded(.up))), 1)
    let base = (rate / (step * Float(length))).squareRoot()
    let error = needed > Float(length) ? largestError * Float(length) / needed : largestError
    inputFactor = base * (error / largestInput).squareRoot()
    errorFactor = base * (largestInput / error).squareRoot()
  }

  /// Bits that are 1 with this probability, one for each slot. It takes a random word for each binary digit of the
  /// probability, from the last to the first: OR halves the distance to 1, AND that to 0.
  @inline(__always)
  func bits(_ probability: Float, _ random: inout NamedStream) -> UInt64 {
    // Zero, or 0 times an infinite factor.
    guard abs(probability) > 0 else { return 0 }
    let places = 14
    var number = Int(min(abs(probability), 1) * Float(1 << places) + 0.5)
    let all = UInt64.max >> UInt64(64 - length)
    if number == 0 { return 0 }
    if number >= 1 << places { return all }
    let zeros = number.trailingZeroBitCount
    number >>= zeros
    var word: UInt64 = 0
    for _ in zeros..<places {
      word = number & 1 == 1 ? word | random.next() : word & random.next()
      number >>= 1
    }
    return word & all
  }
}
