import {
  acceptChunk,
  getChunks,
  getOriginalDoc,
  goToNextChunk,
  goToPreviousChunk,
  rejectChunk,
  unifiedMergeView,
  type Chunk
} from '@codemirror/merge';
import { EditorView } from '@codemirror/view';
import { CodeEditor, type IEditorServices } from '@jupyterlab/codeeditor';
import type { CodeMirrorEditor } from '@jupyterlab/codemirror';
import type { TranslationBundle } from '@jupyterlab/translation';
import { checkIcon, closeIcon } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';
import type { IProposal } from './action';

export interface IDiffOptions {
  readonly proposal: IProposal;
  readonly mimeType: string;
  readonly services: IEditorServices;
  readonly trans: TranslationBundle;
  /** Called with what is not decided yet, what has been accepted, and both texts. */
  changed(left: number, accepted: number, original: string, document: string): void;
}

/** A proposal as one text in which what goes and what comes is marked, to be decided change by change. */
export class DiffEditor extends Widget {
  constructor(private readonly options: IDiffOptions) {
    super();
    const { proposal, mimeType, services, trans } = options;
    this.addClass('jp-Lumina-diff');
    this._model = new CodeEditor.Model({ mimeType });
    this._model.sharedModel.setSource(proposal.proposed);
    this._editor = services.factoryService.newInlineEditor({
      host: this.node,
      model: this._model,
      config: { lineNumbers: false, searchWithCM: false },
      extensions: [
        unifiedMergeView({
          original: proposal.original,
          gutter: true,
          allowInlineDiffs: false,
          mergeControls: (type, decide) => this.control(type, decide)
        }),
        EditorView.contentAttributes.of({ 'aria-label': trans.__('Proposed changes') }),
        EditorView.updateListener.of(update => {
          const accepted = update.transactions.filter(change =>
            change.isUserEvent('accept')
          ).length;
          this._accepted += accepted;
          if (accepted || update.docChanged) {
            this.report();
          }
        })
      ]
    }) as CodeMirrorEditor;
  }

  /** Tell what is left; to be called once when the editor is shown. */
  report(): void {
    const { state } = this.view;
    const original = getOriginalDoc(state).toString();
    this.options.changed(this.chunks.length, this._accepted, original, state.doc.toString());
  }

  /** Accept or refuse the change at the cursor, or else the next one. */
  decide(accept: boolean): void {
    const chunk = this.current();
    if (chunk) {
      this.view.dispatch({
        selection: { anchor: Math.min(chunk.fromB, this.view.state.doc.length) }
      });
      (accept ? acceptChunk : rejectChunk)(this.view, chunk.fromB);
      if (!this.isDisposed) {
        this.go(1);
      }
    }
  }

  /** Go to the next change (1) or the one before (-1). */
  go(step: 1 | -1): void {
    (step > 0 ? goToNextChunk : goToPreviousChunk)(this.view);
  }

  focus(): void {
    const first = this.chunks[0];
    if (first) {
      const anchor = Math.min(first.fromB, this.view.state.doc.length);
      this.view.dispatch({ selection: { anchor } });
    }
    this.view.focus();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._editor.dispose();
      this._model.dispose();
      super.dispose();
    }
  }

  private get view(): EditorView {
    return this._editor.editor;
  }

  private get chunks(): readonly Chunk[] {
    return getChunks(this.view.state)?.chunks ?? [];
  }

  private current(): Chunk | undefined {
    const { head } = this.view.state.selection.main;
    return (
      this.chunks.find(chunk => chunk.fromB <= head && chunk.endB >= head) ??
      this.chunks.find(chunk => chunk.fromB > head) ??
      this.chunks[0]
    );
  }

  private control(type: 'accept' | 'reject', decide: (event: MouseEvent) => void): HTMLElement {
    const { trans } = this.options;
    const label = type === 'accept' ? trans.__('Accept change') : trans.__('Refuse change');
    const button = document.createElement('button');
    button.className = `jp-Lumina-decide jp-mod-${type}`;
    button.type = 'button';
    button.title = label;
    button.setAttribute('aria-label', label);
    button.setAttribute('data-lm-suppress-shortcuts', 'true');
    (type === 'accept' ? checkIcon : closeIcon).element({ container: button, tag: 'span' });
    // The editor would take the press for itself and move the cursor.
    button.addEventListener('mousedown', event => event.preventDefault());
    button.addEventListener('click', decide);
    return button;
  }

  private readonly _model: CodeEditor.Model;
  private readonly _editor: CodeMirrorEditor;
  private _accepted = 0;
}
