/** What the views look like: the front end's colours and letters, or those of a plain page, light or dark as the system is. */

/** The style that a view begins with; `view` is its selector. */
export function theme(view) {
  return `
  ${view} {
    --fg: var(--jp-ui-font-color1, var(--vscode-foreground, #1f2328));
    --soft: var(--jp-ui-font-color2, var(--vscode-descriptionForeground, #59636e));
    --line: var(--jp-border-color2, var(--vscode-panel-border, #d1d9e0));
    --back: var(--jp-layout-color1, var(--vscode-editor-background, #ffffff));
    --inset: var(--jp-layout-color2, var(--vscode-textCodeBlock-background, #f6f8fa));
    --brand: var(--jp-brand-color1, var(--vscode-button-background, #0969da));
    --on-brand: var(--jp-ui-inverse-font-color1, var(--vscode-button-foreground, #ffffff));
    --warn: var(--jp-warn-color0, #9a6700);
    --bad: var(--jp-error-color1, #cf222e);
    --good: var(--jp-success-color0, #1a7f37);
    color: var(--fg); background: var(--back); border: 1px solid var(--line); border-radius: 4px;
    padding: 8px 12px; box-sizing: border-box;
    font: var(--jp-ui-font-size1, 13px)/1.5 var(--jp-ui-font-family, var(--vscode-font-family, system-ui, sans-serif));
  }
  @media (prefers-color-scheme: dark) {
    ${view}.alone {
      --fg: #e6edf3; --soft: #9198a1; --line: #3d444d; --back: #0d1117; --inset: #151b23; --brand: #4493f8;
      --on-brand: #0d1117; --warn: #d29922; --bad: #f85149; --good: #3fb950;
    }
  }
  ${view} .head { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: baseline; }
  ${view} .head strong { font-weight: 600; }
  ${view} .buttons { display: flex; flex-wrap: wrap; gap: 6px; }
  ${view} .head .buttons { margin-inline-start: auto; }
  ${view} p { margin: 4px 0; overflow-wrap: anywhere; }
  ${view} .soft { color: var(--soft); }
  ${view} button, ${view} select, ${view} input {
    font: inherit; color: var(--fg); background: var(--back); border: 1px solid var(--line); border-radius: 3px;
    padding: 1px 10px; margin: 0;
  }
  ${view} button, ${view} select { cursor: pointer; }
  ${view} :is(button, select, input, summary):focus-visible { outline: 2px solid var(--brand); outline-offset: 2px; }
  ${view} button:disabled { opacity: 0.5; cursor: default; }
  ${view} [hidden] { display: none !important; }
`;
}

/** Whether the page has the theme of no front end that is known here. */
export function standsAlone() {
  const style = getComputedStyle(document.body);
  return !["--jp-ui-font-color1", "--vscode-foreground"].some((name) => style.getPropertyValue(name));
}
