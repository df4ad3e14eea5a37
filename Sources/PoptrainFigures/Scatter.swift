internal import PoptrainExperimentFile
internal import PoptrainPages
internal import PoptrainText
internal import PopulationBasedTraining

extension Course {
  /// The score of every interval against each hyperparameter.
  var scatter: Figure {
    let (axis, outside) = Course.scoreAxis(stretches.compactMap(\.score))
    let colours = ColourScale(
      label: "steps of the model", axis: Axis(to: Double(max(1, greatestAge))), isReversed: false)
    let panels = hyperparameters.map { hyperparameter in
      let values = self.axis(of: hyperparameter)
      return Figure.Panel(
        title: hyperparameter.name, x: values, xLabel: "", y: axis, yLabel: "",
        series: dots(hyperparameter, values, axis, colours))
    }
    let isThinned = stretches.count > Course.mostDots
    let notes = [
      stretches.isEmpty
        ? "No interval has finished yet."
        : panels.isEmpty ? "No hyperparameter is searched." : "A dot is an interval: \(metricLabel) at its end.",
      isThinned ? "Of those in one place, only the latest is drawn." : nil,
      outside > 0 ? "\(counted(outside, "score")) outside the scale." : nil,
    ].compactMap(\.self)
    return Figure(
      name: "scatter", title: "\(experiment.metric) against each hyperparameter", note: notes.joined(separator: " "),
      content: .panels(panels, columns: Course.columns(for: panels.count), height: panels.count > 1 ? 200 : 340),
      legend: [Figure.Key(label: Course.winnerName, shape: .points, pen: Pen(.winner, .large))], colours: colours,
      table: membersTable)
  }

  /// Above so many intervals, only one dot is drawn in one place.
  private static let mostDots = 2000

  private func dots(_ hyperparameter: Hyperparameter, _ values: Axis, _ scores: Axis, _ colours: ColourScale)
    -> [Figure.Series]
  {
    let isThinned = stretches.count > Course.mostDots
    // Of those in one place, the latest.
    var latest: [Int: Int] = [:]
    if isThinned {
      for (index, stretch) in stretches.enumerated() {
        guard let dot = dot(stretch, hyperparameter, values, hasTip: false) else { continue }
        let row = Int(min(max(scores.position(of: dot.y), -1), 2) * 40)
        latest[Int(values.position(of: dot.x) * 50) * 1000 + row] = index
      }
    }
    let drawn = (isThinned ? latest.values.sorted() : Array(stretches.indices)).compactMap { index in
      dot(stretches[index], hyperparameter, values, hasTip: !isThinned).map { dot in
        (colour: colours.colour(of: Double(stretches[index].ages.upperBound)), dot: dot)
      }
    }
    let dots = Dictionary(grouping: drawn, by: \.colour)
    let series = Colour.all.compactMap { colour in
      dots[colour].map { dots in
        Figure.Series(name: "intervals", shape: .points, pen: Pen(colour, .dot), lines: [dots.map(\.dot)])
      }
    }
    let best = winner.compactMap { dot(stretches[$0], hyperparameter, values, hasTip: true) }
    guard !best.isEmpty else { return series }
    // Around the dots where they can be seen, otherwise over them.
    let pen = Pen(.winner, isThinned ? .dot : .large)
    let winner = Figure.Series(name: Course.winnerName, shape: .points, pen: pen, lines: [best])
    return isThinned ? series + [winner] : [winner] + series
  }

  private func dot(_ stretch: Stretch, _ hyperparameter: Hyperparameter, _ axis: Axis, hasTip: Bool) -> Figure.Point? {
    guard let score = stretch.score, let value = stretch.hyperparameters[hyperparameter.name],
      let x = place(of: value, on: axis)
    else { return nil }
    guard hasTip else { return Figure.Point(x, score) }
    let said = "\(value), \(experiment.metric) \(Course.short(score))"
    return Figure.Point(x, score, tip: "member \(stretch.member), age \(stretch.ages.upperBound): \(said)")
  }
}
