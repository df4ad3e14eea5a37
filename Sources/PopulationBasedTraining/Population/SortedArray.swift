/// An array that stays in ascending order.
///
/// Finding is O(log n). Inserting and removing move memory, which for the ten thousand members of a large population
/// takes microseconds.
struct SortedArray<Element: Comparable & Sendable>: Sendable {
  private(set) var elements: [Element] = []

  /// The position of the first element that is not below this one.
  func position(of element: Element) -> Int {
    var low = 0
    var high = elements.count
    while low < high {
      let middle = (low + high) / 2
      if elements[middle] < element { low = middle + 1 } else { high = middle }
    }
    return low
  }

  mutating func insert(_ element: Element) {
    elements.insert(element, at: position(of: element))
  }

  mutating func remove(_ element: Element) {
    let position = position(of: element)
    guard position < elements.count, elements[position] == element else { return }
    elements.remove(at: position)
  }
}
