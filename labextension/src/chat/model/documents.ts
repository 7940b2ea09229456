import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import type { FileEditor, IEditorTracker } from '@jupyterlab/fileeditor';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { Signal, type ISignal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';
import { fileView, notebookView, policyOf } from '../../notebook/view';
import type { IDocument } from './panelModel';
import type { INotebookView } from './wire';

/** What happened to the document: another one is on top, it has another path, or something else about it changed. */
export type DocumentChange = 'switched' | 'renamed' | 'updated';

/** The document that one works on. */
export interface ICurrentDocument {
  readonly document: IDocument;
  readonly changed: ISignal<ICurrentDocument, DocumentChange>;
  /** The notebook on top, if it is one. */
  readonly notebook: NotebookPanel | null;
  /** What goes with a question; undefined when there is no document. */
  view(): INotebookView | undefined;
  dispose(): void;
}

const NONE: IDocument = { kind: 'none', path: '', name: '', kernelId: '', policy: {} };

/**
 * The notebook or file that was on top last, while it is open.
 *
 * A terminal or the launcher on top changes nothing: one still works on the notebook below.
 */
export class CurrentDocument implements ICurrentDocument {
  constructor(
    private readonly shell: JupyterFrontEnd.IShell,
    private readonly notebooks: INotebookTracker,
    private readonly editors: IEditorTracker | null
  ) {
    shell.currentChanged?.connect(this.onShell, this);
    notebooks.currentChanged.connect(this.onTracker, this);
    editors?.currentChanged.connect(this.onTracker, this);
    this.choose(this.top());
  }

  readonly changed: Signal<ICurrentDocument, DocumentChange> = new Signal(this);

  get document(): IDocument {
    return this._document;
  }

  get notebook(): NotebookPanel | null {
    return this.widget && this.isNotebook(this.widget) ? this.widget : null;
  }

  view(): INotebookView | undefined {
    const { widget } = this;
    if (!widget || widget.isDisposed) {
      return undefined;
    }
    return this.isNotebook(widget)
      ? notebookView(widget, { images: true })
      : fileView(widget as IDocumentWidget<FileEditor>);
  }

  dispose(): void {
    this.unfollow();
    Signal.clearData(this);
  }

  private onShell(): void {
    const { currentWidget } = this.shell;
    if (currentWidget && this.isDocument(currentWidget)) {
      this.choose(currentWidget);
    }
  }

  private onTracker(): void {
    // Closed documents leave their tracker; what is on top then, the shell says, if it says anything.
    if (!this.widget || this.widget.isDisposed || !this.shell.currentChanged) {
      this.choose(this.top());
    }
  }

  private top(): IDocumentWidget | null {
    const { currentWidget } = this.shell;
    if (currentWidget && this.isDocument(currentWidget)) {
      return currentWidget;
    }
    const open = [this.notebooks.currentWidget, this.editors?.currentWidget];
    return open.find(widget => widget && !widget.isDisposed) ?? null;
  }

  private isNotebook(widget: Widget): widget is NotebookPanel {
    return this.notebooks.has(widget);
  }

  private isDocument(widget: Widget): widget is IDocumentWidget {
    return this.isNotebook(widget) || (this.editors?.has(widget) ?? false);
  }

  private choose(widget: IDocumentWidget | null): void {
    if (widget === this.widget) {
      return;
    }
    this.unfollow();
    this.widget = widget;
    if (widget) {
      widget.context.pathChanged.connect(this.onPath, this);
      widget.disposed.connect(this.onDisposed, this);
      if (this.isNotebook(widget)) {
        widget.sessionContext.kernelChanged.connect(this.onUpdate, this);
        widget.context.ready.then(() => this.onUpdate()).catch(() => undefined);
        widget.content.modelChanged.connect(this.onModel, this);
        this.onModel();
      }
    }
    this.tell('switched');
  }

  private unfollow(): void {
    const { widget } = this;
    if (!widget || widget.isDisposed) {
      return;
    }
    widget.context.pathChanged.disconnect(this.onPath, this);
    widget.disposed.disconnect(this.onDisposed, this);
    if (this.isNotebook(widget)) {
      widget.sessionContext.kernelChanged.disconnect(this.onUpdate, this);
      widget.content.modelChanged.disconnect(this.onModel, this);
      widget.content.model?.metadataChanged.disconnect(this.onUpdate, this);
    }
  }

  private onModel(): void {
    this.notebook?.content.model?.metadataChanged.connect(this.onUpdate, this);
    this.onUpdate();
  }

  private onPath(): void {
    this.tell('renamed');
  }

  private onUpdate(): void {
    this.tell('updated');
  }

  private onDisposed(): void {
    this.widget = null;
    this.choose(this.top());
    if (!this.widget) {
      this.tell('switched');
    }
  }

  private tell(change: DocumentChange): void {
    const document = this.describe();
    const same = JSON.stringify(document) === JSON.stringify(this._document);
    if (!same || change === 'switched') {
      this._document = document;
      this.changed.emit(change);
    }
  }

  private describe(): IDocument {
    const { widget } = this;
    if (!widget || widget.isDisposed) {
      return NONE;
    }
    const path = widget.context.localPath;
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (!this.isNotebook(widget)) {
      return { kind: 'file', path, name, kernelId: '', policy: {} };
    }
    return {
      kind: 'notebook',
      path,
      name,
      kernelId: widget.sessionContext.session?.kernel?.id ?? '',
      policy: policyOf(widget.content.model?.getMetadata('lumina'))
    };
  }

  private widget: IDocumentWidget | null = null;
  private _document: IDocument = NONE;
}
