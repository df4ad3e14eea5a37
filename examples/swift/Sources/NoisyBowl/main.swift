import Poptrain
import PopulationBasedTraining

let space = Space([Hyperparameter("learning_rate", .logUniform(1e-4, 1))])
let rules = Rules(populationSize: 8, steps: 400, interval: 20, metric: "loss", mode: .min, space: space)
let trained = try await trainPopulation(rules: rules, workers: 2) { _ in NoisyBowl() }

print("loss \(trained.best.metric) by this schedule:")
for stretch in trained.best.lineage.schedule {
  print("\(stretch.ages): \(stretch.hyperparameters["learning_rate"] ?? .number(0))")
}
