import PoptrainStoreTesting
import Testing

@testable import PopulationBasedTraining

/// The factorisation against the definition of what it computes.
@Suite struct CholeskyTests {
  /// A symmetric positive definite matrix: B·Bᵀ plus a little on the diagonal.
  private func matrix(_ count: Int, _ dice: inout SeededGenerator) -> [Double] {
    let b = (0..<count * count).map { _ in dice.real(-1...1) }
    var product = multiply(b, transposed(b, count), count)
    for row in 0..<count { product[row * count + row] += 0.1 }
    return product
  }

  private func transposed(_ a: [Double], _ count: Int) -> [Double] {
    (0..<count * count).map { a[$0 % count * count + $0 / count] }
  }

  private func multiply(_ a: [Double], _ b: [Double], _ count: Int) -> [Double] {
    (0..<count * count).map { cell in
      (0..<count).reduce(0) { $0 + a[cell / count * count + $1] * b[$1 * count + cell % count] }
    }
  }

  private func multiply(_ a: [Double], _ x: [Double]) -> [Double] {
    x.indices.map { row in x.indices.reduce(0) { $0 + a[row * x.count + $1] * x[$1] } }
  }

  private func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).map { abs($0 - $1) }.max() ?? 0
  }

  @Test("A·solve(b) is b, A times the inverse is one, and no jitter is added", arguments: Array(1...20) + [33, 40])
  func solves(_ count: Int) {
    var dice = SeededGenerator(seed: UInt64(count))
    let a = matrix(count, &dice)
    let b = (0..<count).map { _ in dice.real(-1...1) }
    let factor = Cholesky(a, count: count)
    #expect(factor.jitter == 0)
    #expect(largestDifference(multiply(a, factor.solve(b)), b) < 1e-11)

    let lower = factor.inverse()
    let inverse = (0..<count * count).map { cell in
      let (row, column) = (cell / count, cell % count)
      return lower[max(row, column) * count + min(row, column)]
    }
    let one = (0..<count * count).map { $0 / count == $0 % count ? 1.0 : 0 }
    #expect(largestDifference(multiply(a, inverse, count), one) < 1e-11)
  }

  @Test("The length of L⁻¹·b is that of b measured by the inverse of A", arguments: 1...12)
  func solvesLower(_ count: Int) {
    var dice = SeededGenerator(seed: UInt64(100 + count))
    let factor = Cholesky(matrix(count, &dice), count: count)
    let b = (0..<count).map { _ in dice.real(-1...1) }
    let length = factor.solveLower(b).reduce(0) { $0 + $1 * $1 }
    let measured = zip(b, factor.solve(b)).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(agree(length, measured))
  }

  @Test("The determinant of a known matrix")
  func determinant() {
    #expect(agree(exponential(Cholesky([4, 0, 0, 1, 3, 0, 2, 0, 5], count: 3).logDeterminant), 43))
    #expect(Cholesky([], count: 0).logDeterminant == 0)
  }

  @Test("Only the lower triangle is read")
  func upperTriangleIsIgnored() {
    #expect(Cholesky([4, .nan, 1, 3], count: 2).solve([1, 2]) == Cholesky([4, 1, 1, 3], count: 2).solve([1, 2]))
  }

  @Test("A matrix of equal rows is factorised with a jitter far below its elements", arguments: [1e-150, 1, 1e150])
  func equalRows(_ scale: Double) {
    let factor = Cholesky([Double](repeating: scale, count: 400), count: 20)
    #expect(factor.jitter > 0 && factor.jitter <= 1e-10 * scale)
    let solution = factor.solve([Double](repeating: scale, count: 20))
    #expect(abs(solution.reduce(0, +) - 1) < 1e-6)
  }

  @Test("A matrix of zeros and an indefinite one are factorised too")
  func noDefiniteMatrix() {
    #expect(Cholesky([0, 0, 0, 0], count: 2).jitter > 0)
    #expect(Cholesky([1, 2, 2, 1], count: 2).jitter >= 1)
  }
}
