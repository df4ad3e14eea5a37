import Testing

/// Comparisons of hyperparameters.
@Test(arguments: [
  Snapshot(
    "hyperparameters: {a: {uniform: [0, 1]}, b: {uniform: [0, 1]}}\nconstraints: [a < c, lr < b, aa <= b, 0.5 > a, a < a]",
    """
    2:15: `c` is not a hyperparameter
        known are: a, b
    2:22: `lr` is not a hyperparameter
        known are: a, b
    2:30: `aa` is not a hyperparameter
        did you mean `a`?
    2:39: entry 4 of `constraints` begins with a number
        write the hyperparameter first, then the number
    2:48: entry 5 of `constraints` compares `a` with itself
        compare two hyperparameters
    """),
  Snapshot(
    "hyperparameters: {low: {uniform: [0, 1]}}\nconstraints: [lo < 0.5]",
    """
    2:15: `lo` is not a hyperparameter
        did you mean `low`?
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [0, 1]}}\nconstraints: a < 0.5",
    """
    2:14: `constraints` must be a list, not `a < 0.5`
        write for example `[low < high]`
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [0, 1]}}\nconstraints: [a<0.5, a => 0.5, a = 1, a lt 1, a < 1 < 2]",
    """
    2:15: entry 1 of `constraints` must be three words, not `a<0.5`
        write it with spaces, such as `a < 0.5`
    2:22: entry 2 of `constraints` compares by `=>`
        write `<` or `<=` or `>` or `>=` or `==` or `!=` there
    2:32: entry 3 of `constraints` compares by `=`
        write `<` or `<=` or `>` or `>=` or `==` or `!=` there
    2:39: entry 4 of `constraints` compares by `lt`
        write `<` or `<=` or `>` or `>=` or `==` or `!=` there
    2:47: entry 5 of `constraints` must be three words, not `a < 1 < 2`
        compare two things only, such as `low < high`
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [0, 1]}}\nconstraints: [{a: 1}, 3]",
    """
    2:15: entry 1 of `constraints` must be a comparison, not a mapping
        write for example `low < high`
    2:23: entry 2 of `constraints` must be three words, not `3`
        write it with spaces, such as `low < high`
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [0, 1]}}\nconstraints: []",
    """
    2:14: `constraints` must have at least 1 entry, not 0
        write for example `[low < high]`
    """),
  Snapshot(
    "population_size: 2\nhyperparameters: {a: {choice: [x, 1]}, b: {ordered: [s, m]}, c: text, d: true, e: {per_member: [1, 2]}, f: {schedule: {0: 1}}, g: {uniform: [0, 1]}}\nconstraints: [a < 1, b < 1, c != 1, d == 1, e < 1, g < f]",
    """
    3:15: entry 1 of `constraints` compares `a`, which is not always a number
        compare numbers only
    3:22: entry 2 of `constraints` compares `b`, which is not always a number
        compare numbers only
    3:29: entry 3 of `constraints` compares `c`, which is not always a number
        compare numbers only
    3:37: entry 4 of `constraints` compares `d`, which is not always a number
        compare numbers only
    3:45: entry 5 of `constraints` compares `e`, which no draw can change
        compare searched hyperparameters, with each other or with constants
    3:52: entry 6 of `constraints` compares `f`, which no draw can change
        compare searched hyperparameters, with each other or with constants
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [0, 1]}, b: {uniform: [2, 3]}}\nconstraints: [a < b, a > b]",
    """
    2:22: entry 2 of `constraints` is not satisfied by any of 1000 random draws
        change it, or the ranges, so that a fair share of draws satisfies it
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [0, 1]}}\nconstraints: [a == 0.5]",
    """
    2:15: entry 1 of `constraints` is not satisfied by any of 1000 random draws
        change it, or the ranges, so that a fair share of draws satisfies it
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [0, 1]}}\nconstraints: [a < 0.4, a > 0.6]",
    """
    2:14: `constraints` are satisfied together by 0 of 1000 draws; member 0 found no values to start with in as many
        change them, or the ranges, so that a good part of the draws satisfies all of them
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [0, 1]}}\nconstraints: [a > 0.9991]",
    """
    2:14: `constraints` are satisfied together by 4 of 1000 draws; member 0 found no values to start with in as many
        change them, or the ranges, so that a good part of the draws satisfies all of them
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [0, 1], initial: 0.7}, b: {integer: [1, 9]}}\nconstraints: [a < 0.5]",
    """
    2:15: entry 1 of `constraints` is broken where every member starts: `a` is 0.7
        change the constraint, or these values
    """),
  Snapshot(
    "hyperparameters: {a: {integer: [0, 9], initial: 7}, b: {integer: [1, 9], initial: 4}}\nconstraints: [a <= b]",
    """
    2:15: entry 1 of `constraints` is broken where every member starts: `a` is 7 and `b` is 4
        change the constraint, or these values
    """),
  Snapshot(
    "hyperparameters: {a: {integer: [0, 9], initial: 9}, b: {integer: [1, 8]}}\nconstraints: [a <= b]",
    """
    2:15: entry 1 of `constraints` is not satisfied by any of 1000 random draws
        change it, or the ranges, so that a fair share of draws satisfies it
    """),
  Snapshot(
    "hyperparameters: {a: 3, b: {integer: [1, 8]}}\nconstraints: [a > 4]",
    """
    2:15: entry 1 of `constraints` is broken where every member starts: `a` is 3
        change the constraint, or these values
    """),
  Snapshot(
    "hyperparameters: {a: {uniform: [1, 1]}, b: {integer: [1, 8]}}\nconstraints: [a > b]",
    """
    1:32: `a.uniform` has equal ends
        write the constant `a: 1.0`, or move an end
    """),
  Snapshot(
    "constraint: [a < 3]",
    """
    1:1: `constraint` is not a key of an experiment file
        did you mean `constraints`?
    """),
])
func constraintFindings(_ snapshot: Snapshot) {
  #expect(findings(in: snapshot.yaml) == snapshot.findings)
}
