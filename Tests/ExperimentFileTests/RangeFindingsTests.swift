import Testing

/// Ranges and what goes with them.
@Test(arguments: [
  Snapshot(
    "hyperparameters: {a: {uniform: 3}}",
    """
    1:32: `a.uniform` must be a list, not `3`
        write for example `[0.0, 1.0]`
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [0]}}",
    """
    1:32: `a.uniform` must have 2 entries, not 1
        write for example `[0.0, 1.0]`
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [0, 1, 2]}}",
    """
    1:32: `a.uniform` must have 2 entries, not 3
        write for example `[0.0, 1.0]`
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [0, x]}}",
    """
    1:36: entry 2 of `a.uniform` must be a number, not `x`
        write a number such as `0.1`, `1e-4` or `10_000`
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [1, 1]}}",
    """
    1:32: `a.uniform` has equal ends
        write the constant `a: 1.0`, or move an end
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [2, 1]}}",
    """
    1:32: `a.uniform` ends below its start
        write the lower end first: `[1.0, 2.0]`
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [-1e308, 1e308]}}",
    """
    1:32: `a.uniform` is too wide for a 64-bit float
        choose ends that are closer
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [0, .inf]}}",
    """
    1:36: entry 2 of `a.uniform` must be a finite number, whole ones of at most 2^53, not `.inf`
        write a smaller number, or put it in quotes if it is a text
    """),
  Snapshot(
    "hyperparameters: {a: {log_uniform: [0, 1]}}",
    """
    1:36: `a.log_uniform` must be above zero, since zero and negative numbers have no logarithm
        raise the lower end, for example to `0.001`, or use `uniform`
    """),
  Snapshot(
    "hyperparameters: {a: {log_uniform: [-2, -1]}}",
    """
    1:36: `a.log_uniform` must be above zero, since zero and negative numbers have no logarithm
        use `uniform`
    """),
  Snapshot(
    "hyperparameters: {a: {log_uniform: [1e-300, 1e300]}}",
    """
    1:36: `a.log_uniform` is too wide for a 64-bit float
        choose ends that are closer
    """),
  Snapshot(
    "hyperparameters: {a: {integer: [1, 2.5]}}",
    """
    1:36: entry 2 of `a.integer` must be an integer, not `2.5`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    "hyperparameters: {a: {integer: [8, 1]}}",
    """
    1:32: `a.integer` ends below its start
        write the lower end first: `[1, 8]`
    """),
  Snapshot(
    "hyperparameters: {a: {ordered: [1]}}",
    """
    1:32: `a.ordered` must have at least 2 entries, not 1
        write for example `[16, 32, 64]`
    """),
  Snapshot(
    "hyperparameters: {a: {ordered: [1, 2, 1.0]}}",
    """
    1:39: entry 3 of `a.ordered` is a duplicate: `1.0`
        remove one of them; a repeated value is not drawn more often
    """),
  Snapshot(
    "hyperparameters: {a: {ordered: [1, x]}}",
    """
    1:32: `a.ordered` mixes numbers, texts and booleans
        give values of one kind, or use `choice`, which has no order
    """),
  Snapshot(
    "hyperparameters: {a: {choice: [x, x, x]}}",
    """
    1:35: entry 2 of `a.choice` is a duplicate: `x`
        remove one of them; a repeated value is not drawn more often
    1:38: entry 3 of `a.choice` is a duplicate: `x`
        remove one of them; a repeated value is not drawn more often
    """),
  Snapshot(
    "hyperparameters: {a: {choice: [x, [y]]}}",
    """
    1:35: entry 2 of `a.choice` must be a number, a string, true or false, not a list
        write a value
    """),
  Snapshot(
    "hyperparameters: {a: {choice: [x, ~]}}",
    """
    1:35: entry 2 of `a.choice` must be a number, a string, true or false, not `~`
        write a value
    """),
  Snapshot(
    #"hyperparameters: {a: {choice: [x, "y\0"]}}"#,
    """
    1:35: entry 2 of `a.choice` contains the character NUL
        remove this invisible character
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [0, 1], initial: 2}}",
    """
    1:49: `a.initial` is `2`, which is not one of the values
        choose one of them: a number from 0.0 to 1.0
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [0, 1], initial: x}}",
    """
    1:49: `a.initial` is `x`, which is not one of the values
        choose one of them: a number from 0.0 to 1.0
    """),
  Snapshot(
    "hyperparameters: {a: {integer: [0, 4], initial: 1.5}}",
    """
    1:49: `a.initial` is `1.5`, which is not one of the values
        choose one of them: an integer from 0 to 4
    """),
  Snapshot(
    "hyperparameters: {a: {choice: [x, y], initial: z}}",
    """
    1:48: `a.initial` is `z`, which is not one of the values
        choose one of them: x, y
    """),
  Snapshot(
    "population_size: 2\nhyperparameters: {a: {uniform: [0, 1], initial: [1, 2]}}",
    """
    2:53: entry 2 of `a.initial` is `2`, which is not one of the values
        choose one of them: a number from 0.0 to 1.0
    """),
  Snapshot(
    "population_size: 2\nhyperparameters: {a: {uniform: [0, 1], initial: [1, 0, 1]}}",
    """
    2:49: `a.initial` must have at most 2 entries, not 3
        write for example `[0.0, 1.0]`
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [0, 1], structural: 1}}",
    """
    1:52: `a.structural` must be true or false, not `1`
        write `true` or `false`
    """),
  Snapshot(
    "population_size: 3\nhyperparameters: {a: {per_member: [1, 2]}, b: {uniform: [0, 1]}}",
    """
    2:35: `a.per_member` has 2 values for 3 members
        give one value for each of the `population_size` members
    """),
  Snapshot(
    "population_size: 2\nhyperparameters: {a: {per_member: [1, 2], initial: 1, structural: true}, b: {uniform: [0, 1]}}",
    """
    2:52: `a.initial` has no meaning for `per_member` values
        remove it; each member keeps its own value
    2:67: `a.structural` has no meaning for `per_member` values
        remove it; each member keeps its own value
    """),
  Snapshot(
    "hyperparameters: {a: {per_member: 3}}",
    """
    1:35: `a.per_member` must be a list, not `3`
        write for example `[1, 2, 3, …]`
    """),
])
func rangeFindings(_ snapshot: Snapshot) {
  #expect(findings(in: snapshot.yaml) == snapshot.findings)
}
