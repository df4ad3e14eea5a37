import Foundation
import Neighbours
import Testing

/// Inputs at the edges: nothing, one element, singular, NaN.
@Suite struct NumericsEdgeTests {
  @Test(arguments: [0, 1, 3, 4, 5, 9], [0, 1, 8, 9, 16, 17])
  func productsOfEveryShapeAreSums(rows: Int, columns: Int) {
    for inner in [0, 1, 7] {
      let a = Matrix(rows: rows, columns: inner) { Float($0 - 2 * $1) }
      let b = Matrix(rows: inner, columns: columns) { Float(3 * $0 - $1) }
      let wanted = Matrix(rows: rows, columns: columns) { row, column in
        (0..<inner).reduce(0) { $0 + a[row, $1] * b[$1, column] }
      }
      for product in [a.times(b), a.timesTransposed(b.transposed()), a.transposed().transposedTimes(b)] {
        #expect((0..<rows).allSatisfy { product.row($0) == wanted.row($0) })
      }
    }
  }

  @Test func softmaxOfOneClassIsOneAndOfNoneNothing() {
    var one = Matrix(rows: 2, columns: 1, repeating: 5)
    one.softmaxRows()
    #expect(one[0, 0] == 1 && one[1, 0] == 1)
    var none = Matrix(rows: 2, columns: 0)
    none.softmaxRows()
    #expect(none.largestColumns() == [0, 0])
  }

  @Test func choleskyOfNothingSolvesNothingAndOfNaNIsNone() throws {
    #expect(try #require(Cholesky([], order: 0)).solve([]) == [])
    #expect(try #require(Cholesky([4], order: 1)).solve([2]) == [0.5])
    #expect(Cholesky([.nan], order: 1) == nil)
    #expect(Cholesky([1, 1, 1, 1], order: 2) == nil)
  }

  @Test func quantilesOfOneValueAndOfNaN() throws {
    #expect(quantile([3], 0.9) == 3)
    #expect(try #require(quantile([1, .nan, 2], 0.5)).isNaN)
    #expect(quantile([1, .infinity], 1) == .infinity)
    #expect(median([]) == nil && median([2]) == 2 && median([4, 1, 3, 2]) == 2.5)
  }

  @Test func aMixtureNeedsTwoDifferentValues() {
    for values: [Float] in [[], [1], [1, 1, 1]] {
      #expect(GaussianMixture(values, tolerance: 0.1, addedVariance: 0.15) == nil)
    }
    #expect(GaussianMixture([0, 1], tolerance: 0.1, addedVariance: 0.15) != nil)
  }

  @Test(arguments: [(-1, 8, 0), (1, -8, 0), (1, 8, 16), (Int.max, 8, 8), (1, Int.max, 8)])
  func aMatrixWhoseShapeAndValuesDoNotMatchIsRefused(rows: Int, columns: Int, count: Int) throws {
    let file: [String: Any] = ["rows": rows, "columns": columns, "storage": Data(count: 4 * count)]
    let data = try PropertyListSerialization.data(fromPropertyList: file, format: .binary, options: 0)
    #expect(throws: DecodingError.self) { try PropertyListDecoder().decode(Matrix.self, from: data) }
  }
}
