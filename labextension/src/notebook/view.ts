import { isCodeCellModel, type ICellModel } from '@jupyterlab/cells';
import type { CodeEditor } from '@jupyterlab/codeeditor';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import type { FileEditor } from '@jupyterlab/fileeditor';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { components } from '../api/schema';
import { fit, VIEW_LIMIT, type CellView } from './fit';
import { keptOutputs, shortOutput } from './shorten';

export type NotebookView = components['schemas']['NotebookView'];
export type { CellView } from './fit';
export type Selection = components['schemas']['Selection'];

/** Id of the one cell that a file in an editor is looked at as. */
export const FILE_CELL = 'file';

export interface IViewOptions {
  /** Whether pictures in outputs come along, as far as there is room; they do not otherwise. */
  images?: boolean;
  /** Id of the cell that the question is about; the active one when omitted. */
  cell?: string;
  /** Bytes at most, as JSON. */
  limit?: number;
}

/**
 * A notebook as its person sees it now, unsaved edits and all, to go with a question.
 *
 * It holds every cell in its order, with its id; what is far from the active cell comes without
 * outputs or source when there is no room.
 */
export function notebookView(panel: NotebookPanel, options: IViewOptions = {}): NotebookView {
  const notebook = panel.content;
  const models = notebook.model ? Array.from(notebook.model.cells) : [];
  const active = options.cell ?? notebook.activeCell?.model.id ?? '';
  const cells = models.map(model => cellView(model, options.images ?? false));
  const at = models.findIndex(model => model.id === active);
  const editor = notebook.activeCell?.editor;
  const text = editor ? selectedText(editor) : '';
  return {
    path: panel.context.localPath,
    language: notebook.model?.defaultKernelLanguage || 'python',
    cells: fit(cells, at, options.limit ?? VIEW_LIMIT),
    active_cell: active,
    selection: text && notebook.activeCell ? { text, cell_id: notebook.activeCell.model.id } : null,
    policy: policyOf(notebook.model?.getMetadata('lumina'))
  };
}

/** A file in an editor, looked at as a notebook of one cell. */
export function fileView(
  widget: IDocumentWidget<FileEditor>,
  options: Pick<IViewOptions, 'limit'> = {}
): NotebookView {
  const { editor, model } = widget.content;
  const text = selectedText(editor);
  const path = widget.context.localPath;
  const cell: CellView = {
    id: FILE_CELL,
    kind: 'code',
    source: model.sharedModel.getSource(),
    execution_count: null,
    outputs: []
  };
  return {
    path,
    language: languageOf(model.mimeType),
    cells: fit([cell], 0, options.limit ?? VIEW_LIMIT),
    active_cell: FILE_CELL,
    selection: text ? { text, path } : null,
    policy: {}
  };
}

/** One cell, its outputs shortened. */
export function cellView(model: ICellModel, images: boolean): CellView {
  const kind = model.type === 'code' || model.type === 'markdown' ? model.type : 'raw';
  const view: CellView = { id: model.id, kind, source: model.sharedModel.getSource() };
  if (!isCodeCellModel(model)) {
    return view;
  }
  const { outputs, executionCount } = model;
  return {
    ...view,
    execution_count: executionCount ?? null,
    outputs: keptOutputs(outputs.length).map(index =>
      shortOutput(outputs.get(index).toJSON(), images)
    )
  };
}

/** What is selected in an editor; empty when nothing is. */
export function selectedText(editor: CodeEditor.IEditor): string {
  const { start, end } = editor.getSelection();
  const [from, to] = [editor.getOffsetAt(start), editor.getOffsetAt(end)].sort((a, b) => a - b);
  return editor.model.sharedModel.getSource().slice(from, to);
}

/** The policy in `notebook.metadata.lumina`; empty when its author has set none. */
export function policyOf(lumina: unknown): Record<string, unknown> {
  const policy = isRecord(lumina) ? lumina['policy'] : null;
  return isRecord(policy) ? policy : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A language's name from its MIME type: `text/x-python` is python. */
function languageOf(mimeType: string): string {
  return mimeType.replace(/^(text|application)\/(x-)?/, '').replace(/^ipython$/, 'python');
}
