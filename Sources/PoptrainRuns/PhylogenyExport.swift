internal import PoptrainExperimentFile
internal import PoptrainJSON
internal import PopulationBasedTraining

/// Every model of a run and the one that it was trained from, for programs that know phylogenies.
package struct PhylogenyExport: Sendable {
  private struct Model: Sendable {
    let sequence: Int
    let member: Member.ID
    let age: Int
    let score: Double?
    let hyperparameters: Hyperparameters
    let checkpoint: CheckpointID
  }

  private let models: [Model]
  /// The model that each was trained from, by its place; none where it began fresh.
  private let parents: [Int?]
  private let run: RecordedRun

  /// Reads the models of a run.
  package init(_ run: RecordedRun) throws(RunError) {
    var models: [Model] = []
    var parents: [Int?] = []
    var places: [CheckpointID: Int] = [:]
    var pages = run.pages()
    while let records = try pages.next() {
      for case .interval(let interval) in records where interval.kind == .train {
        guard let end = interval.end else { continue }
        parents.append(interval.start.flatMap { places[$0] })
        places[end] = models.count
        models.append(
          Model(
            sequence: interval.sequence, member: interval.member, age: interval.endAge, score: interval.score,
            hyperparameters: interval.hyperparameters, checkpoint: end))
      }
    }
    self.run = run
    self.models = models
    self.parents = parents
  }

  /// The data standard of artificial life: a header, a root before all first models, since many programs read only a
  /// single tree, and a row for each model. `origin_time` is its age in steps.
  package var csvLines: [String] {
    let names = run.experiment.rules.space.hyperparameters.map(\.name)
    let header =
      ["id", "ancestor_list", "origin_time", "taxon_label", "member", "score"] + names.map { "hyperparameters.\($0)" }
    let root: [JSON?] = [.integer(0), .text("[none]"), .integer(0), .text("start")]
    return [CSV.row(header.map(JSON.text)), CSV.row(root + header.dropFirst(root.count).map { _ in nil })]
      + zip(models, parents).map { model, parent in
        let ancestor = parent.map { models[$0].sequence } ?? 0
        let cells: [JSON?] = [
          .integer(model.sequence), .text("[\(ancestor)]"), .integer(model.age), .text(model.checkpoint.description),
          .integer(model.member), model.score.map { .number(run.metric($0)) },
        ]
        return CSV.row(cells + names.map { model.hyperparameters[$0].map(JSON.init) })
      }
  }

  /// A tree in Newick's notation, named by checkpoints, whose branches are as long as the steps that were trained. A model
  /// is in it where a line begins to branch, or ends.
  package var newick: String {
    enum Item { case model(Int, from: Int), text(String) }
    var children: [[Int]] = Array(repeating: [], count: models.count)
    var roots: [Int] = []
    for (place, parent) in parents.enumerated() {
      if let parent { children[parent].append(place) } else { roots.append(place) }
    }
    func siblings(_ places: [Int], from age: Int) -> [Item] {
      places.enumerated().flatMap { [.text($0 == 0 ? "(" : ","), Item.model($1, from: age)] } + [.text(")")]
    }
    var tree = ""
    // The next to be written comes last; a line of models may be too long for recursion.
    var open: [Item] = roots.isEmpty ? [] : siblings(roots, from: 0).reversed()
    while let item = open.popLast() {
      switch item {
      case .text(let text): tree += text
      case .model(var place, let age):
        while children[place].count == 1 { place = children[place][0] }
        open.append(.text("\(models[place].checkpoint):\(models[place].age - age)"))
        if !children[place].isEmpty { open += siblings(children[place], from: models[place].age).reversed() }
      }
    }
    return tree + ";"
  }
}
