import Testing

/// The program, and how it is given its hyperparameters.
@Test(arguments: [
  Snapshot(
    "trainer: python3 train.py",
    """
    1:10: `trainer` must be a mapping of keys to values, not `python3 train.py`
        give one or more of: command, env, intervals_per_process, kind, total_steps
    """),
  Snapshot(
    "trainer: [python3, train.py]",
    """
    1:10: `trainer` must be a mapping of keys to values, not a list
        give one or more of: command, env, intervals_per_process, kind, total_steps
    """),
  Snapshot(
    "trainer: {}",
    """
    1:10: `command` is missing
        write for example `command: [python3, train.py]`
    """),
  Snapshot(
    "trainer: {command: python3 train.py --name 'a b'}",
    """
    1:20: `trainer.command` must be a list, not `python3 train.py --name 'a b'`
        write `command: [python3, train.py, --name, "'a", "b'"]`
    """),
  Snapshot(
    "trainer: {command: []}",
    """
    1:20: `trainer.command` must have at least 1 entry, not 0
        write for example `command: [python3, train.py]`
    """),
  Snapshot(
    #"trainer: {command: [""]}"#,
    """
    1:21: entry 1 of `trainer.command` is empty
        write the program, for example `command: [python3, train.py]`
    """),
  Snapshot(
    "trainer: {command: [python3, [a], ~]}",
    """
    1:30: entry 2 of `trainer.command` must be a string, not a list
        write a string; use quotes if it is empty or has special characters
    1:35: entry 3 of `trainer.command` must be a string, not `~`
        write a string; use quotes if it is empty or has special characters
    """),
  Snapshot(
    "trainer: {command: {a: b}}",
    """
    1:20: `trainer.command` must be a list, not a mapping
        write for example `command: [python3, train.py]`
    """),
  Snapshot(
    "trainer: {command: }",
    """
    1:20: `trainer.command` must be a list, not an empty value
        write for example `command: [python3, train.py]`
    """),
  Snapshot(
    "trainer: {commnd: [a]}",
    """
    1:10: `command` is missing
        write for example `command: [python3, train.py]`
    1:11: `commnd` is not a key of `trainer`
        did you mean `command`?
    """),
  Snapshot(
    #"trainer: {command: ["a\0"]}"#,
    """
    1:21: entry 1 of `trainer.command` contains the character NUL
        remove this invisible character
    """),
  Snapshot(
    "trainer: {command: [a], env: [A]}",
    """
    1:30: `trainer.env` must be a mapping of keys to values, not a list
        write `name: value` on indented lines
    """),
  Snapshot(
    #"trainer: {command: [a], env: {A: , B: [1], "": x, "A=B": 1}}"#,
    """
    1:34: `trainer.env.A` must be a string, not an empty value
        write a string; use quotes if it is empty or has special characters
    1:39: `trainer.env.B` must be a string, not a list
        write a string; use quotes if it is empty or has special characters
    1:44: the variable `` is empty
        choose another name
    1:51: the variable `A=B` has `=` in it
        choose another name
    """),
  Snapshot(
    "trainer: {command: [a], kind: sesion}",
    """
    1:31: `trainer.kind` must be `session` or `command` or `in_process`, not `sesion`
        did you mean `session`?
    """),
  Snapshot(
    "trainer: {command: [a], intervals_per_process: 0}",
    """
    1:48: `trainer.intervals_per_process` must be an integer of at least 1, not `0`
        write for example `10`, `1_000` or `1e6`
    """),
  Snapshot(
    #"trainer: {command: [a, "{save}", "{args}"], intervals_per_process: 1}"#,
    """
    1:68: `trainer.intervals_per_process` has no meaning for a command, which is a process per interval anyway
        remove it; or write `kind: session` if the braces in the command are not placeholders
    """),
  Snapshot(
    #"trainer: {command: [a, "{load}", "{args}"]}"#,
    """
    1:20: `trainer.command` never names `{save}`, the folder to save into
        add an entry such as `--save={save}`; or write `kind: session` if the command has no placeholders
    """),
  Snapshot(
    #"trainer: {command: [a, "{save}"]}"#,
    """
    1:20: `trainer.command` does not give the trainer the hyperparameter `rate`
        add `{args}`, which gives all of them as `--name=value`, or `{rate}` where the value belongs
    """),
  Snapshot(
    #"trainer: {command: [a, "{save}", "{rat}"]}"#,
    """
    1:34: entry 3 of `trainer.command` has the placeholder `{rat}`, which is neither a hyperparameter nor one of ours
        did you mean `{rate}`?
    """),
  Snapshot(
    #"trainer: {command: [a, "{save}", "{\"x\": 1}", "{args}"]}"#,
    """
    1:34: entry 3 of `trainer.command` has the placeholder `{"x": 1}`, which is neither a hyperparameter nor one of ours
        write `kind: session` beside the command if it has no placeholders; in a command, a brace is written twice
    """),
  Snapshot(
    #"trainer: {command: [a, "--x{args}", "{save}"]}"#,
    """
    1:24: entry 2 of `trainer.command` has `{args}` within other text
        make `{args}` an entry of its own; it becomes several
    """),
  Snapshot(
    #"trainer: {command: [a, "{save", "}", "{}"]}"#,
    """
    1:24: entry 2 of `trainer.command` has a brace without its other half
        write `kind: session` beside the command if it has no placeholders; in a command, a brace is written twice
    1:33: entry 3 of `trainer.command` has a brace without its other half
        write `kind: session` beside the command if it has no placeholders; in a command, a brace is written twice
    1:38: entry 4 of `trainer.command` has the placeholder `{}`, which is neither a hyperparameter nor one of ours
        write `kind: session` beside the command if it has no placeholders; in a command, a brace is written twice
    """),
  Snapshot(
    "trainer: {command: [a], kind: command}",
    """
    1:20: `trainer.command` never names `{save}`, the folder to save into
        add an entry such as `--save={save}`; or write `kind: session` if the command has no placeholders
    1:20: `trainer.command` does not give the trainer the hyperparameter `rate`
        add `{args}`, which gives all of them as `--name=value`, or `{rate}` where the value belongs
    """),
  Snapshot(
    "trainer: {command: [a, \"{save}\", \"{args}\"]}\nhyperparameters: {seed: 1, args: 2, rate: {uniform: [0, 1]}}",
    """
    2:19: a hyperparameter of a command cannot be called `seed`: `{seed}` is a placeholder of ours
        choose another name, such as `my_seed`
    2:28: a hyperparameter of a command cannot be called `args`: `{args}` is a placeholder of ours
        choose another name, such as `my_args`
    """),
  Snapshot(
    #"hyperparameters: [a]\#ntrainer: {command: [a, "{save}", "{rate}"], env: [], kind: both}"#,
    """
    1:18: `hyperparameters` must be a mapping of keys to values, not a list
        write `name: value` on indented lines
    2:50: `trainer.env` must be a mapping of keys to values, not a list
        write `name: value` on indented lines
    2:60: `trainer.kind` must be `session` or `command` or `in_process`, not `both`
        write `session` or `command` or `in_process`
    """),
  Snapshot(
    "trainer: {command: [pyhton3, train.py]}",
    """
    1:21: entry 1 of `trainer.command` names the program `pyhton3`, which is not in `PATH`
        install it, activate its environment, or write its path: `./pyhton3` is one in this folder
    """),
  Snapshot(
    "trainer: {command: [./run, x]}",
    """
    1:21: entry 1 of `trainer.command` names `./run`, and there is no such file
        paths are relative to the folder of this file
    """),
  Snapshot(
    "trainer: {command: [./train.py, x]}",
    """
    1:21: entry 1 of `trainer.command` names `./train.py`, which is not executable
        make it executable (`chmod +x`), or put its interpreter before it
    """),
  Snapshot(
    "trainer: {command: [./train.py2, x]}",
    """
    1:21: entry 1 of `trainer.command` names `./train.py2`, and there is no such file
        paths are relative to the folder of this file
    """),
  Snapshot(
    #"trainer: {command: [a, "{{x}}"]}"#,
    """
    1:20: `trainer.command` never names `{save}`, the folder to save into
        add an entry such as `--save={save}`; or write `kind: session` if the command has no placeholders
    1:20: `trainer.command` does not give the trainer the hyperparameter `rate`
        add `{args}`, which gives all of them as `--name=value`, or `{rate}` where the value belongs
    """),
  Snapshot(
    "trainer: {command: [python3, -u, tran.py]}",
    """
    1:34: entry 3 of `trainer.command` names `tran.py`, and there is no such file
        paths are relative to the folder of this file
    """),
  Snapshot(
    "trainer: {command: [python3, train.py], env: {PATH: /opt}}",
    """
    1:21: entry 1 of `trainer.command` names the program `python3`, which is not in `PATH`
        install it, activate its environment, or write its path: `./python3` is one in this folder
    """),
])
func trainerFindings(_ snapshot: Snapshot) {
  #expect(findings(in: snapshot.yaml) == snapshot.findings)
}
