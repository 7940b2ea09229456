import type { ICellModel } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';

/** A cell as it is offered. */
export interface ICellEntry {
  readonly id: string;
  /** From 1. */
  readonly number: number;
  readonly kind: string;
  /** Its first line that is not empty. */
  readonly firstLine: string;
  readonly active: boolean;
}

const LONGEST_LINE = 60;

/** A notebook's cells; the first line of each is read again only when that cell has changed. */
export class Cells {
  constructor(private readonly notebook: () => NotebookPanel | null) {}

  list(): readonly ICellEntry[] {
    const panel = this.notebook();
    const model = panel?.content.model;
    if (!panel || !model) {
      return [];
    }
    const active = panel.content.activeCell?.model.id ?? '';
    return Array.from(model.cells, (cell, index) => ({
      id: cell.id,
      number: index + 1,
      kind: cell.type,
      firstLine: this.firstLine(cell),
      active: cell.id === active
    }));
  }

  private firstLine(cell: ICellModel): string {
    const known = this.lines.get(cell);
    if (known !== undefined) {
      return known;
    }
    const line = firstLineOf(cell.sharedModel.getSource());
    this.lines.set(cell, line);
    if (!this.watched.has(cell)) {
      this.watched.add(cell);
      cell.contentChanged.connect(changed => void this.lines.delete(changed));
    }
    return line;
  }

  private readonly lines = new WeakMap<ICellModel, string>();
  private readonly watched = new WeakSet<ICellModel>();
}

function firstLineOf(source: string): string {
  const line = /\S[^\n]*/.exec(source)?.[0].trimEnd() ?? '';
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE - 1)}…` : line;
}

/** The shortest beginning of a cell's id that names no other: eight characters at least. */
export function shortId(id: string, cells: readonly Pick<ICellEntry, 'id'>[]): string {
  for (let length = 8; length < id.length; length++) {
    const short = id.slice(0, length);
    if (/\w$/.test(short) && cells.filter(cell => cell.id.startsWith(short)).length === 1) {
      return short;
    }
  }
  return id;
}
