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
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { CodeEditor, type IEditorServices } from '@jupyterlab/codeeditor';
import type { CodeMirrorEditor } from '@jupyterlab/codemirror';
import type { TranslationBundle } from '@jupyterlab/translation';
import { checkIcon, closeIcon } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';
import { changesOf, hunksWithin, type IHunk } from './hunks';

/** A change that is proposed for a cell's source. */
export interface IProposedText {
  /** What is compared with: the source as it was, and whatever of the proposal has been accepted. */
  readonly original: string;
  readonly proposed: string;
}

/** Decisions that somebody else carries out: the hunks are theirs, and so is what becomes of the texts. */
export interface IDecider {
  readonly hunks: readonly IHunk[];
  decide(accept: boolean, hunks: readonly string[]): void;
}

export interface IDiffOptions {
  readonly proposal: IProposedText;
  readonly mimeType: string;
  readonly services: IEditorServices;
  readonly trans: TranslationBundle;
  /** Who decides; without one, decisions are made in this editor's own texts, where they can be edited too. */
  readonly decider?: IDecider;
  /** Called with what is not decided yet, what has been accepted, and both texts. */
  changed?(left: number, accepted: number, original: string, document: string): void;
}

/** A proposal as one text in which what goes and what comes is marked, to be decided change by change. */
export class DiffEditor extends Widget {
  constructor(private readonly options: IDiffOptions) {
    super();
    const { proposal, mimeType, services, trans, decider } = options;
    this.addClass('jp-Lumina-diff');
    this._model = new CodeEditor.Model({ mimeType });
    this._model.sharedModel.setSource(proposal.proposed);
    const { original } = proposal;
    this._editor = services.factoryService.newInlineEditor({
      host: this.node,
      model: this._model,
      config: { lineNumbers: false, searchWithCM: false },
      extensions: [
        unifiedMergeView({
          original,
          gutter: true,
          allowInlineDiffs: false,
          ...(decider
            ? { diffConfig: { override: (a, b) => changesOf(a, b, decider.hunks) } }
            : {}),
          mergeControls: (type, decide) => this.control(type, decide)
        }),
        EditorView.contentAttributes.of({ 'aria-label': trans.__('Proposed changes') }),
        decider ? EditorState.readOnly.of(true) : [],
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
    this.options.changed?.(this.chunks.length, this._accepted, original, state.doc.toString());
  }

  /** Accept or refuse the change at the cursor, or else the next one. */
  decide(accept: boolean): void {
    const chunk = this.current();
    if (!chunk) {
      return;
    }
    const anchor = Math.min(chunk.fromB, this.view.state.doc.length);
    this.view.dispatch({ selection: { anchor } });
    if (this.options.decider) {
      this.hand(accept, chunk);
      return;
    }
    (accept ? acceptChunk : rejectChunk)(this.view, chunk.fromB);
    if (!this.isDisposed) {
      this.go(1);
    }
  }

  /** Go to the next change (1) or the one before (-1); false when the text has none in that direction. */
  go(step: 1 | -1): boolean {
    const { head } = this.view.state.selection.main;
    const ahead = this.chunks.some(({ fromB }) => (fromB - head) * step > 0);
    (step > 0 ? goToNextChunk : goToPreviousChunk)(this.view);
    return ahead;
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

  /** Have a change decided by whom it belongs to. */
  private hand(accept: boolean, chunk: Chunk): void {
    const { decider, proposal } = this.options;
    if (!decider) {
      return;
    }
    const { chunks } = this;
    const { hunks } = decider;
    const meant =
      chunks.length === hunks.length
        ? [hunks[chunks.indexOf(chunk)]!]
        : hunksWithin(proposal.proposed, hunks, chunk.fromB, chunk.endB);
    decider.decide(
      accept,
      meant.map(({ id }) => id)
    );
  }

  private control(type: 'accept' | 'reject', decide: (event: MouseEvent) => void): HTMLElement {
    const { trans, decider } = this.options;
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
    button.addEventListener('click', event => {
      if (!decider) {
        decide(event);
        return;
      }
      const chunk = this.chunkOf(button);
      if (chunk) {
        this.hand(type === 'accept', chunk);
      }
    });
    return button;
  }

  /** The change that a button stands at. */
  private chunkOf(button: HTMLElement): Chunk | undefined {
    const { view } = this;
    const place = button.closest('.cm-deletedChunk') ?? button;
    const position = view.posAtDOM(place);
    return this.chunks.find(chunk => chunk.fromB <= position && position <= chunk.endB);
  }

  private readonly _model: CodeEditor.Model;
  private readonly _editor: CodeMirrorEditor;
  private _accepted = 0;
}
