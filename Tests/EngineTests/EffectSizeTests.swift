@testable import PoptrainChecking
import Testing

@testable import PoptrainChecking

/// When an effect after loading is too weak for what the same values do from fresh.
@Suite struct EffectSizeTests {
  @Test(arguments: [
    // As strong as from fresh.
    (EffectSize(fresh: 0.29, loaded: 0.25, progress: 0.3), EffectSize.Standing.strong),
    // A scheduler brought the old value back after one of forty steps.
    (EffectSize(fresh: 0.29, loaded: 0.007, progress: 0.3), .weak),
    // Training stops, and there is still something to train.
    (EffectSize(fresh: 0.9, loaded: 0.08, progress: 0.1), .strong),
    // Training stops, but there was nothing left to train.
    (EffectSize(fresh: 0.9, loaded: 0.01, progress: 0.01), .open),
    // It diverges from fresh, and does next to nothing after loading.
    (EffectSize(fresh: .nan, loaded: 0.001, progress: 0.3), .weak),
    // It diverges after loading.
    (EffectSize(fresh: 0.9, loaded: .nan, progress: 0.3), .strong),
    // The score is not a number anywhere near.
    (EffectSize(fresh: 0.9, loaded: 0.001, progress: .nan), .weak),
    // One more example of 150 is right: chance.
    (EffectSize(fresh: 1.0 / 150, loaded: 0, progress: 0.1, grain: 1.0 / 150), .strong),
  ])
  func standing(_ size: EffectSize, _ standing: EffectSize.Standing) {
    #expect(size.standing == standing)
  }

  @Test func theValueThatDoesMostFromFreshTells() {
    let converged = EffectSize(fresh: 0.9, loaded: 0.01, progress: 0.01)
    let overwritten = EffectSize(fresh: 0.8, loaded: 0.03, progress: 0.01)
    let follows = EffectSize(fresh: 0.8, loaded: 0.5, progress: 0.01)
    let gentle = EffectSize(fresh: 0.02, loaded: 0.0001, progress: 0.01)
    #expect(EffectSize.areWeak([converged, overwritten]))
    #expect(!EffectSize.areWeak([converged, follows]))
    #expect(!EffectSize.areWeak([converged, gentle]))
    #expect(!EffectSize.areWeak([]))
  }

  @Test func aShareOfExamplesIsKnownByItsGrain() {
    #expect(EffectSize.grain(of: [0.92, 0.94, 1]) == 0.02)
    #expect(abs(EffectSize.grain(of: [149.0 / 150, 1.0 / 3, .nan]) - 1.0 / 150) < 1e-12)
    #expect(EffectSize.grain(of: [0.7310585786300049, 0.5]) == 0)
    #expect(EffectSize.grain(of: []) == 0)
  }

  @Test func anAccuracyOfSinglePrecisionHasAGrainAndATinyLossHasNone() {
    let shares = [292, 288, 17].map { Double(Float($0) / Float(300)) }
    #expect(abs(EffectSize.grain(of: shares) - 1.0 / 300) < 1e-12)
    #expect(EffectSize.grain(of: [3.1e-13, 2.7e-21]) == 0)
    #expect(EffectSize.grain(of: [0, 2.7e-21]) == 0)
  }
}
