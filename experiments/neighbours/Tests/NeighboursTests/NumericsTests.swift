import Neighbours
import Testing

/// The wanted values are from numpy 2.4, scipy and scikit-learn, for the same input.
@Suite struct NumericsTests {
  @Test func productsAreThoseOfNumpy() {
    let a = Matrix(rows: 7, columns: 5) { Float(sine($0 * 5 + $1)) }
    let b = Matrix(rows: 5, columns: 11) { Float(sine(Double($0 * 3 - $1) + Double.pi / 2)) }
    for product in [a.times(b), a.timesTransposed(b.transposed()), a.transposed().transposedTimes(b)] {
      #expect(abs(product[0, 0] - -0.7271791) < 1e-5)
      #expect(abs(product[3, 10] - -0.6024087) < 1e-5)
      #expect(abs(product[6, 4] - 0.4046993) < 1e-5)
      #expect(abs(product.columnSums().reduce(0, +) - 0.9325068) < 1e-4)
    }
  }

  @Test func choleskySolvesAsScipyDoes() throws {
    let factor = try #require(Cholesky([4, 1, 0.5, 1, 3, -0.2, 0.5, -0.2, 2], order: 3))
    let wanted = [-0.15988511249401627, 0.8281474389660124, 1.6227860220201054]
    #expect(zip(factor.solve([1, 2, 3]), wanted).allSatisfy { abs($0 - $1) < 1e-14 })
    #expect(Cholesky([1, 2, 2, 1], order: 2) == nil)
  }

  @Test func quantilesAreThoseOfNumpy() {
    let values: [Float] = [0.3, 1.7, -2, 4.1, 0.9]
    let found = [0, 0.1, 0.5, 0.95, 1].compactMap { quantile(values, $0) }
    #expect(zip(found, [-2, -1.08, 0.9, 3.62, 4.1]).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(quantile([], 0.5) == nil)
  }

  @Test func theMixtureIsThatOfScikitLearn() throws {
    let values = (0..<60).map { (place: Int) -> Float in
      let offset: Float = place.isMultiple(of: 3) ? 2.5 : 0
      return offset + Float(place * 7 % 20) / 20
    }
    let mixture = try #require(GaussianMixture(values, tolerance: 1e-3, addedVariance: 0.01))
    #expect(abs(mixture.weights[0] - 0.6666666667) < 1e-6)
    #expect(abs(mixture.means[0] - 0.475) < 1e-6 && abs(mixture.means[1] - 2.975) < 1e-6)
    #expect(mixture.variances.allSatisfy { abs($0 - 0.093125) < 1e-6 })
  }

  /// One value is far from both clusters.
  @Test func theMixtureIsThatOfScikitLearnForAnOutlier() throws {
    let groups: [(value: Float, count: Int)] = [(0, 20), (0.02, 20), (30, 15), (30.02, 15), (10, 1)]
    let values = groups.flatMap { [Float](repeating: $0.value, count: $0.count) }
    let mixture = try #require(GaussianMixture(values, tolerance: 1e-3, addedVariance: 0.01))
    #expect(abs(mixture.weights[0] - 0.57746479) < 1e-6)
    #expect(abs(mixture.means[0] - 0.25365854) < 1e-6 && abs(mixture.means[1] - 30.01000023) < 1e-6)
    #expect(abs(mixture.variances[0] - 2.38487686) < 1e-6 && abs(mixture.variances[1] - 0.0101) < 1e-6)
  }

  @Test func overlapsAreThoseOfPython() {
    #expect(abs(overlap((0, 1), (1.5, 0.5)) - 0.2922167903295807) < 1e-12)
    #expect(abs(overlap((0, 1), (1, 1)) - 0.6170750774519738) < 1e-12)
  }

  @Test func adamIsThatOfNumpy() {
    var parameters: [Float] = [1, -2, 3]
    var adam = Adam(count: 3)
    for step in 1...5 {
      let drift: [Float] = [0.1, 0, -0.1]
      adam.step(&parameters, parameters.indices.map { 2 * parameters[$0] + drift[$0] * Float(step) }, rate: 0.1)
    }
    #expect(zip(parameters, [0.5027661, -1.5029558, 2.5030248]).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  /// The sine, without Foundation.
  private func sine(_ x: Int) -> Double { sine(Double(x)) }
  private func sine(_ x: Double) -> Double {
    var (term, sum) = (x.remainder(dividingBy: 2 * .pi), 0.0)
    let reduced = term
    for k in 0..<15 {
      sum += term
      term *= -reduced * reduced / Double((2 * k + 2) * (2 * k + 3))
    }
    return sum
  }
}
