/// What the model knows of an interval before it is trained: when, from which score, under which hyperparameters.
struct Point: Hashable, Sendable {
  /// When the interval starts, in intervals; only differences count.
  var time: Double
  /// The score before it and the hyperparameters that are numbers or have an order, each in the unit interval.
  var numbers: [Double]
  /// The positions of the hyperparameters that are choices in their lists.
  var categories: [Int]
}

/// How far two points are apart, before any parameter of the kernel is chosen.
struct Separation: Hashable, Sendable {
  /// The intervals between them.
  let elapsed: Double
  /// The squared distance of their numbers.
  let squaredDistance: Double
  /// The part of their categories that are equal; nothing where there are no categories.
  let overlap: Double?

  /// Compares two points of the same hyperparameters.
  init(_ a: Point, _ b: Point) {
    elapsed = abs(a.time - b.time)
    var sum = 0.0
    for position in a.numbers.indices {
      let difference = a.numbers[position] - b.numbers[position]
      sum += difference * difference
    }
    squaredDistance = sum
    overlap = a.categories.isEmpty ? nil : Separation.equalPart(a.categories, b.categories)
  }

  private static func equalPart(_ a: [Int], _ b: [Int]) -> Double {
    Double(a.indices.count { a[$0] == b[$0] }) / Double(a.count)
  }
}

/// How far each of some points is from each other one.
struct Separations: Sendable {
  /// The number of points.
  let count: Int
  /// All pairs, row by row of the lower triangle, the diagonal included.
  let pairs: [Separation]

  /// Compares all points with each other. O(count²).
  init(_ points: [Point]) {
    count = points.count
    pairs = points.indices.flatMap { row in (0...row).map { Separation(points[row], points[$0]) } }
  }
}
