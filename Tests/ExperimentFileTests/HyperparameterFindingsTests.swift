import Testing

/// Constants and lists.
@Test(arguments: [
  Snapshot(
    "hyperparameters: [a]",
    """
    1:18: `hyperparameters` must be a mapping of keys to values, not a list
        write `name: value` on indented lines
    """),
  Snapshot(
    "hyperparameters: {a: [16, 32]}",
    """
    1:22: `a` is a list, which may mean two things
        write `a: {ordered: […]}` if neighbours in the list are alike, `a: {choice: […]}` if not
    """),
  Snapshot(
    "hyperparameters: {a: 1}",
    """
    1:18: `hyperparameters` has only fixed values, so there is nothing to search
        give one of them a range, such as `{uniform: [0.0, 1.0]}`; or write `exploit: none` to train copies
    """),
  Snapshot(
    "hyperparameters: {}",
    """
    1:18: `hyperparameters` has only fixed values, so there is nothing to search
        give one of them a range, such as `{uniform: [0.0, 1.0]}`; or write `exploit: none` to train copies
    """),
  Snapshot(
    "hyperparameters:",
    """
    1:17: `hyperparameters` must be a mapping of keys to values, not an empty value
        write `name: value` on indented lines
    """),
  Snapshot(
    "hyperparameters: {a: }",
    """
    1:22: `a` must be a number, a string, true or false, not an empty value
        write a value
    """),
  Snapshot(
    "hyperparameters: {a: .nan}",
    """
    1:22: `a` must be a finite number, whole ones of at most 2^53, not `.nan`
        write a smaller number, or put it in quotes if it is a text
    """),
  Snapshot(
    "hyperparameters: {a: 1e20, b: 100000000000000000000}",
    """
    1:31: `b` must be a finite number, whole ones of at most 2^53, not `100000000000000000000`
        write a smaller number, or put it in quotes if it is a text
    """),
  Snapshot(
    #"hyperparameters: {"": 1, "a=b": 1, "{x}": 1, "a\tb": 1}"#,
    """
    1:19: the hyperparameter `` is empty
        choose another name
    1:26: the hyperparameter `a=b` has `=` in it
        choose another name
    1:36: the hyperparameter `{x}` has `{` in it
        choose another name
    1:46: the hyperparameter `a b` has a control character
        choose another name
    """),
  Snapshot(
    "hyperparameters: {a: {}}",
    """
    1:22: `a` has no values
        write for example `a: {uniform: [0.0, 1.0]}`, or a constant
    """),
  Snapshot(
    "hyperparameters: {a: {initial: 3}}",
    """
    1:22: `a` has no values
        write for example `a: {uniform: [0.0, 1.0]}`, or a constant
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [0, 1], choice: [x, y]}}",
    """
    1:22: `a` has `uniform` and `choice`
        keep one of them
    """),
  Snapshot(
    "hyperparameters: {a: {loguniform: [1, 2]}}",
    """
    1:23: `loguniform` is not a key of a hyperparameter
        did you mean `log_uniform`?
    """),
  Snapshot(
    "hyperparameters: {a: {log-uniform: [1, 2]}}",
    """
    1:23: `log-uniform` is not a key of a hyperparameter
        did you mean `log_uniform`?
    """),
  Snapshot(
    "hyperparameters: {a: {int: [1, 2]}}",
    """
    1:23: `int` is not a key of a hyperparameter
        did you mean `integer`?
    """),
  Snapshot(
    "hyperparameters: {a: {categorical: [1, 2]}}",
    """
    1:23: `categorical` is not a key of a hyperparameter
        did you mean `choice`?
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [0, 1], intial: 0.5}}",
    """
    1:40: `intial` is not a key of a hyperparameter
        did you mean `initial`?
    """),
  Snapshot(
    "hyperparameters: {a: {lr: {uniform: [0, 1]}}}",
    """
    1:23: `lr` is not a key of a hyperparameter
        known are: uniform, log_uniform, integer, ordered, choice, per_member, schedule, transform, initial, structural, explore, bounds
    """),
])
func hyperparameterFindings(_ snapshot: Snapshot) {
  #expect(findings(in: snapshot.yaml) == snapshot.findings)
}
