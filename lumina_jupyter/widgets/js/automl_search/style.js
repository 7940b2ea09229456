import { theme } from "../theme.js";

const VIEW = ".lumina-search";

export const STYLE = `
  ${theme(VIEW)}
  ${VIEW} { max-width: 68em; }
  ${VIEW} .bar { height: 4px; border-radius: 2px; background: var(--inset); overflow: hidden; margin: 6px 0; }
  ${VIEW} .bar > div { height: 100%; width: 0; background: var(--brand); }
  ${VIEW} .bar[data-stage="done"] > div { background: var(--good); }
  ${VIEW} .bar[data-stage="stopped"] > div { background: var(--soft); }
  ${VIEW} .bar[data-stage="failed"] > div { background: var(--bad); }
  ${VIEW} .head strong { overflow-wrap: anywhere; }
  ${VIEW} .halves { display: flex; flex-wrap: wrap; gap: 8px 20px; align-items: flex-start; }
  ${VIEW} .halves > * { flex: 4 1 36em; min-width: 0; }
  ${VIEW} .halves > .plot { flex: 1 1 16em; max-width: 26em; }
  ${VIEW} svg { width: 100%; height: auto; display: block; }
  ${VIEW} .caption { font-size: 0.92em; overflow-wrap: anywhere; }
  ${VIEW} .plot svg { height: 150px; }
  ${VIEW} svg text { fill: var(--soft); font-size: 11px; }
  ${VIEW} svg .name { fill: var(--fg); }
  ${VIEW} svg .axis { stroke: var(--line); stroke-width: 1; fill: none; }
  ${VIEW} svg .best { stroke: var(--brand); stroke-width: 2; fill: none; }
  ${VIEW} svg circle { fill: var(--soft); opacity: 0.55; }
  ${VIEW} svg circle.top { fill: var(--brand); opacity: 1; }
  ${VIEW} svg .trial { fill: none; stroke: var(--soft); opacity: 0.4; stroke-width: 1; }
  ${VIEW} svg .trial.top { stroke: var(--brand); opacity: 1; stroke-width: 2; }
  ${VIEW} .more { margin-block-start: 6px; }
  ${VIEW} .scroll { overflow: auto; max-height: 26em; }
  ${VIEW} .scroll:focus-visible { outline: 2px solid var(--brand); outline-offset: 2px; }
  ${VIEW} table {
    border-collapse: collapse; width: 100%; margin: 0; color: var(--fg); font: inherit; font-variant-numeric: tabular-nums;
  }
  ${VIEW} th, ${VIEW} td {
    text-align: end; padding: 1px 6px; border-bottom: 1px solid var(--line); white-space: nowrap; color: inherit;
  }
  ${VIEW} thead :is(th, td) { position: sticky; top: 0; background: var(--back); vertical-align: bottom; }
  ${VIEW} th { color: var(--soft); font-weight: 500; }
  ${VIEW} .metric { display: inline-block; max-width: 9em; white-space: normal; overflow-wrap: break-word; }
  ${VIEW} td { vertical-align: baseline; }
  ${VIEW} th:nth-child(2), ${VIEW} td:nth-child(2) { text-align: start; white-space: normal; width: 100%; min-width: 7em; }
  ${VIEW} .reason { font-size: 0.92em; overflow-wrap: anywhere; }
  ${VIEW} tr { background: transparent; }
  ${VIEW} .halves { container-type: inline-size; }
  @container (max-width: 26em) {
    ${VIEW} :is(th, td):nth-child(n + 6) { display: none; }
  }
  ${VIEW} table:not([data-blended]) :is(th, td):nth-child(5) { display: none; }
  ${VIEW} tr[data-state="running"] .mark { color: var(--brand); }
  ${VIEW} tr[data-state="done"] .mark { color: var(--good); }
  ${VIEW} tr[data-state="failed"] .mark { color: var(--bad); }
  ${VIEW} tr[data-state="pruned"], ${VIEW} tr[data-state="failed"] { color: var(--soft); }
  ${VIEW} .tag {
    font-size: 0.86em; color: var(--soft); border: 1px solid var(--line); border-radius: 8px; padding: 0 6px;
    margin-inline-start: 6px; white-space: nowrap;
  }
  ${VIEW} .warning { border-inline-start: 3px solid var(--warn); padding: 2px 10px; margin: 4px 0; }
  ${VIEW} details { margin: 6px 0; }
  ${VIEW} summary { cursor: pointer; color: var(--soft); }
  ${VIEW} ul { margin: 4px 0; padding-inline-start: 1.4em; }
`;
