/// A network with one hidden layer of rectified linear units and a softmax, trained by gradient descent with momentum.
public struct Classifier: Sendable, Codable, Equatable {
  /// A fully connected layer with its optimizer.
  private struct Layer: Sendable, Codable, Equatable {
    /// Inputs x outputs.
    var weights, weightVelocity: Matrix
    @Packed var biases: [Float]
    @Packed var biasVelocity: [Float]

    /// Normal weights of variance 1 / inputs, biases of 0.
    init(inputs: Int, outputs: Int, random: inout NamedStream) {
      let scale = 1 / Double(inputs).squareRoot()
      weights = Matrix(rows: inputs, columns: outputs) { _, _ in Float(scale * random.normal()) }
      weightVelocity = Matrix(rows: inputs, columns: outputs)
      biases = [Float](repeating: 0, count: outputs)
      biasVelocity = [Float](repeating: 0, count: outputs)
    }

    /// The outputs before the nonlinearity, instances x outputs.
    func outputs(for inputs: Matrix) -> Matrix {
      var outputs = inputs.times(weights)
      outputs.addToRows(biases)
      return outputs
    }

    /// Momentum of a heavy ball, with m = 0.9: v ← m v - rate g, w ← w + v.
    mutating func step(_ gradient: Matrix, _ biasGradient: [Float], rate: Float) {
      let momentum: Float = 0.9
      weightVelocity.combine(gradient) { momentum * $0 - rate * $1 }
      weights.combine(weightVelocity) { $0 + $1 }
      for place in biases.indices {
        biasVelocity[place] = momentum * biasVelocity[place] - rate * biasGradient[place]
        biases[place] += biasVelocity[place]
      }
    }
  }

  private var first, second: Layer

  /// An untrained network.
  public init(inputs: Int, hidden: Int, classes: Int, random: inout NamedStream) {
    first = Layer(inputs: inputs, outputs: hidden, random: &random)
    second = Layer(inputs: hidden, outputs: classes, random: &random)
  }

  /// The activations of a forward pass, which the backward pass needs.
  public struct Activations: Sendable {
    /// The images, the hidden layer and the probabilities of the classes, with a row for each instance.
    public var images, hidden, probabilities: Matrix
  }

  /// The forward pass of some images, a row each.
  public func forward(_ images: Matrix) -> Activations {
    var hidden = first.outputs(for: images)
    hidden.map { max($0, 0) }
    var output = second.outputs(for: hidden)
    output.softmaxRows()
    return Activations(images: images, hidden: hidden, probabilities: output)
  }

  /// A step down the gradient of the mean cross-entropy with these labels. An empty batch changes nothing.
  public mutating func step(_ activations: Activations, labels: [Int], rate: Float) {
    guard !labels.isEmpty else { return }
    var delta = activations.probabilities
    for (row, label) in labels.enumerated() { delta[row, label] -= 1 }
    let share = 1 / Float(labels.count)
    delta.map { $0 * share }
    var hiddenDelta = delta.timesTransposed(second.weights)
    hiddenDelta.combine(activations.hidden) { $1 > 0 ? $0 : 0 }
    second.step(activations.hidden.transposedTimes(delta), delta.columnSums(), rate: rate)
    first.step(activations.images.transposedTimes(hiddenDelta), hiddenDelta.columnSums(), rate: rate)
  }

  /// The accuracy, the share of images whose most probable class is their label.
  public func accuracy(on part: Digits.Part) -> Double {
    let found = forward(part.images).probabilities.largestColumns()
    return Double(zip(found, part.labels).count { $0 == $1 }) / Double(part.labels.count)
  }
}
