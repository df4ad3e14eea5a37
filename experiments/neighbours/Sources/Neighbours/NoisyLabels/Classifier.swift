/// A network with one hidden layer of rectified linear units and a softmax, trained by gradient descent with Nesterov's
/// momentum.
public struct Classifier: Sendable, Codable, Equatable {
  /// Weights by layer, inputs x outputs, and biases.
  private var weights: [Matrix]
  private var biases: [[Float]]
  private var weightSpeeds: [Matrix]
  private var biasSpeeds: [[Float]]

  /// A network of normal weights of variance 1 / inputs.
  public init(inputs: Int, hidden: Int, classes: Int, random: inout NamedStream) {
    weights = []
    for (from, to) in [(inputs, hidden), (hidden, classes)] {
      let scale = 1 / Double(from).squareRoot()
      weights.append(Matrix(rows: from, columns: to) { _, _ in Float(scale * random.normal()) })
    }
    biases = weights.map { [Float](repeating: 0, count: $0.columns) }
    weightSpeeds = weights.map { Matrix(rows: $0.rows, columns: $0.columns) }
    biasSpeeds = biases
  }

  /// What a forward pass leaves for the backward pass.
  public struct Activations: Sendable {
    /// The images, the hidden layer and the probabilities of the classes, an instance a row.
    public var images, hidden, probabilities: Matrix
  }

  /// The probabilities of the classes for some images, one a row.
  public func forward(_ images: Matrix) -> Activations {
    var hidden = images.times(weights[0])
    hidden.addToRows(biases[0])
    hidden.map { max($0, 0) }
    var output = hidden.times(weights[1])
    output.addToRows(biases[1])
    output.softmaxRows()
    return Activations(images: images, hidden: hidden, probabilities: output)
  }

  /// A step down the gradient of the mean cross-entropy with these labels.
  public mutating func step(_ activations: Activations, labels: [Int], rate: Float, momentum: Float = 0.9) {
    var delta = activations.probabilities
    for (row, label) in labels.enumerated() { delta[row, label] -= 1 }
    let share = 1 / Float(labels.count)
    delta.map { $0 * share }
    var hiddenDelta = delta.timesTransposed(weights[1])
    hiddenDelta.combine(activations.hidden) { $1 > 0 ? $0 : 0 }
    move(1, activations.hidden.transposedTimes(delta), delta.columnSums(), rate, momentum)
    move(0, activations.images.transposedTimes(hiddenDelta), hiddenDelta.columnSums(), rate, momentum)
  }

  /// v ← m v - r g, w ← w + m v - r g.
  private mutating func move(_ layer: Int, _ gradient: Matrix, _ bias: [Float], _ rate: Float, _ momentum: Float) {
    weightSpeeds[layer].combine(gradient) { momentum * $0 - rate * $1 }
    var change = weightSpeeds[layer]
    change.combine(gradient) { momentum * $0 - rate * $1 }
    weights[layer].combine(change) { $0 + $1 }
    for place in bias.indices {
      biasSpeeds[layer][place] = momentum * biasSpeeds[layer][place] - rate * bias[place]
      biases[layer][place] += momentum * biasSpeeds[layer][place] - rate * bias[place]
    }
  }

  /// The share of images whose most probable class is their label.
  public func accuracy(on part: Digits.Part) -> Double {
    let found = forward(part.images).probabilities.largestColumns()
    return Double(zip(found, part.labels).count { $0 == $1 }) / Double(part.labels.count)
  }
}
