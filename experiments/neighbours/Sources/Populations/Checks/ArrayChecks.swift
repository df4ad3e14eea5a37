import Neighbours

/// The accuracy with and without each kind of management: means over three seeds.
func arrayChecks() throws -> [Check] {
  let digits = try Digits()
  let (train, test) = (digits[0..<900], digits[1200..<1797])

  /// Test accuracy on the devices of training, and after a move to those of another slot.
  func accuracy<Network: AnalogNetwork>(
    epochs: Int, _ fresh: (ArraySettings, inout NamedStream) -> Network, _ change: (inout ArraySettings) -> Void
  ) -> (own: Double, moved: Double) {
    var settings = ArraySettings()
    change(&settings)
    let both = (UInt64(0)..<3).map { seed in
      var random = NamedStream(seed: seed, "array checks")
      var network = fresh(settings, &random)
      let slot = Slot(seed: seed, place: 0, shapes: Network.shapes, settings)
      network.settle(on: slot)
      for _ in 0..<epochs { network.trainEpoch(on: train, slot: slot, settings, random: &random) }
      let own = network.accuracy(on: test, settings, random: &random)
      network.settle(on: Slot(seed: seed, place: 1, shapes: Network.shapes, settings))
      return (own, network.accuracy(on: test, settings, random: &random))
    }
    return (mean(both.map(\.0)), mean(both.map(\.1)))
  }
  func perceptron(_ change: (inout ArraySettings) -> Void) -> (own: Double, moved: Double) {
    accuracy(epochs: 10, { AnalogPerceptron($0, random: &$1) }, change)
  }
  func convolution(_ change: (inout ArraySettings) -> Void) -> (own: Double, moved: Double) {
    accuracy(epochs: 8, { AnalogConvolution($0, random: &$1) }, change)
  }
  let all = perceptron { _ in }
  let unbounded = perceptron { $0.reads = 1 }
  let noisy = perceptron { $0.readNoise = 0.5 }
  let unmanaged = perceptron {
    $0.readNoise = 0.5
    $0.managesNoise = false
  }
  let short = perceptron { $0.pulses = 1 }
  let tight = perceptron { $0.weightBound = 0.3 }
  let low = perceptron { $0.outputBound = 2 }
  let lowUnbounded = perceptron {
    $0.outputBound = 2
    $0.reads = 1
  }
  let image = convolution { _ in }
  let unpaced = convolution { $0.managesUpdates = false }
  let imageUnbounded = convolution { $0.reads = 1 }
  let skewed = convolution { $0.asymmetry = 0.1 }
  let several = convolution {
    $0.asymmetry = 0.1
    $0.devicesPerWeight = 4
  }
  return [
    Check("arrays", "64-32-10, floating point (bound)", perceptron { $0.isDigital = true }.own, in: 0.94...0.98),
    Check("arrays", "64-32-10, all management", all.own, in: 0.92...0.975),
    Check(
      "arrays", "with and without bound management", wanted: "about .946 and .72", [all.own, unbounded.own],
      all.own > unbounded.own + 0.03),
    Check(
      "arrays", "outputs bounded at 2: with and without bound management", wanted: "about .91 and .35",
      [low.own, lowUnbounded.own], low.own > lowUnbounded.own + 0.2),
    Check(
      "arrays", "noise .5: with and without noise management backward", wanted: "about .85 and .78",
      [noisy.own, unmanaged.own], noisy.own > unmanaged.own),
    Check(
      "arrays", "trains of up to 31 pulses and of 1", wanted: "about .946 and .908", [all.own, short.own],
      all.own > short.own - 0.01),
    Check(
      "arrays", "accuracy lost by moving to other devices, weights to .6 and to .3", wanted: "about .004 and .02",
      [all.own - all.moved, tight.own - tight.moved], tight.own - tight.moved > all.own - all.moved),
    Check("arrays", "convolution, floating point (bound)", convolution { $0.isDigital = true }.own, in: 0.92...0.98),
    Check(
      "arrays", "convolution with and without bound management", wanted: "about .92 and .47",
      [image.own, imageUnbounded.own], image.own > imageUnbounded.own + 0.1),
    Check(
      "arrays", "convolution with and without update management", wanted: "about .923 and .921",
      [image.own, unpaced.own], abs(image.own - unpaced.own) < 0.03),
    Check(
      "arrays", "convolution with devices of asymmetry .05 and .1", wanted: "about .046 less", [image.own, skewed.own],
      image.own > skewed.own),
    Check(
      "arrays", "asymmetry .1: four devices per weight and one", wanted: "four better", [several.own, skewed.own],
      several.own > skewed.own),
  ]
}
