/// The last lines that a trainer printed, as they are shown below the headline of its failure: without those that the headline
/// quotes.
///
/// - Parameter tail: the lines, with all that was printed.
package func shownTail(_ tail: String, below headline: String) -> [String] {
  tail.split(separator: "\n").map(String.init).filter { line in
    let words = line.trimmed()
    guard words.count > 3 else { return true }
    // Long ones are shortened in headlines.
    return !headline.contains(words.prefix(200)) && !words.hasSuffix(": \(headline)")
  }
}
