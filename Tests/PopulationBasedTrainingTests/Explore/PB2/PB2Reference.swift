import Foundation
import Testing

@testable import PopulationBasedTraining

/// What `Tests/References/pb2.py` computed with numpy and scipy.
struct PB2Reference: Decodable, CustomTestStringConvertible, Sendable {
  struct Points: Decodable, Sendable {
    let time: [Double]
    let numbers: [[Double]]
    let categories: [[Int]]

    var points: [Point] {
      time.indices.map { Point(time: time[$0], numbers: numbers[$0], categories: categories[$0]) }
    }
  }

  let name: String
  let gains: [Double]
  let targets: [Double]
  let mean: [Double]
  let variance: [Double]
  let bound: [Double]
  let logLikelihood: Double
  let bestLogLikelihood: Double
  private let kernelParameters: [String: Double]
  private let observedPoints: Points
  private let pendingPoints: Points
  private let queries: Points

  enum CodingKeys: String, CodingKey {
    case name, gains, targets, mean, variance, bound, logLikelihood, bestLogLikelihood
    case kernelParameters = "kernel"
    case observedPoints = "points"
    case pendingPoints = "pending"
    case queries = "at"
  }

  var testDescription: String { name }
  var points: [Point] { observedPoints.points }
  var pending: [Point] { pendingPoints.points }
  var at: [Point] { queries.points }

  var kernel: Kernel {
    func parameter(_ name: String) -> Double { kernelParameters[name] ?? .nan }
    return Kernel(
      variance: parameter("variance"), lengthScale: parameter("length_scale"),
      forgetting: -logarithm(1 - parameter("epsilon")), noise: parameter("noise"),
      categoryVariance: parameter("category_variance"),
      categoryForgetting: -logarithm(1 - parameter("category_epsilon")), mixture: parameter("mixture"))
  }

  var likelihood: MarginalLikelihood {
    MarginalLikelihood(targets: targets, separations: Separations(points))
  }

  static let all: [PB2Reference] = {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    guard let data = try? Data(contentsOf: tests.appending(path: "References/pb2.json")) else { return [] }
    return (try? JSONDecoder().decode([PB2Reference].self, from: data)) ?? []
  }()
}

/// Whether two numbers agree to a relative 1e-8.
func agree(_ a: Double, _ b: Double) -> Bool {
  abs(a - b) <= 1e-8 * max(abs(a), abs(b))
}
