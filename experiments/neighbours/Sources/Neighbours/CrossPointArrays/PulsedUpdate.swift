import Foundation

extension AnalogArray {
  /// Adds rate times the product of errors and inputs to the weights, by trains of pulses (arXiv 1705.08014, section on
  /// update management; Gokmen and Vlasov 2016, equation 1).
  ///
  /// In each of BL moments a line of input j fires with probability B |x_j|, one of output i with A |d_i|. Where both
  /// fire, a device takes one step. With A B = rate / (step BL) the mean change is rate x_j d_i. A probability above 1
  /// is cut, and the change is then too small.
  ///
  /// - Parameters:
  ///   - inputs: x, a row for each update.
  ///   - errors: d, which the weights shall follow. The rows of a batch are summed, and bounds apply to the sum.
  public mutating func update(
    inputs: Matrix, errors: Matrix, devices: [Devices], _ settings: ArraySettings, random: inout NamedStream
  ) {
    guard !settings.isDigital else {
      let product = errors.transposedTimes(inputs)
      let rate = Float(settings.rate)
      for place in copies.indices { copies[place].combine(product) { $0 + rate * $1 } }
      return takeMean()
    }
    for place in copies.indices {
      var (ups, downs) = ([Int32](repeating: 0, count: mean.storage.count), [Int32]())
      downs = ups
      for row in 0..<inputs.rows { count(inputs, errors, row, settings, &ups, &downs, &random) }
      move(place, ups, downs, devices[place], settings, &random)
    }
    takeMean()
  }

  /// Counts the pulses of one update for each weight.
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

  /// Moves the devices by their pulses, each of which varies.
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

/// The trains of one update.
struct PulseTrain {
  /// BL, how many moments there are.
  let length: Int
  /// B and A: what inputs and errors are multiplied by to be probabilities.
  let inputFactor, errorFactor: Float

  /// With update management, both lines fire at similar rates, and the train is no longer than the largest update
  /// needs: k = rate max|x| max|d| / step pulses. If k exceeds the longest train, inputs are kept from being cut.
  init(_ settings: ArraySettings, largestInput: Float, largestError: Float) {
    let (rate, step) = (Float(settings.rate), Float(settings.pulseStep))
    guard settings.managesUpdates else {
      length = settings.pulses
      inputFactor = (rate / (step * Float(length))).squareRoot()
      errorFactor = inputFactor
      return
    }
    let needed = rate * largestInput * largestError / step
    length = min(max(Int(needed.rounded(.up)), 1), settings.pulses)
    let base = (rate / (step * Float(length))).squareRoot()
    let error = needed > Float(length) ? largestError * Float(length) / needed : largestError
    inputFactor = base * (error / largestInput).squareRoot()
    errorFactor = base * (largestInput / error).squareRoot()
  }

  /// Bits that are each 1 with this probability, one for each moment. A word for each binary place of the probability,
  /// from the last to the first: OR halves the way to 1, AND the way to 0.
  @inline(__always)
  func bits(_ probability: Float, _ random: inout NamedStream) -> UInt64 {
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
