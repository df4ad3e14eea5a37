import PoptrainExperimentFile
import PoptrainText
import PopulationBasedTraining

/// The members of a run, one a line.
struct MemberTable {
  private let scene: Scene
  private let members: [Member]
  /// The place of each founder's family among all, the largest first.
  private let places: [Trail.Founder: Int]
  /// The scores of all trends in order: how high a block is says how many of them are worse.
  private let scores: [Double]

  init(_ scene: Scene, _ members: [Member], families: [Scene.Family]) {
    self.scene = scene
    self.members = members
    places = Dictionary(uniqueKeysWithValues: families.enumerated().map { ($1.founder, $0) })
    scores = members.flatMap { scene.trail.curve(of: $0.id).suffix(Self.sparks) }.sorted()
  }

  /// The lines, the header first.
  func lines(width: Int) -> [Line] {
    let (rules, space) = (scene.experiment.rules, scene.experiment.rules.space)
    let best = scene.population.best?.published.sequence
    let changing = space.hyperparameters.filter(\.domain.isChanging).map(\.name)
    var columns = [
      ColumnTable.Column(title: "member", cells: members.map { Span("\($0.id)", paint($0)) }, isNumeric: true),
      ColumnTable.Column(title: "", cells: members.map { Span(sign($0), $0.state.paint) }),
      ColumnTable.Column(
        title: "", cells: members.map { Span($0.state.word, $0.state.paint) }, dispensability: .max, gap: 1),
      ColumnTable.Column(
        title: "steps", cells: members.map { Span(grouped(scene.steps(of: $0))) }, isNumeric: true, dispensability: 2),
      ColumnTable.Column(
        title: scene.experiment.metric,
        cells: members.map { member in
          guard let (score, isOwn) = scene.score(of: member) else { return Span("–", .dim) }
          let metric = short(rules.metric(ofScore: score))
          return isOwn
            ? Span(metric + " ", member.published?.sequence == best ? [.bold, .green] : []) : Span("(\(metric))", .dim)
        }, isNumeric: true),
      ColumnTable.Column(
        title: "trend", cells: members.map { Span(sparkline($0), $0.published == nil ? .dim : .cyan) },
        dispensability: 1),
    ]
    for (index, name) in changing.enumerated() {
      let cells = members.map { Span(short(space.inForce($0.hyperparameters, at: $0.age)[name]).cut(to: 16)) }
      // The first is what is looked at most.
      columns.append(ColumnTable.Column(title: name, cells: cells, dispensability: index == 0 ? 3 : 4 + index))
    }
    columns.append(
      ColumnTable.Column(
        title: "copied",
        cells: members.map { member in
          guard let donor = scene.trail.donors[member.id], donor.member != member.id else { return Span("") }
          return Span("← \(donor.member) at \(grouped(donor.age))")
        }))
    return ColumnTable(columns: columns).lines(width: width)
  }

  /// The colour of a family: that of the few largest.
  static func paint(ofFamily place: Int) -> [Paint] {
    let paints: [Paint] = [.blue, .magenta, .yellow, .green, .cyan]
    return paints.indices.contains(place) ? [paints[place]] : [.dim]
  }

  private func paint(_ member: Member) -> [Paint] {
    guard places.count < members.count, let founder = scene.trail.founder(of: member.id), let place = places[founder]
    else { return [] }
    return Self.paint(ofFamily: place)
  }

  private func sign(_ member: Member) -> String {
    switch member.state {
    case .leased: "▸"
    case .done: "✓"
    case .failed: "✗"
    case .ready, .due, .retired: " "
    }
  }

  private static let sparks = 8
  private static let blocks = Array("▁▂▃▄▅▆▇█")

  /// The last scores along the line of a member's model.
  private func sparkline(_ member: Member) -> String {
    String(
      scene.trail.curve(of: member.id).suffix(Self.sparks).map { score in
        let worse = scores.firstIndex { $0 >= score } ?? 0
        return Self.blocks[worse * Self.blocks.count / scores.count]
      })
  }
}
