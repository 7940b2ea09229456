import type { YCodeCell } from '@jupyter/ydoc';
import type { CodeEditor } from '@jupyterlab/codeeditor';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import type { FileEditor, IEditorTracker } from '@jupyterlab/fileeditor';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { Widget } from '@lumino/widgets';
import type { components } from '../api';
import { OPEN_POLICY, readPolicy, type INotebookPolicy } from '../notebook/policy';
import { leftOut, steadyEnd } from './window';

type Body = components['schemas']['GhostTextRequest'];
type CellText = components['schemas']['CellText'];

/** Characters that go to the server at most: of the text before the cursor, after it, and of the cells above. */
export const LIMITS = { prefix: 3600, suffix: 600, cells: 3600 };

/** An editor that somebody types in, and what is around it. */
export interface IPlace {
  readonly editor: CodeEditor.IEditor;
  /** In small letters, as the editor's languages are called. */
  readonly language: string;
  /** The notebook's policy; a file has none, and is open. */
  readonly policy: INotebookPolicy;
  /** What the server is told about everything but the editor's own text. */
  around(): Pick<Body, 'before' | 'path' | 'kernel_id'>;
}

/** Knows the notebooks and files that are open. */
export class Places {
  constructor(
    private readonly notebooks: INotebookTracker | null,
    private readonly files: IEditorTracker | null,
    private readonly languages: IEditorLanguageRegistry | null
  ) {}

  /** The place in a widget where somebody types; null when it is neither a notebook nor a file. */
  of(widget: Widget | null): IPlace | null {
    if (!widget) {
      return null;
    }
    if (this.notebooks?.has(widget)) {
      return this.inNotebook(widget as NotebookPanel);
    }
    if (this.files?.has(widget)) {
      return this.inFile(widget as IDocumentWidget<FileEditor>);
    }
    return null;
  }

  private inNotebook(panel: NotebookPanel): IPlace | null {
    const cell = panel.content.activeCell;
    const editor = cell?.editor;
    if (!cell || !editor) {
      return null;
    }
    return {
      editor,
      language: this.language(editor.model.mimeType),
      policy: panel.content.model ? readPolicy(panel.content.model) : OPEN_POLICY,
      around: () => ({
        before: cellsAbove(panel),
        path: panel.context.localPath,
        kernel_id: panel.sessionContext.session?.kernel?.id ?? ''
      })
    };
  }

  private inFile(widget: IDocumentWidget<FileEditor>): IPlace {
    const { editor } = widget.content;
    return {
      editor,
      language: this.language(editor.model.mimeType),
      policy: OPEN_POLICY,
      around: () => ({ path: widget.context.localPath })
    };
  }

  private language(mime: string): string {
    const name = this.languages?.findByMIME(mime)?.name ?? mime.replace(/^text\/(x-)?/, '');
    // A notebook's Python, with magics and shell lines.
    return name.toLowerCase() === 'ipython' ? 'python' : name.toLowerCase();
  }
}

/** The text around a cursor as the server gets it. */
export function cut(prefix: string, suffix: string): { prefix: string; suffix: string } {
  return { prefix: steadyEnd(prefix, LIMITS.prefix), suffix: suffix.slice(0, LIMITS.suffix) };
}

function cellsAbove(panel: NotebookPanel): CellText[] {
  const { widgets, activeCellIndex } = panel.content;
  const above = widgets.slice(0, activeCellIndex).map(widget => widget.model);
  const first = leftOut(
    // The length of a cell costs nothing; its text is copied out of the shared document.
    above.map(model => (model.sharedModel as YCodeCell).ysource.length),
    LIMITS.cells
  );
  return above.slice(first).map(model => ({
    source: model.sharedModel.getSource(),
    kind: model.type as 'code' | 'markdown' | 'raw'
  }));
}
