internal import PoptrainExperimentFile
internal import PoptrainPages
internal import PoptrainText
internal import PopulationBasedTraining

extension Course {
  /// A line over the hyperparameters for each model that there was, with its last score.
  var parallel: Figure {
    let shown = hyperparameters
    let axes = shown.map { (label: $0.name, axis: axis(of: $0)) }
    let best = winner.last.map { stretches[$0].line }
    let models = lines.indices.compactMap { line -> (line: Int, values: [Double], score: Double)? in
      guard let last = lines[line].stretches.last(where: { stretches[$0].score != nil }),
        let score = stretches[last].score
      else { return nil }
      let values = zip(shown, axes).compactMap { hyperparameter, named in
        stretches[last].hyperparameters[hyperparameter.name].flatMap { place(of: $0, on: named.axis) }
      }
      return values.count == shown.count ? (line, values, score) : nil
    }.sorted { isBetter($0.score, than: $1.score) }
    let drawn = models.prefix(Course.mostModels).reversed()
    let colours = colours(of: drawn.map(\.score))
    let strength: Pen.Strength = drawn.count > 50 ? .light : .full
    let parallel = Figure.Parallel(
      axes: axes + [(label: experiment.metric, axis: Axis(closeAround: drawn.map(\.score)))],
      lines: drawn.filter { $0.line != best }.map { model in
        (
          values: model.values + [model.score], pen: Pen(colours.colour(of: model.score), .fine, strength),
          score: model.score
        )
      }
        + drawn.filter { $0.line == best }.map { model in
          (values: model.values + [model.score], pen: Pen(.winner, .bold), score: model.score)
        })
    let note =
      models.isEmpty
      ? "No model has a score yet."
      : "A line is a model: its last values and score."
        + (drawn.count < models.count ? " The best \(drawn.count) of \(grouped(models.count))." : "")
    return Figure(
      name: "parallel", title: "Hyperparameters and \(experiment.metric) of each model", note: note,
      content: .parallel(parallel),
      legend: [Figure.Key(label: "best model", shape: .lines, pen: Pen(.winner, .bold))], colours: colours,
      table: membersTable)
  }

  /// More lines would be a blot.
  private static let mostModels = 300
}
