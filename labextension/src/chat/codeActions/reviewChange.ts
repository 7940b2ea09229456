import {
  acceptChunk,
  goToNextChunk,
  goToPreviousChunk,
  rejectChunk,
  unifiedMergeView
} from '@codemirror/merge';
import { EditorState, Prec } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { Dialog } from '@jupyterlab/apputils';
import { jupyterTheme, type IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

/** The two texts in one editor: what goes is above what comes, and each part can be refused. */
class ChangeView extends Widget implements Dialog.IBodyWidget<string> {
  constructor(
    before: string,
    after: string,
    private readonly languages: IEditorLanguageRegistry | null,
    private readonly mimeType: string,
    private readonly trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-LuminaChat-change');
    const hint = document.createElement('p');
    hint.textContent = trans.__(
      'What is struck through goes, what is underlined comes. Accept or refuse single parts, or edit the result: the cell changes when you replace it.'
    );
    this._before = before;
    this._after = after;
    this._place = document.createElement('div');
    this._place.className = 'jp-LuminaChat-changeEditor';
    this.node.append(hint, this._place);
  }

  getValue(): string {
    return this._view?.state.doc.toString() ?? this._after;
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    void this.fill();
  }

  protected override onBeforeDetach(message: Message): void {
    this._after = this.getValue();
    this._view?.destroy();
    this._view = null;
    super.onBeforeDetach(message);
  }

  private async fill(): Promise<void> {
    const spec = this.languages?.findByMIME(this.mimeType) ?? null;
    const language = spec ? await this.languages?.getLanguage(spec) : null;
    if (!this.isAttached) {
      return;
    }
    const phrases = { Accept: this.trans.__('Accept'), Reject: this.trans.__('Refuse') };
    const moves = keymap.of([
      { key: 'Alt-ArrowDown', run: goToNextChunk },
      { key: 'Alt-ArrowUp', run: goToPreviousChunk },
      { key: 'Alt-Enter', run: acceptChunk },
      { key: 'Alt-Backspace', run: rejectChunk }
    ]);
    this._view = new EditorView({
      parent: this._place,
      state: EditorState.create({
        doc: this._after,
        extensions: [
          unifiedMergeView({ original: this._before, mergeControls: true, gutter: true }),
          Prec.highest(moves),
          EditorState.phrases.of(phrases),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({
            'aria-label': this.trans.__('The cell as it becomes')
          }),
          jupyterTheme,
          ...(language?.support ? [language.support] : [])
        ]
      })
    });
  }

  private _before: string;
  private _after: string;
  private _place: HTMLElement;
  private _view: EditorView | null = null;
}

/** Show a change in a dialog; what the person made of it, or null when they refused. */
export async function reviewChange(
  texts: { readonly before: string; readonly after: string },
  look: { readonly mimeType: string; readonly title: string },
  languages: IEditorLanguageRegistry | null,
  trans: TranslationBundle
): Promise<string | null> {
  const dialog = new Dialog<string>({
    title: look.title,
    body: new ChangeView(texts.before, texts.after, languages, look.mimeType, trans),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Keep the cell') }),
      Dialog.okButton({ label: trans.__('Replace') })
    ]
  });
  dialog.addClass('jp-LuminaChat-changeDialog');
  const result = await dialog.launch();
  return result.button.accept ? (result.value ?? texts.after) : null;
}
