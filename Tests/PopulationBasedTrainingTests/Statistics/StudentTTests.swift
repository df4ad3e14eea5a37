import Testing

@testable import PopulationBasedTraining

@Suite struct StudentTTests {
  private let degrees = [1, 1.3, 2, 3.7, 9, 30, 31.5, 32, 700, 1e6]

  @Test("Tails are scipy's, from the middle to 1e-300")
  func tailsAreScipys() throws {
    let references = try Reference.all("tail")
    #expect(references.count > 150)
    for reference in references {
      let tail = StudentT(degreesOfFreedom: reference[0]).upperTail(reference[1])
      #expect(isClose(tail, reference[2]), "\(reference): \(tail)")
    }
  }

  @Test("Quantiles are scipy's")
  func quantilesAreScipys() throws {
    for reference in try Reference.all("quantile") {
      let quantile = StudentT(degreesOfFreedom: reference[0]).quantile(upperTail: reference[1])
      #expect(isClose(quantile, reference[2], scale: 1e-300), "\(reference): \(quantile)")
    }
  }

  @Test("Close to zero a tail leaves a half by the density")
  func tinyValues() {
    for t in [1e-12, 1e-9, 1e-6] {
      let one = StudentT(degreesOfFreedom: 1).upperTail(t)
      #expect(isClose(0.5 - one, t / .pi, scale: 1e-4))
      let two = StudentT(degreesOfFreedom: 2).upperTail(t)
      #expect(isClose(0.5 - two, t / 2 / (2 + t * t).squareRoot(), scale: 1e-4))
    }
  }

  @Test("Tails fall, and both sides make one")
  func tailsFall() {
    for degrees in degrees {
      let distribution = StudentT(degreesOfFreedom: degrees)
      let values = stride(from: -6.0, through: 6, by: 0.01).map { distribution.upperTail($0) }
      #expect(zip(values, values.dropFirst()).allSatisfy { $0 > $1 })
      #expect(zip(values, values.reversed()).allSatisfy { isClose($0 + $1, 1) })
    }
  }

  @Test("What is no ordinary number has its limit")
  func limits() {
    for degrees in degrees {
      let distribution = StudentT(degreesOfFreedom: degrees)
      #expect(distribution.upperTail(0) == 0.5)
      #expect(distribution.upperTail(.infinity) == 0)
      #expect(distribution.upperTail(-.infinity) == 1)
      #expect(distribution.upperTail(.greatestFiniteMagnitude) < 1e-307)
      #expect(distribution.upperTail(.leastNonzeroMagnitude) == 0.5)
      #expect(distribution.upperTail(.nan).isNaN)
    }
  }
}
