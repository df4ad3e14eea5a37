/// Words of other tools and common short forms, spelled without separators, and ours.
private let otherWords = Dictionary(
  (Key.all + Key.all.flatMap(\.keys)).flatMap { key in key.synonyms.map { ($0, key.name) } } + values
) { first, _ in first }

/// Those that are no keys of the experiment file: rules, their settings, values and placeholders.
private let values = [
  "truncate": "truncation", "fraction": "quantile_fraction", "perturbation": "perturb",
  "perturbationfactors": "factors", "resampling": "resample", "off": "none", "no": "none",
  "real": "uniform", "float": "uniform", "range": "uniform", "log": "log_uniform", "logreal": "log_uniform",
  "randint": "integer", "quniform": "integer", "ordinal": "ordered", "grid": "ordered",
  "values": "ordered", "categorical": "choice", "choices": "choice", "category": "choice", "enum": "choice",
  "default": "initial", "start": "initial", "architecture": "structural",
  "ema": "exponential_mean", "ewm": "exponential_mean", "ewma": "exponential_mean", "movingaverage": "mean",
  "exponentialmovingaverage": "exponential_mean", "average": "mean",
  "latinhypercube": "stratified", "lhs": "stratified", "latin": "stratified", "random": "independent",
  "maximize": "max", "maximise": "max", "maximum": "max", "minimize": "min", "minimise": "min", "minimum": "min",
  "generations": "synchronous",
  "lr": "learning_rate", "bs": "batch_size", "wd": "weight_decay",
  "checkpoint": "load", "checkpointdir": "save", "out": "save", "output": "save",
]

/// The known word that was probably meant: another spelling, another tool's word, or one at a small edit distance.
func suggestion(for word: String, among known: [String]) -> String? {
  guard word.count <= 40 else { return nil }
  let plain = withoutSeparators(word)
  if let same = known.first(where: { withoutSeparators($0) == plain }) { return same }
  if let ours = otherWords[plain], known.contains(ours) { return ours }
  if plain.count >= 3, let longer = known.first(where: { withoutSeparators($0).hasPrefix(plain) }) { return longer }
  let nearest = known.map { ($0, distance: editDistance(plain, withoutSeparators($0))) }.min {
    $0.distance < $1.distance
  }
  return nearest.flatMap { $0.distance <= max(1, plain.count / 3) && $0.distance < plain.count ? $0.0 : nil }
}

private func withoutSeparators(_ word: String) -> String {
  word.lowercased().filter { !"_-. ".contains($0) }
}

/// The insertions, deletions, replacements and swaps of neighbours that make one word the other.
func editDistance(_ left: String, _ right: String) -> Int {
  let (left, right) = (Array(left), Array(right))
  var rows = [Array(0...right.count)]
  for i in left.indices {
    var row = [i + 1]
    for j in right.indices {
      var least = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (left[i] == right[j] ? 0 : 1))
      if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] { least = min(least, rows[i - 1][j - 1] + 1) }
      row.append(least)
    }
    rows.append(row)
  }
  return rows[left.count][right.count]
}
