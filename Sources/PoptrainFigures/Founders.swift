internal import PopulationBasedTraining
internal import PoptrainExperimentFile
internal import PoptrainPages
internal import PoptrainText

extension Course {
  /// The share of the population that descends from each line that began fresh.
  var founders: Figure {
    let shares = self.shares
    let final = shares.last?.founders ?? [:]
    var weights: [Int: Int] = [:]
    for moment in shares { weights.merge(moment.founders, uniquingKeysWith: +) }
    let sorted = weights.keys.sorted {
      (final[$0, default: 0], weights[$0, default: 0], $1) > (final[$1, default: 0], weights[$1, default: 0], $0)
    }
    let named = Array(sorted.prefix(Colour.categories))
    let rest = Set(sorted.dropFirst(Colour.categories))

    var groups = named.enumerated().map { index, founder in
      (name: name(ofFounder: founder), founders: Set([founder]), pen: Pen(.category(index)))
    }
    if !rest.isEmpty { groups.append(("\(grouped(rest.count)) others", rest, Pen(.soft, .fine, .light))) }
    var below = shares.map { _ in 0.0 }
    let series = groups.map { group in
      let own = shares.map { moment in
        Double(group.founders.reduce(0) { $0 + moment.founders[$1, default: 0] }) / Double(max(1, moment.size)) * 100
      }
      let above = zip(below, own).map(+)
      defer { below = above }
      let (lower, upper) = (outline(shares.map(\.steps), below), outline(shares.map(\.steps), above))
      return Figure.Series(
        name: group.name, shape: .areas, pen: group.pen, lines: lower.isEmpty ? [] : [lower + upper.reversed()])
    }
    let left = Set(final.keys.filter { final[$0, default: 0] > 0 }).count
    let begun = weights.count
    return Figure(
      name: "founders", title: "Who the population descends from",
      note: begun == 0
        ? "No member has joined yet."
        : "Of \(counted(begun, "model")) that began fresh, \(left) \(left == 1 ? "has" : "have") descendants now.",
      content: .panels(
        [
          Figure.Panel(
            x: Axis(to: shares.last?.steps ?? 1), xLabel: "steps of each member, on average", y: Axis(from: 0, to: 100),
            yLabel: "% of the members", series: series)
        ], columns: 1, height: 250),
      legend: series.map { Figure.Key(label: $0.name, shape: .areas, pen: $0.pen) }, colours: nil,
      table: Figure.Table(
        "How many members descend from each model that began fresh", ["ancestor", "members now"],
        sorted.map { [name(ofFounder: $0), "\(final[$0, default: 0])"] }))
  }

  private func name(ofFounder founder: Int) -> String {
    let line = lines[founder]
    return "member \(line.member)" + (line.startSteps > 0 ? ", fresh at \(grouped(line.startSteps))" : "")
  }

  /// How many members there were of each founder, after so many steps.
  private struct Share {
    var steps: Double
    var size: Int
    var founders: [Int: Int]
  }

  /// The shares whenever they changed, but not more often than can be drawn.
  private var shares: [Share] {
    let size = Double(max(1, experiment.rules.populationSize))
    let total = stretches.reduce(0.0) { $0 + Double($1.steps.count - 1) } / size
    var shares: [Share] = []
    var current: [Int: Int] = [:]
    var counts: [Int: Int] = [:]
    var trained = 0.0
    func note() {
      let share = Share(steps: trained, size: current.count, founders: counts)
      if let last = shares.last, last.steps == trained || (last.steps > 0 && trained - last.steps < total / 400) {
        shares[shares.count - 1] = Share(steps: last.steps, size: share.size, founders: share.founders)
      } else {
        shares.append(share)
      }
    }
    for moment in moments {
      switch moment {
      case .trained(let stretch): trained += Double(stretches[stretch].steps.count - 1) / size
      case .began(let line):
        if let old = current[lines[line].member] { counts[old, default: 0] -= 1 }
        current[lines[line].member] = lines[line].founder
        counts[lines[line].founder, default: 0] += 1
        note()
      case .left(let member):
        if let old = current.removeValue(forKey: member) { counts[old, default: 0] -= 1 }
        note()
      }
    }
    if let last = shares.last, trained > last.steps {
      shares.append(Share(steps: trained, size: last.size, founders: last.founders))
    }
    return shares
  }

  /// A line that keeps its height until the next place.
  private func outline(_ steps: [Double], _ heights: [Double]) -> [Figure.Point] {
    steps.indices.flatMap { index in
      (index > 0 && heights[index - 1] != heights[index] ? [Figure.Point(steps[index], heights[index - 1])] : [])
        + [Figure.Point(steps[index], heights[index])]
    }
  }
}
