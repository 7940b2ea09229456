import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { CodeEditor } from '@jupyterlab/codeeditor';
import type { ICompletionProviderManager } from '@jupyterlab/completer';
import type { SourceChange } from '@jupyter/ydoc';
import type { Widget } from '@lumino/widgets';
import type { Places } from './place';
import type { GhostTextProvider } from './provider';

/** A comment, or the end of a line that others belong to. */
const OPENING = /^\s*#.*\S|[:({[]\s*(#.*)?$/;

/** Whether what stands before the cursor is an empty line below one that says what comes. */
export function isAfterOpening(prefix: string): boolean {
  const [line = '', above = ''] = prefix.split('\n').slice(-2).reverse();
  return prefix.includes('\n') && !line.trim() && OPENING.test(above);
}

/**
 * Asks for suggestions at the beginning of new lines, where JupyterLab does not.
 *
 * It listens to the editor that has the focus, and asks only when a line was broken there.
 */
export class NewLines {
  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly completer: ICompletionProviderManager,
    private readonly places: Places,
    private readonly provider: GhostTextProvider
  ) {
    document.addEventListener('focusin', event => {
      if (event.target instanceof Element && event.target.closest('.cm-content')) {
        this.follow();
      }
    });
  }

  private follow(): void {
    const widget = this.app.shell.currentWidget;
    const editor = this.places.of(widget)?.editor;
    if (!widget || !editor || editor === this.editor) {
      return;
    }
    this.editor?.model?.sharedModel.changed.disconnect(this.changed, this);
    this.editor = editor;
    this.widget = widget;
    editor.model.sharedModel.changed.connect(this.changed, this);
  }

  private changed(_: unknown, { sourceChange }: SourceChange): void {
    const broken = sourceChange?.some(
      ({ insert }) => typeof insert === 'string' && /^\r?\n[ \t]*$/.test(insert)
    );
    if (broken && this.provider.settings.newLines === 'afterOpenings') {
      // The cursor is where it belongs when the editor is done with this change.
      setTimeout(() => this.ask());
    }
  }

  private ask(): void {
    const { editor, widget } = this;
    const place = this.places.of(widget);
    if (!editor || !widget || editor.isDisposed || place?.editor !== editor || !editor.hasFocus()) {
      return;
    }
    const at = editor.getOffsetAt(editor.getCursorPosition());
    if (
      isAfterOpening(editor.model.sharedModel.getSource().slice(0, at)) &&
      this.provider.isOn(place)
    ) {
      this.provider.byItself();
      this.completer.inline?.invoke(widget.id);
    }
  }

  private editor: CodeEditor.IEditor | null = null;
  private widget: Widget | null = null;
}
