import Foundation
import PoptrainSimulation
import PopulationBasedTraining

// How long 64 workers wait for one that decides by PB2.

print("window  seconds of the decision  most seconds that another waited: computed by the store, on its own thread")
for window in [200, 1000] {
  guard let pb2 = ExploreRules.all.first(where: { $0.name == "pb2" }) else { fatalError("there is no pb2") }
  let rules = Rules(
    populationSize: 64, steps: 1_000_000, interval: 1, mode: .max,
    space: Space(["a", "b", "c", "d"].map { Hyperparameter($0, .uniform(0, 1)) }),
    explore: RuleChoice(pb2, ["window": .number(Double(window))]))
  let folder = NSTemporaryDirectory()
  let together = try await LongestWait.measured(in: folder, rules: rules, isApart: false)
  let apart = try await LongestWait.measured(in: folder, rules: rules, isApart: true)
  print(window, String(format: "%.3f  %.3f  %.3f", apart.decision, together.others, apart.others))
}
