import { theme } from "../theme.js";

export const STYLE = `
  :host { display: block; }
  ${theme(".run")}
  .run { max-width: 60em; }
  .state { color: var(--soft); }
  .words { color: var(--soft); }
  ol { list-style: none; margin: 6px 0; padding: 0; }
  li { display: grid; grid-template-columns: 1.6em 1fr; padding: 1px 0; overflow-wrap: anywhere; }
  .mark { color: var(--soft); }
  li[data-progress="running"] .mark, li[data-progress="asking"] .mark { color: var(--brand); }
  li[data-progress="running"] .title, li[data-progress="asking"] .title { font-weight: 600; }
  li[data-progress="done"] .mark { color: var(--good); }
  li[data-progress="failed"] .mark, li[data-progress="refused"] .mark { color: var(--bad); }
  li[data-progress="due"] .title, li[data-progress="undone"] .title { color: var(--soft); }
  .note, .small { color: var(--soft); font-size: 0.92em; }
  .asks { border-inline-start: 3px solid var(--warn); padding: 4px 10px; margin: 8px 0; }
  pre {
    background: var(--inset); margin: 4px 0; padding: 6px 8px; max-height: 16em; overflow: auto; border-radius: 3px;
    font: var(--jp-code-font-size, 12px)/1.4 var(--jp-code-font-family, var(--vscode-editor-font-family, monospace));
    white-space: pre-wrap; overflow-wrap: anywhere;
  }
  .answer { white-space: pre-wrap; margin: 8px 0; }
  .run button.main { color: var(--on-brand); background: var(--brand); border-color: var(--brand); }
  input { width: min(30em, 100%); box-sizing: border-box; }
  .error:not(:empty) { border-inline-start: 3px solid var(--bad); padding: 2px 10px; }
`;
