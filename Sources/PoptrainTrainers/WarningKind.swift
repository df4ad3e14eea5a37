/// What is the same in warnings that differ in numbers alone: names with digits in them are no numbers.
package func kind(ofWarning warning: String) -> String {
  let words = warning.split(separator: " ", omittingEmptySubsequences: false)
  return words.map { word in
    Double(word.filter { !"(),:;%".contains($0) }) == nil ? String(word) : "#"
  }.joined(separator: " ")
}
