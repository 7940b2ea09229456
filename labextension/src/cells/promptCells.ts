import type { ICellModel } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Signal } from '@lumino/signaling';

const MAGIC = /^\s*%%lumina(\s|$)/;
const MARKDOWN = 'text/x-ipythongfm';

/** Whether a cell's text is a prompt. */
export function isPrompt(source: string): boolean {
  return MAGIC.test(source);
}

/**
 * Lets the editor treat `%%lumina` cells as Markdown, as what they hold is prose and not Python.
 *
 * It changes the editor's MIME type alone, never the notebook.
 */
export class PromptCells {
  constructor(private readonly panel: NotebookPanel) {
    panel.content.modelChanged.connect(this.follow, this);
    panel.disposed.connect(() => Signal.clearData(this));
    this.follow();
  }

  private follow(): void {
    const cells = this.panel.content.model?.cells;
    if (!cells) {
      return;
    }
    cells.changed.connect((_, change) => change.newValues.forEach(cell => this.watch(cell)), this);
    for (const cell of cells) {
      this.watch(cell);
    }
  }

  private watch(cell: ICellModel): void {
    if (cell.type !== 'code' || this._watched.has(cell)) {
      return;
    }
    this._watched.add(cell);
    const update = () => this.update(cell);
    cell.sharedModel.changed.connect(update, this);
    // The notebook sets every code cell's type anew when a kernel says what it speaks.
    cell.mimeTypeChanged.connect(update, this);
    update();
  }

  private update(cell: ICellModel): void {
    if (cell.isDisposed || this.panel.isDisposed) {
      return;
    }
    const prompt = isPrompt(cell.sharedModel.getSource());
    if (prompt) {
      cell.mimeType = MARKDOWN;
    } else if (cell.mimeType === MARKDOWN) {
      cell.mimeType = this.panel.content.codeMimetype;
    }
  }

  private _watched = new WeakSet<ICellModel>();
}
