/// The figures that there are.
package enum FigureKind: String, CaseIterable, Sendable {
  case curves, founders, lineage, schedule, scatter, parallel

  /// What it shows.
  package var summary: String {
    switch self {
    case .curves: "the score of every member, with the lineage of the best model"
    case .founders: "the share of the population that descends from each first member"
    case .lineage: "who was copied by whom, a lane for each member"
    case .schedule: "each hyperparameter along the lineages of the current models"
    case .scatter: "the score against each hyperparameter"
    case .parallel: "all hyperparameters and the score of each model"
    }
  }
}

extension Course {
  /// A figure of the run.
  package func figure(_ kind: FigureKind) -> Figure {
    switch kind {
    case .curves: curves
    case .founders: founders
    case .lineage: lanes
    case .schedule: schedules
    case .scatter: scatter
    case .parallel: parallel
    }
  }
}
