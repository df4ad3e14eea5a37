@testable import PoptrainChecking
import Testing

/// How long intervals take, by those that were measured.
@Suite struct TimingTests {
  @Test func theTimeOfAnIntervalIsThatOfAProcessThatHasTrained() {
    var timing = Timing()
    timing.take(.seconds(9), steps: 20, isStarting: true)
    #expect(timing.duration(of: 20) == .seconds(9))
    #expect(timing.startup == .zero)
    timing.take(.seconds(2), steps: 20, isStarting: false)
    timing.take(.seconds(4), steps: 20, isStarting: false)
    #expect(timing.duration(of: 20) == .seconds(3))
    #expect(timing.duration(of: 40) == .seconds(6))
    #expect(timing.startup == .seconds(6))
  }

  @Test func aShorterIntervalTellsWhatEachTakesHoweverShort() {
    var timing = Timing()
    timing.take(.seconds(5), steps: 20, isStarting: false)
    timing.take(.milliseconds(1200), steps: 1, isStarting: false)
    #expect(timing.duration(of: 20) == .seconds(5))
    #expect(timing.duration(of: 40) == .seconds(9))
    #expect(timing.duration(of: 0) == .seconds(1))
  }

  @Test func chanceMakesNoTimeNegative() {
    var timing = Timing()
    #expect(timing.duration(of: 20) == .zero)
    timing.take(.seconds(1), steps: 20, isStarting: false)
    timing.take(.seconds(2), steps: 1, isStarting: false)
    for steps in [0, 1, 20, 1000] { #expect(timing.duration(of: steps) == .seconds(1)) }
  }
}
