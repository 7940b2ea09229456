import { Clipboard, type ISessionContextDialogs } from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import { NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';

export type CodeVerb = 'insert' | 'replace' | 'run';

/** Code of an answer, and the notebook that the answer belongs to. */
export interface ICode {
  /** The notebook's path. */
  readonly notebook: string;
  readonly code: string;
  /** As behind the fence; may be empty. */
  readonly language: string;
}

/** Where code went. */
export interface ICodePlace {
  /** One sentence. */
  readonly text: string;
  /** Show the cell. */
  reveal(): void;
  /** Take it back, unless somebody has changed it since; says what came of it. */
  undo(): string;
}

/** Shows a change and lets a person agree: the text that it is to become, or null for no. */
export type ReviewChange = (
  before: string,
  after: string,
  mimeType: string,
  title: string
) => Promise<string | null>;

export interface INotebookCodeOptions {
  /** The notebook of that path, opened when it is not. */
  readonly open: (path: string) => Promise<NotebookPanel | null>;
  readonly review: ReviewChange;
  readonly dialogs: ISessionContextDialogs | null;
  readonly translator: ITranslator;
  readonly trans: TranslationBundle;
}

const PROSE = new Set(['markdown', 'md']);
const SHELL = new Set(['bash', 'sh', 'shell', 'zsh', 'console']);
/** Fences that hold what no cell could run. */
const NO_CODE = new Set([
  'text',
  'txt',
  'plaintext',
  'output',
  'json',
  'yaml',
  'toml',
  'diff',
  'mermaid',
  'csv'
]);

/** Brings an answer's code into its notebook: each change can be undone, and says where it went. */
export class NotebookCode {
  constructor(private readonly options: INotebookCodeOptions) {}

  copy(code: string): void {
    Clipboard.copyToSystem(code);
  }

  /** Whether it makes sense to run code of that language in a cell. */
  isRunnable(language: string): boolean {
    return !NO_CODE.has(language) && !PROSE.has(language);
  }

  /**
   * Do it; null when the person said no.
   *
   * @throws Error with a sentence for people when it cannot be done.
   */
  async apply(verb: CodeVerb, code: ICode): Promise<ICodePlace | null> {
    const panel = await this.panel(code.notebook);
    if (verb === 'replace') {
      return this.replace(panel, code);
    }
    const place = this.insert(panel, code);
    if (verb === 'run') {
      await this.run(panel, place.id);
    }
    return place;
  }

  private async panel(path: string): Promise<NotebookPanel> {
    const { open, trans } = this.options;
    const panel = await open(path);
    if (!panel?.content.model) {
      throw new Error(trans.__('%1 cannot be opened. Is it still there?', path));
    }
    if (panel.content.model.readOnly) {
      throw new Error(trans.__('%1 is read-only: copy the code instead.', path));
    }
    return panel;
  }

  private insert(panel: NotebookPanel, { code, language }: ICode): ICodePlace & { id: string } {
    const { trans } = this.options;
    const notebook = panel.content;
    const at = notebook.model?.cells.length ? notebook.activeCellIndex + 1 : 0;
    const prose = PROSE.has(language);
    const source = SHELL.has(language) && isPython(panel) ? `%%bash\n${code}` : code;
    const metadata = prose ? {} : { trusted: true };
    const cell = notebook.model?.sharedModel.insertCell(at, {
      cell_type: prose ? 'markdown' : 'code',
      source,
      metadata
    });
    const id = cell?.getId() ?? '';
    notebook.activeCellIndex = at;
    this.reveal(panel, id);
    return {
      id,
      text: trans.__('Inserted as cell %1.', at + 1),
      reveal: () => this.reveal(panel, id),
      undo: () => this.takeBack(panel, id, source)
    };
  }

  private async replace(panel: NotebookPanel, { code }: ICode): Promise<ICodePlace | null> {
    const { trans, review } = this.options;
    const cell = panel.content.activeCell;
    if (!cell) {
      throw new Error(trans.__('No cell is active: click into the cell that is to be replaced.'));
    }
    if (cell.model.getMetadata('editable') === false) {
      throw new Error(trans.__('This cell is protected against edits.'));
    }
    const id = cell.model.id;
    const number = panel.content.activeCellIndex + 1;
    const before = cell.model.sharedModel.getSource();
    if (before === code) {
      throw new Error(trans.__('Cell %1 holds exactly this already.', number));
    }
    const title = trans.__('Replace cell %1?', number);
    const after = await review(before, code, cell.model.mimeType, title);
    if (after === null || after === before) {
      return null;
    }
    const now = find(panel, id);
    if (!now || now.model.sharedModel.getSource() !== before) {
      throw new Error(
        trans.__('The cell has been changed in the meantime, so it was left as it is. Try again.')
      );
    }
    now.model.sharedModel.setSource(after);
    this.reveal(panel, id);
    return {
      text: trans.__('Replaced cell %1.', number),
      reveal: () => this.reveal(panel, id),
      undo: () => this.putBack(panel, id, after, before)
    };
  }

  private async run(panel: NotebookPanel, id: string): Promise<void> {
    const { dialogs, translator } = this.options;
    const cell = find(panel, id);
    if (cell) {
      // It goes on by itself: a long cell must not keep the button waiting.
      void NotebookActions.runCells(
        panel.content,
        [cell],
        panel.sessionContext,
        dialogs ?? undefined,
        translator
      );
    }
  }

  private reveal(panel: NotebookPanel, id: string): void {
    const cell = find(panel, id);
    if (cell) {
      panel.content.activeCellIndex = panel.content.widgets.indexOf(cell);
      void panel.content.scrollToCell(cell, 'smart');
    }
  }

  private takeBack(panel: NotebookPanel, id: string, source: string): string {
    const { trans } = this.options;
    const cell = find(panel, id);
    if (!cell) {
      return trans.__('The cell is gone already.');
    }
    if (cell.model.sharedModel.getSource() !== source) {
      return trans.__('The cell has been changed since, so it was left as it is.');
    }
    const shared = panel.content.model?.sharedModel;
    shared?.deleteCell(panel.content.widgets.indexOf(cell));
    return trans.__('Taken out again.');
  }

  private putBack(panel: NotebookPanel, id: string, after: string, before: string): string {
    const { trans } = this.options;
    const cell = find(panel, id);
    if (!cell) {
      return trans.__('The cell is gone already.');
    }
    if (cell.model.sharedModel.getSource() !== after) {
      return trans.__('The cell has been changed since, so it was left as it is.');
    }
    cell.model.sharedModel.setSource(before);
    return trans.__('The cell is as it was before.');
  }
}

function find(panel: NotebookPanel, id: string): Cell | undefined {
  return panel.isDisposed ? undefined : panel.content.widgets.find(cell => cell.model.id === id);
}

function isPython(panel: NotebookPanel): boolean {
  return (panel.content.model?.defaultKernelLanguage || 'python').startsWith('python');
}
