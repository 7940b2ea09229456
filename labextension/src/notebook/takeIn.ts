import type { ISharedCodeCell, ISharedNotebook } from '@jupyter/ydoc';
import type * as nbformat from '@jupyterlab/nbformat';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { JSONExt, type PartialJSONValue } from '@lumino/coreutils';
import { setSource } from '../cellActions/apply';
import { mergeCells, mergeThreeWays, type IConflict, type MergeCell } from './threeWay';

/** Whether a notebook is edited together; what the server writes then comes by itself. */
export function isLive(panel: NotebookPanel): boolean {
  return panel.content.model?.collaborative ?? false;
}

/**
 * Do something to a notebook on the server, with what is on the screen saved first and shown afterwards.
 *
 * Without collaboration the server works on the file; what it wrote there is put into the open notebook by as few
 * edits as it takes, so that widgets, outputs and cells that run stay as they are.
 */
export async function onServer<T>(panel: NotebookPanel, work: () => Promise<T>): Promise<T> {
  const { context } = panel;
  if (isLive(panel)) {
    return work();
  }
  if (context.model.dirty) {
    await context.save();
  }
  const result = await work();
  await takeIn(panel);
  return result;
}

/** What each open notebook's file held when it was last read or written here. */
const bases = new WeakMap<NotebookPanel, MergeCell[]>();

/** Remember what the file of a notebook holds, at the beginning and whenever it is saved, until it is closed. */
export function followFile(panel: NotebookPanel): void {
  const { context } = panel;
  let written: MergeCell[] = [];
  const shown = () => mergeCells(context.model.sharedModel.toJSON());
  bases.set(panel, shown());
  const onSave = (_: unknown, state: string) => {
    if (state === 'started') {
      written = shown();
    } else if (state === 'completed') {
      bases.set(panel, written);
    }
  };
  context.saveState.connect(onSave);
  panel.disposed.connect(() => context.saveState.disconnect(onSave));
}

/**
 * Show what stands in the file of a notebook that is not edited together.
 *
 * What is not saved here stays: the cells of which both sides changed the text, so that the file's is not shown, are
 * given back.
 */
export async function takeIn(panel: NotebookPanel): Promise<readonly IConflict[]> {
  const { context } = panel;
  const { model } = context;
  let conflicts: readonly IConflict[] = [];
  let unsaved = model.dirty;
  // Reverting fetches the file and remembers its state; it would replace every cell by a new one, were it left alone.
  model.fromJSON = value => {
    const content = value as unknown as nbformat.INotebookContent;
    const theirs = mergeCells(content);
    unsaved = model.dirty;
    if (unsaved) {
      const mine = mergeCells(model.sharedModel.toJSON());
      const merged = mergeThreeWays(bases.get(panel) ?? [], mine, theirs);
      conflicts = merged.conflicts;
      unsaved = !same(merged.cells, theirs);
      converge(model.sharedModel, { ...content, cells: merged.cells });
    } else {
      converge(model.sharedModel, content);
    }
    bases.set(panel, theirs);
  };
  try {
    await context.revert();
    model.dirty = unsaved;
  } finally {
    delete (model as { fromJSON?: unknown }).fromJSON;
  }
  return conflicts;
}

/** Make a shared notebook equal a content, cell by cell, and leave alone what is the same. */
export function converge(notebook: ISharedNotebook, content: nbformat.INotebookContent): void {
  const wanted = content.cells.map(cell => String((cell as { id?: unknown }).id ?? ''));
  // Each edit for itself: a shared notebook's list of cells is brought up to date at the end of a transaction.
  for (let at = notebook.cells.length - 1; at >= 0; at--) {
    if (!wanted.includes(notebook.cells[at]!.getId())) {
      notebook.deleteCell(at);
    }
  }
  content.cells.forEach((cell, at) => {
    const ids = notebook.cells.map(each => each.getId());
    const from = ids.indexOf(wanted[at]!);
    if (from < 0) {
      notebook.insertCell(at, cell as never);
      return;
    }
    if (from !== at) {
      notebook.moveCell(from, at);
    }
    update(notebook, at, cell);
  });
}

function update(notebook: ISharedNotebook, at: number, cell: nbformat.ICell): void {
  const shared = notebook.cells[at]!;
  if (shared.cell_type !== cell.cell_type) {
    notebook.deleteCell(at);
    notebook.insertCell(at, cell as never);
    return;
  }
  setSource(shared, Array.isArray(cell.source) ? cell.source.join('') : cell.source);
  // Whether its outputs may run code is decided on this page, and not by what stands in the file.
  const { trusted } = shared.getMetadata() as { trusted?: boolean };
  const metadata = { ...cell.metadata, ...(trusted === undefined ? {} : { trusted }) };
  if (!same(shared.getMetadata(), metadata)) {
    shared.setMetadata(metadata);
  }
  if (shared.cell_type === 'code') {
    const code = shared as ISharedCodeCell;
    if (!same(code.getOutputs(), cell['outputs'])) {
      code.setOutputs(cell['outputs'] as nbformat.IOutput[]);
    }
  }
}

function same(one: unknown, other: unknown): boolean {
  return JSONExt.deepEqual(one as PartialJSONValue, other as PartialJSONValue);
}
