import type { ISharedCodeCell, ISharedNotebook } from '@jupyter/ydoc';
import type * as nbformat from '@jupyterlab/nbformat';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { JSONExt, type PartialJSONValue } from '@lumino/coreutils';
import { setSource } from '../cellActions/apply';

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

/** Show what stands in the file of a notebook that is not edited together. */
export async function takeIn(panel: NotebookPanel): Promise<void> {
  const { context } = panel;
  const { model } = context;
  // Reverting fetches the file and remembers its state; it would replace every cell by a new one, were it left alone.
  model.fromJSON = content =>
    converge(model.sharedModel, content as unknown as nbformat.INotebookContent);
  try {
    await context.revert();
    model.dirty = false;
  } finally {
    delete (model as { fromJSON?: unknown }).fromJSON;
  }
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
