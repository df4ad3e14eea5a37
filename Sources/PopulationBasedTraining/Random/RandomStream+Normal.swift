extension RandomStream {
  /// A number from the standard normal distribution (Marsaglia's polar method, 1964).
  public mutating func normal() -> Double {
    while true {
      let (x, y) = (2 * unit() - 1, 2 * unit() - 1)
      let square = x * x + y * y
      if square > 0, square < 1 { return x * (-2 * logarithm(square) / square).squareRoot() }
    }
  }
}
