import Testing

@testable import PoptrainExperimentFile

/// What is no YAML, or more of it than an experiment needs.
@Test(arguments: [
  Snapshot(
    "steps: [1, 2",
    """
    2:8: not valid YAML: while parsing a flow sequence that began on line 1: did not find expected ',' or ']'
        close the list with `]`, with commas between its entries
    """),
  Snapshot(
    "steps: {a: 1",
    """
    2:8: not valid YAML: while parsing a flow mapping that began on line 1: did not find expected ',' or '}'
        close the mapping with `}`, with commas between its entries
    """),
  Snapshot(
    #"name: "open"#,
    """
    7:43: not valid YAML: while scanning a quoted scalar that began on line 1: found unexpected end of stream
        close the quotes
    """),
  Snapshot(
    "\tsteps: 1",
    """
    1:1: not valid YAML: found character that cannot start any token
        indent with spaces, not tabs; put a text that starts with a special character in quotes
    """),
  Snapshot(
    "metric: a: b",
    """
    1:10: not valid YAML: mapping values are not allowed in this context
        write `key: value` on lines indented alike, and put a text that has `: ` in it in quotes
    """),
  Snapshot(
    "steps 10\nmode: max",
    """
    2:5: not valid YAML: mapping values are not allowed in this context
        write `key: value` on lines indented alike, and put a text that has `: ` in it in quotes
    """),
  Snapshot(
    "metric: *.py",
    """
    1:10: not valid YAML: did not find expected alphabetic or numeric character
        put a text that starts with `*` or `&` in quotes
    """),
  Snapshot(
    "metric: @x",
    """
    1:9: not valid YAML: found character that cannot start any token
        indent with spaces, not tabs; put a text that starts with a special character in quotes
    """),
  Snapshot(
    "mode: max\nmode: min",
    """
    1:1: `mode` appears more than once in the same mapping
        keep one of them
    """),
  Snapshot(
    "a: &x [1]\nb: *x",
    """
    2:4: the alias `*x` is not supported
        write the value again instead, or put the text in quotes if no alias is meant
    """),
  Snapshot(
    "a: &a [x, x]\nb: &b [*a, *a]\n? *b\n: 1",
    """
    2:8: the alias `*a` is not supported
        write the value again instead, or put the text in quotes if no alias is meant
    """),
  Snapshot(
    "steps: !!int 3",
    """
    1:8: the tag `tag:yaml.org,2002:int` is not supported
        remove the tag; put the text in quotes if it shall start with `!`
    """),
  Snapshot(
    "metric: !secret x",
    """
    1:9: the tag `!secret` is not supported
        remove the tag; put the text in quotes if it shall start with `!`
    """),
  Snapshot(
    "? [a, b]\n: 1",
    """
    1:3: a key of the file is a list
        a key must be a name
    """),
  Snapshot(
    "<<: {a: 1}",
    """
    1:1: `<<` is not a key of an experiment file
        known are: \(Key.all.flatMap(\.names).joined(separator: ", "))
    """),
  Snapshot(
    "name: a\n---\nname: b",
    """
    2:1: a second document starts here
        keep one document in the file: remove `---`
    """),
  Snapshot(
    #"metric: "a\uFEFFb""#,
    """
    1:9: `metric` contains the character U+FEFF
        remove this invisible character
    """),
  Snapshot(
    #"metric: "a\0b""#,
    """
    1:9: `metric` contains the character NUL
        remove this invisible character
    """),
  Snapshot(
    "name: \u{7}",
    """
    1:7: not valid YAML: control characters are not allowed (U+7)
        remove the character, or write it as an escape within double quotes
    """),
  Snapshot(
    "hyperparameters:\n  a: 1\n b: 2",
    """
    3:2: not valid YAML: while parsing a block mapping that began on line 1: did not find expected key
        indent it like its neighbours
    """),
  Snapshot(
    "\"steps\": 1\n!!map steps: 2",
    """
    2:1: `steps` appears more than once
        keep one of them
    3:10: `trainer` must be an integer of at least 1, not a mapping
        write for example `10`, `1_000` or `1e6`
    """),
])
func syntaxFindings(_ snapshot: Snapshot) {
  #expect(findings(in: snapshot.yaml) == snapshot.findings)
}
