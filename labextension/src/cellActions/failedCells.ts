import { CodeCell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Signal } from '@lumino/signaling';
import { Widget, type PanelLayout } from '@lumino/widgets';
import { hasError } from './errors';

/** One button below an error. */
export interface IErrorButton {
  readonly label: string;
  readonly caption: string;
  press(cell: CodeCell): void;
}

/**
 * Shows buttons below the output of cells that have failed, until they run well.
 *
 * They are part of the cell's widget and never of the notebook.
 */
export class FailedCells {
  constructor(
    private readonly panel: NotebookPanel,
    private readonly buttons: readonly IErrorButton[],
    private readonly label: string
  ) {
    panel.content.modelChanged.connect(this.follow, this);
    panel.disposed.connect(() => Signal.clearData(this));
    this.follow();
  }

  /** Whether they are shown at all. */
  set enabled(enabled: boolean) {
    this._enabled = enabled;
    this.watchAll();
    for (const cell of this.panel.content.widgets) {
      if (cell instanceof CodeCell) {
        this.update(cell);
      }
    }
  }

  private follow(): void {
    this.panel.content.model?.cells.changed.connect(this.watchAll, this);
    this.watchAll();
  }

  private watchAll(): void {
    for (const cell of this.panel.content.widgets) {
      if (cell instanceof CodeCell && !this._watched.has(cell)) {
        this._watched.add(cell);
        const update = () => this.update(cell);
        cell.model.outputs.changed.connect(update, this);
        cell.disposed.connect(() => cell.model?.outputs?.changed.disconnect(update, this));
        update();
      }
    }
  }

  private update(cell: CodeCell): void {
    if (cell.isDisposed) {
      return;
    }
    const shown = this._shown.get(cell);
    const wanted = this._enabled && hasError(cell);
    if (shown && !wanted) {
      this._shown.delete(cell);
      shown.dispose();
    } else if (wanted && !shown) {
      const bar = new ErrorButtons(cell, this.buttons, this.label);
      this._shown.set(cell, bar);
      // A cell that has not been looked at yet has neither input nor output.
      void cell.ready.then(() => {
        if (!bar.isDisposed && !cell.isDisposed) {
          const layout = cell.layout as PanelLayout;
          layout.insertWidget(layout.widgets.length - 1, bar);
        }
      });
    }
  }

  private _enabled = true;
  private readonly _watched = new WeakSet<CodeCell>();
  private readonly _shown = new WeakMap<CodeCell, ErrorButtons>();
}

/** The buttons below one cell's error. */
class ErrorButtons extends Widget {
  constructor(cell: CodeCell, buttons: readonly IErrorButton[], label: string) {
    super();
    this.addClass('jp-Lumina-errorButtons');
    this.node.setAttribute('role', 'group');
    this.node.setAttribute('aria-label', label);
    for (const { label, caption, press } of buttons) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'jp-Lumina-errorButton';
      button.textContent = label;
      button.title = caption;
      // Else a press on Enter would mean the notebook and not the button.
      button.setAttribute('data-lm-suppress-shortcuts', 'true');
      button.addEventListener('click', () => press(cell));
      this.node.append(button);
    }
  }
}
