extension Page {
  /// The style sheet. Widths of drawings are in their own unit, so on a narrow page their words are made larger.
  package static let style = """
    :root {
      --paper: #fcfbf9; --ink: #23262b; --soft: #6b7078; --faint: #e4e2dd; --panel: #ffffff;
      --good: #1d7a4f; --bad: #b4472d;
      --c0: #1f5fa8; --c1: #c05a1c; --c2: #2f8a6b; --c3: #8a4fa3; --c4: #a8862a; --c5: #4a8fb5; --c6: #b5446e; --c7: #6c7a3a;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #15181c; --ink: #e4e4e0; --soft: #9aa0a8; --faint: #2d3238; --panel: #1b1f24;
        --good: #63c596; --bad: #ec8b70;
        --c0: #7db4f0; --c1: #f0a068; --c2: #72cfae; --c3: #c79be0; --c4: #dcc06a; --c5: #8fcbe8; --c6: #ee8fb3; --c7: #b4c47c;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0; background: var(--paper); color: var(--ink);
      font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
    }
    main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
    header { padding: 2.5rem 0 0.5rem; }
    h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 0.4rem; font-weight: 650; letter-spacing: -0.015em; }
    h2 { font-size: 1.15rem; margin: 2.6rem 0 0.3rem; font-weight: 600; }
    h1, p, li, dd, code, .lead { overflow-wrap: anywhere; }
    p { margin: 0.2rem 0 1rem; }
    section > p, .lead { color: var(--soft); max-width: 44rem; }
    ul { padding-left: 1.2rem; max-width: 44rem; }
    li { margin: 0.35rem 0; }
    .verdicts { list-style: none; padding: 0; margin: 1.2rem 0 0; max-width: none; }
    .verdicts li {
      background: var(--panel); border: 1px solid var(--faint); border-left: 4px solid var(--soft);
      border-radius: 6px; padding: 0.7rem 1rem; margin: 0.6rem 0; font-size: 1.05rem;
    }
    .verdicts .better { border-left-color: var(--good); }
    .verdicts .worse { border-left-color: var(--bad); }
    figure { margin: 0; }
    .panels { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 16rem), 1fr)); }
    .panel { background: var(--panel); border: 1px solid var(--faint); border-radius: 6px; padding: 0.6rem; max-width: 22rem; }
    figcaption { text-align: center; color: var(--soft); font-size: 0.95rem; }
    svg { display: block; width: 100%; height: auto; font: inherit; overflow: visible; }
    svg text { font-size: 13px; fill: var(--soft); font-variant-numeric: tabular-nums; }
    svg text.name { font-size: 14px; fill: var(--ink); }
    .grid, .rule { stroke: var(--faint); stroke-width: 1; }
    .pair { stroke-width: 1.5; stroke: var(--soft); opacity: 0.75; }
    .pair.better { stroke: var(--good); }
    .pair.worse { stroke: var(--bad); stroke-dasharray: 5 3; }
    .mean { stroke-width: 4; stroke-linecap: round; }
    .curve { fill: none; stroke-width: 2.2; stroke-linejoin: round; }
    .band { stroke: none; opacity: 0.11; }
    .ring { fill: var(--paper); fill-opacity: 0; stroke-width: 1.6; }
    .fill { stroke: none; fill-opacity: 0.8; }
    .d1 { stroke-dasharray: 9 4; } .d2 { stroke-dasharray: 4 3; } .d3 { stroke-dasharray: 12 4 2 4; }
    .c0 { --own: var(--c0); } .c1 { --own: var(--c1); } .c2 { --own: var(--c2); } .c3 { --own: var(--c3); }
    .c4 { --own: var(--c4); } .c5 { --own: var(--c5); } .c6 { --own: var(--c6); } .c7 { --own: var(--c7); }
    .mean, .curve, .ring { stroke: var(--own); }
    .fill, .band { fill: var(--own); }
    .legend { list-style: none; display: flex; flex-wrap: wrap; gap: 0.3rem 1.4rem; padding: 0; margin: 0.4rem 0 0; }
    .legend li { display: flex; align-items: center; gap: 0.5rem; margin: 0; }
    .key { width: 34px; flex: none; }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; font-size: 0.93rem; font-variant-numeric: tabular-nums; }
    caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    th, td { padding: 0.45rem 0.8rem 0.45rem 0; text-align: right; white-space: nowrap; font-weight: 400; }
    th:first-child { text-align: left; }
    thead th { color: var(--soft); border-bottom: 1px solid var(--soft); vertical-align: bottom; white-space: normal; }
    tbody tr { border-bottom: 1px solid var(--faint); }
    tbody th { font-weight: 600; }
    dt { font-weight: 600; margin-top: 0.8rem; }
    dd { margin: 0; color: var(--soft); }
    code, pre { font: 0.88rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
    pre { background: var(--panel); border: 1px solid var(--faint); border-radius: 6px; padding: 0.8rem 1rem; overflow-x: auto; }
    summary { cursor: pointer; margin-top: 1rem; color: var(--soft); }
    footer { color: var(--soft); padding-top: 2.5rem; padding-bottom: 3rem; font-size: 0.9rem; }
    @media (max-width: 40rem) {
      svg text { font-size: 22px; } svg text.name { font-size: 24px; }
      .panel svg text { font-size: 13px; }
      .curve { stroke-width: 3.4; }
    }
    @media print { body { background: none; } section { break-inside: avoid; } }
    """
}
