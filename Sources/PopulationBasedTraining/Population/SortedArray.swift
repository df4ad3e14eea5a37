/// An array that stays in ascending order.
///
/// Finding is O(log n). Inserting and removing move memory, which for the ten thousand members of a large population
/// takes microseconds.
struct SortedArray<Element: Comparable & Sendable>: Sendable {
  private(set) var elements: [Element]

  /// Takes elements in any order. O(n log n).
  init(_ elements: [Element] = []) {
    self.elements = elements.sorted()
  }

  /// The position of the first element that is not below this one.
  func position(of element: Element) -> Int { elements.position(ofSorted: element) }

  mutating func insert(_ element: Element) {
    elements.insert(element, at: position(of: element))
  }

  mutating func remove(_ element: Element) {
    let position = position(of: element)
    guard position < elements.count, elements[position] == element else { return }
    elements.remove(at: position)
  }
}

extension Array where Element: Comparable {
  /// The position of the first element that is not below this one, in an array in ascending order. O(log n).
  func position(ofSorted element: Element) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < element { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
