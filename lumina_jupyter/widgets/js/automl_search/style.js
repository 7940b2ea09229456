import { theme } from "../theme.js";

const VIEW = ".lumina-search";

export const STYLE = `
  ${theme(VIEW)}
  ${VIEW} { max-width: 68em; }
  ${VIEW} .bar { height: 4px; border-radius: 2px; background: var(--inset); overflow: hidden; margin: 6px 0; }
  ${VIEW} .bar > div { height: 100%; width: 0; background: var(--brand); }
  ${VIEW} .bar[data-over] > div { background: var(--good); }
  ${VIEW} .halves { display: flex; flex-wrap: wrap; gap: 8px 20px; align-items: flex-start; }
  ${VIEW} .halves > * { flex: 4 1 36em; min-width: 0; }
  ${VIEW} .halves > .plot { flex: 1 1 16em; max-width: 26em; }
  ${VIEW} svg { width: 100%; height: auto; display: block; }
  ${VIEW} svg text { fill: var(--soft); font-size: 11px; }
  ${VIEW} svg .axis { stroke: var(--line); stroke-width: 1; fill: none; }
  ${VIEW} svg .best { stroke: var(--brand); stroke-width: 2; fill: none; }
  ${VIEW} svg circle { fill: var(--soft); opacity: 0.55; }
  ${VIEW} svg circle.top { fill: var(--brand); opacity: 1; }
  ${VIEW} svg .trial { fill: none; stroke: var(--soft); opacity: 0.4; stroke-width: 1; }
  ${VIEW} svg .trial.top { stroke: var(--brand); opacity: 1; stroke-width: 2; }
  ${VIEW} .scroll { overflow: auto; max-height: 26em; }
  ${VIEW} table {
    border-collapse: collapse; width: 100%; margin: 0; color: var(--fg); font: inherit; font-variant-numeric: tabular-nums;
  }
  ${VIEW} th, ${VIEW} td {
    text-align: end; padding: 1px 6px; border-bottom: 1px solid var(--line); white-space: nowrap; color: inherit;
  }
  ${VIEW} th { color: var(--soft); font-weight: 500; }
  ${VIEW} th:nth-child(2), ${VIEW} td:nth-child(2) { text-align: start; }
  ${VIEW} tr { background: transparent; }
  ${VIEW} table:not([data-blended]) :is(th, td):nth-child(5) { display: none; }
  ${VIEW} tr[data-state="running"] .mark { color: var(--brand); }
  ${VIEW} tr[data-state="done"] .mark { color: var(--good); }
  ${VIEW} tr[data-state="failed"] .mark { color: var(--bad); }
  ${VIEW} tr[data-state="pruned"], ${VIEW} tr[data-state="failed"] { color: var(--soft); }
  ${VIEW} .tag {
    font-size: 0.86em; color: var(--soft); border: 1px solid var(--line); border-radius: 8px; padding: 0 6px;
    margin-inline-start: 6px;
  }
  ${VIEW} .warning { border-inline-start: 3px solid var(--warn); padding: 2px 10px; margin: 4px 0; }
  ${VIEW} details { margin: 6px 0; }
  ${VIEW} summary { cursor: pointer; color: var(--soft); }
  ${VIEW} ul { margin: 4px 0; padding-inline-start: 1.4em; }
`;
