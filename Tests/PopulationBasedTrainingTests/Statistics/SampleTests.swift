import Testing

@testable import PopulationBasedTraining

@Suite struct SampleTests {
  @Test("Mean, median, standard deviation and interval are numpy's and scipy's")
  func summariesAreNumpys() throws {
    for reference in try Reference.all("sample") {
      let sample = try #require(Sample(reference.fields[0]))
      let scale = reference.fields[0].map(\.magnitude).max() ?? 0
      #expect(isClose(sample.mean, reference[1], scale: scale), "\(reference)")
      #expect(isClose(sample.median, reference[2]), "\(reference)")
      #expect(isClose(sample.standardDeviation, reference[3]), "\(reference)")
      let interval = try #require(sample.meanInterval(confidence: 0.95))
      #expect(isClose(interval.upperBound - sample.mean, reference[4], scale: scale), "\(reference)")
      #expect(isClose(sample.mean - interval.lowerBound, reference[4], scale: scale), "\(reference)")
    }
  }

  @Test("Numbers that are not there, or are none, are no sample")
  func noSample() {
    #expect(Sample([]) == nil)
    #expect(Sample([1, .nan]) == nil)
    #expect(Sample([.infinity]) == nil)
  }

  @Test("A single number is its own mean and median, and says nothing of its spread")
  func single() throws {
    let sample = try #require(Sample([-0.3]))
    #expect(sample.mean == -0.3)
    #expect(sample.median == -0.3)
    #expect(sample.standardDeviation == nil)
    #expect(sample.meanInterval(confidence: 0.95) == nil)
  }

  @Test(
    "Equal numbers have no spread, whatever they are",
    arguments: [0.1, 0, -1e300, .leastNonzeroMagnitude, 0x1p-1030 * 3])
  func equalNumbers(_ number: Double) throws {
    let sample = try #require(Sample(Array(repeating: number, count: 7)))
    #expect(sample.mean == number)
    #expect(sample.median == number)
    #expect(sample.standardDeviation == 0)
    #expect(sample.meanInterval(confidence: 0.99) == number...number)
  }

  @Test("Huge and tiny numbers keep their digits", arguments: [-1000, -700, -3, 5, 1000])
  func scales(_ exponent: Int) throws {
    let numbers = [0.3, 0.7, 0.4, 1.9, -0.2]
    let unit = Double(sign: .plus, exponent: exponent, significand: 1)
    let sample = try #require(Sample(numbers))
    let scaled = try #require(Sample(numbers.map { $0 * unit }))
    #expect(scaled.mean == sample.mean * unit)
    #expect(scaled.median == sample.median * unit)
    #expect(scaled.standardDeviation == sample.standardDeviation.map { $0 * unit })
  }

  @Test("The largest numbers overflow nothing")
  func largest() throws {
    #expect(Sample([Sample.limit.nextUp]) == nil)
    let sample = try #require(Sample([Sample.limit, -Sample.limit, -Sample.limit]))
    let other = try #require(Sample([-Sample.limit, Sample.limit, Sample.limit]))
    #expect(isClose(sample.mean, -Sample.limit / 3))
    #expect(sample.median == -Sample.limit)
    #expect(try #require(Sample([Sample.limit, Sample.limit / 2])).median == 0.75 * Sample.limit)
    #expect(sample.standardDeviation?.isFinite == true)
    #expect(isClose(sample.excess(over: other), -Sample.limit / 3 * 2))
    #expect(try #require(WelchTest(sample, other)).twoSidedP > 0.5)
  }
}
