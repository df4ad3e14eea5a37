/// What is the same in warnings that differ in numbers alone: names with digits in them are no numbers.
package func kind(ofWarning warning: String) -> String {
  let words = warning.split(separator: " ", omittingEmptySubsequences: false)
  return words.map { word in
    let isNumber = word.contains(where: \.isNumber) && word.allSatisfy { $0.isNumber || "(),.:;".contains($0) }
    return isNumber ? "#" : String(word)
  }.joined(separator: " ")
}
