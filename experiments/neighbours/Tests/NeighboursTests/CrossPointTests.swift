import Neighbours
import Testing

@Suite struct CrossPointTests {
  @Test func pulsesMoveWeightsByTheProductOnAverage() {
    var settings = ArraySettings()
    settings.stepVariation = 0
    settings.asymmetry = 0
    settings.boundVariation = 0
    settings.rate = 0.05
    var random = NamedStream(seed: 0, "pulses")
    let devices = Devices(outputs: 2, inputs: 3, settings, random: &random)
    let (x, d): ([Float], [Float]) = ([1, 0.5, -0.25], [0.4, -0.8])
    var sums = Matrix(rows: 2, columns: 3)
    for _ in 0..<4000 {
      var array = AnalogArray(outputs: 2, inputs: 3, devicesPerWeight: 1, random: &random)
      let before = array.mean
      array.update(
        inputs: Matrix(rows: 1, columns: 3) { x[$1] }, errors: Matrix(rows: 1, columns: 2) { d[$1] },
        devices: [devices],
        settings, random: &random)
      for (i, j) in [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)] { sums[i, j] += array.mean[i, j] - before[i, j] }
    }
    for (i, j) in [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)] {
      #expect(abs(sums[i, j] / 4000 - 0.05 * x[j] * d[i]) < 0.0015)
    }
  }

  /// Where a network is certain, errors are as small as numbers get, and some are 0.
  @Test(arguments: [Float(1e-30), .leastNonzeroMagnitude, 0])
  func tinyErrorsMoveNothing(size: Float) {
    let settings = ArraySettings()
    var random = NamedStream(seed: 0, "tiny errors")
    let devices = Devices(outputs: 2, inputs: 3, settings, random: &random)
    var array = AnalogArray(outputs: 2, inputs: 3, devicesPerWeight: 1, random: &random)
    let before = array
    let errors = Matrix(rows: 1, columns: 2) { $1 == 0 ? size : 0 }
    array.update(
      inputs: Matrix(rows: 1, columns: 3, repeating: 1), errors: errors, devices: [devices], settings, random: &random)
    #expect(array == before)
    let read = array.backward(errors, settings, random: &random)
    #expect(read.storage.allSatisfy { abs($0) <= 4 * size })
  }

  @Test(arguments: [1, 64])
  func trainsOfEveryLengthStayWithinTheBounds(pulses: Int) {
    var settings = ArraySettings()
    (settings.pulses, settings.rate) = (pulses, 10)
    var random = NamedStream(seed: 0, "long trains")
    let devices = Devices(outputs: 1, inputs: 1, settings, random: &random)
    var array = AnalogArray(outputs: 1, inputs: 1, devicesPerWeight: 1, random: &random)
    let one = Matrix(rows: 1, columns: 1, repeating: 1)
    for _ in 0..<1000 { array.update(inputs: one, errors: one, devices: [devices], settings, random: &random) }
    let high = array.mean[0, 0]
    #expect(high > 0)
    array.update(inputs: one, errors: one, devices: [devices], settings, random: &random)
    #expect(array.mean[0, 0] <= high + 0.05)
  }

  @Test func boundManagementSavesReadsThatWouldBeCut() {
    var settings = ArraySettings()
    settings.readNoise = 0
    settings.outputBound = 1
    settings.weightBound = 10
    var random = NamedStream(seed: 0, "reads")
    let array = AnalogArray(outputs: 1, inputs: 64, devicesPerWeight: 1, random: &random)
    // Inputs of the signs of the weights: the output is the sum of their sizes, about 4.
    let inputs = Matrix(rows: 1, columns: 64) { array.mean[0, $1] > 0 ? 1 : -1 }
    let exact = array.mean.row(0).reduce(0) { $0 + abs($1) }
    #expect(abs(array.forward(inputs, settings, random: &random)[0, 0] - exact) < 0.1)
    settings.reads = 1
    #expect(array.forward(inputs, settings, random: &random)[0, 0] == 1)
  }

  @Test func aPerceptronLearnsAndLosesALittleOnOtherDevices() throws {
    let digits = try Digits()
    let settings = ArraySettings()
    let slots = (0..<2).map { Slot(seed: 0, place: $0, shapes: AnalogPerceptron.shapes, settings) }
    var random = NamedStream(seed: 0, "perceptron")
    var network = AnalogPerceptron(settings, random: &random)
    network.settle(on: slots[0])
    for _ in 0..<3 { network.trainEpoch(on: digits[0..<900], slot: slots[0], settings, random: &random) }
    #expect(network.accuracy(on: digits[900..<1200], settings, random: &random) > 0.82)
    let before = network.arrays
    network.settle(on: slots[1])
    #expect(network.arrays != before)
    #expect(network.accuracy(on: digits[900..<1200], settings, random: &random) > 0.8)
  }

  @Test func theDevicesOfASlotAreTheSameEachTime() {
    let settings = ArraySettings()
    func slot(_ place: Int) -> Slot { Slot(seed: 7, place: place, shapes: AnalogPerceptron.shapes, settings) }
    #expect(slot(3) == slot(3))
    #expect(slot(3) != slot(4))
  }

  @Test func theConvolutionLearnsInFloatingPoint() throws {
    let digits = try Digits()
    var settings = ArraySettings()
    settings.isDigital = true
    var random = NamedStream(seed: 0, "convolution")
    var network = AnalogConvolution(settings, random: &random)
    let slot = Slot(seed: 0, place: 0, shapes: AnalogConvolution.shapes, settings)
    for _ in 0..<4 { network.trainEpoch(on: digits[0..<900], slot: slot, settings, random: &random) }
    #expect(network.accuracy(on: digits[900..<1200], settings, random: &random) > 0.8)
  }
}
