import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import { nullTranslator, type TranslationBundle } from '@jupyterlab/translation';
import type { LuminaClient } from '../../api';
import type { ICurrentDocument } from '../model';
import type { ISlashCommands } from '../slash/tokens';
import { Cells, shortId } from './cells';
import type { IChatCompleter, ICompletion, ICompletionItem } from './completion';
import { Files } from './files';
import { fuzzy } from './fuzzy';
import { typedAt, type Typed } from './typed';
import { Variables, type Variable } from './variables';
import { writtenColumn, writtenFile } from './written';

/** What a completer works with. */
export interface IChatCompleterOptions {
  readonly client: LuminaClient;
  /** Whose cells, variables and files are offered. */
  readonly documents: ICurrentDocument;
  readonly slash: ISlashCommands;
  readonly contents: Contents.IManager;
  readonly trans?: TranslationBundle;
}

const MOST_ITEMS = 50;

/** Something that may fit, and how much it is preferred where nothing was typed. */
type Candidate = Omit<ICompletionItem, 'matches'> & { readonly bonus: number };

/** Completes `@` mentions and `/` commands from what is at hand; slower sources come when they are there. */
export class ChatCompleter implements IChatCompleter {
  constructor(options: IChatCompleterOptions) {
    const { client, documents, slash, contents } = options;
    this.documents = documents;
    this.slash = slash;
    this.trans = options.trans ?? nullTranslator.load('lumina_jupyter');
    this.cellSource = new Cells(() => documents.notebook);
    this.fileSource = new Files(contents);
    this.variableSource = new Variables(client, () => {
      const { kernelId, policy } = documents.document;
      return { id: kernelId, policy: policy['variables'] };
    });
  }

  dispose(): void {
    this.fileSource.dispose();
  }

  complete(
    text: string,
    caret: number,
    options: { signal?: AbortSignal; onMore?: () => void } = {}
  ): ICompletion | null {
    const { signal, onMore } = options;
    const typed = typedAt(text, caret);
    if (!typed || signal?.aborted) {
      return null;
    }
    const more = (): void => {
      if (!signal?.aborted) {
        onMore?.();
      }
    };
    const items = this.itemsFor(typed, more);
    return items.length ? { range: [typed.from, caret], items } : null;
  }

  private itemsFor(typed: Typed, onMore: () => void): readonly ICompletionItem[] {
    switch (typed.kind) {
      case 'command':
        return ranked(typed.name, this.commands());
      case 'argument':
        return ranked(typed.argument, this.commandArguments(typed.name));
      case 'file':
        return this.filesAt(typed.path, onMore);
      case 'cell':
        return ranked(typed.name, this.cells());
      case 'variable':
        return ranked(typed.name, this.variables('variable:', onMore));
      case 'column':
        return ranked(typed.name, this.columns(typed.prefix, typed.variable, onMore));
      case 'any':
        return ranked(typed.name, [
          ...this.words(),
          ...this.variables('', onMore),
          ...this.cells(),
          ...this.files('', onMore)
        ]);
    }
  }

  private commands(): Candidate[] {
    return this.slash.list().map(({ name, title, argumentHint }) => ({
      label: `/${name}`,
      detail: title,
      kind: 'command',
      insert: argumentHint ? `/${name} ` : `/${name}`,
      continues: false,
      bonus: 0
    }));
  }

  private commandArguments(name: string): Candidate[] {
    const given = this.slash.get(name)?.choices?.() ?? [];
    return given.map(({ value, detail }) => ({
      label: value,
      detail,
      kind: 'keyword',
      insert: value,
      continues: false,
      bonus: 0
    }));
  }

  private words(): Candidate[] {
    const { trans } = this;
    const word = (kind: 'selection' | 'error' | 'notebook', detail: string): Candidate => ({
      label: kind,
      detail,
      kind,
      insert: `@${kind}`,
      continues: false,
      bonus: 3
    });
    return [
      word('selection', trans.__('What is selected')),
      word('error', trans.__('The last error')),
      {
        ...word('notebook', trans.__('The whole notebook, as far as there is room')),
        bonus: 2
      },
      {
        label: 'cell',
        detail: trans.__('The active cell'),
        kind: 'cell',
        insert: '@cell',
        continues: false,
        bonus: 3
      },
      {
        label: 'file:',
        detail: trans.__('A file in the notebook’s folder'),
        kind: 'folder',
        insert: '@file:',
        continues: true,
        bonus: 2
      }
    ];
  }

  private variables(prefix: string, onMore: () => void): Candidate[] {
    return this.variableSource.list(onMore).map(variable => ({
      label: variable.name,
      detail: detailOf(variable),
      kind: 'variable',
      insert: `@${prefix}${variable.name}`,
      continues: false,
      bonus: 2
    }));
  }

  private columns(prefix: string, name: string, onMore: () => void): Candidate[] {
    const variable = this.variableSource.get(name, onMore);
    return (variable?.columns ?? []).map(column => ({
      label: column.name,
      detail: column.type,
      kind: 'column',
      insert: `@${prefix}${name}.${writtenColumn(column.name)}`,
      continues: false,
      bonus: 0
    }));
  }

  private cells(): Candidate[] {
    const cells = this.cellSource.list();
    return cells.map(cell => ({
      label: `#${cell.number} ${cell.firstLine}`.trimEnd(),
      detail: cell.kind,
      kind: 'cell',
      // The short id is looked for when it is chosen to be shown: see `ranked`.
      get insert() {
        return `@cell:${shortId(cell.id, cells)}`;
      },
      continues: false,
      bonus: cell.active ? 1 : 0
    }));
  }

  private files(folder: string, onMore: () => void): Candidate[] {
    const root = PathExt.dirname(this.documents.document.path);
    const entries = this.fileSource.list(PathExt.join(root, folder), onMore) ?? [];
    return entries.map(({ name, isFolder }) => ({
      label: folder + name + (isFolder ? '/' : ''),
      detail: '',
      kind: isFolder ? 'folder' : 'file',
      insert: writtenFile(folder + name, isFolder),
      continues: isFolder,
      bonus: 0
    }));
  }

  private filesAt(path: string, onMore: () => void): readonly ICompletionItem[] {
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    if (folder.split('/').includes('..') || folder.startsWith('/')) {
      return [];
    }
    return ranked(path, this.files(folder, onMore));
  }

  private readonly documents: ICurrentDocument;
  private readonly slash: ISlashCommands;
  private readonly trans: TranslationBundle;
  private readonly cellSource: Cells;
  private readonly fileSource: Files;
  private readonly variableSource: Variables;
}

/** The best of what fits, the best first; of equals those that are preferred, and then as they came. */
function ranked(typed: string, candidates: readonly Candidate[]): readonly ICompletionItem[] {
  const fitting: { candidate: Candidate; score: number; matches: ICompletionItem['matches'] }[] =
    [];
  for (const candidate of candidates) {
    const { label, bonus } = candidate;
    const match = fuzzy(typed, label);
    const score = match ? match.score + bonus : 0;
    if (match) {
      fitting.push({ candidate, score, matches: match.matches });
    }
  }
  return fitting
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST_ITEMS)
    .map(({ candidate, matches }) => {
      const { label, detail, kind, insert, continues } = candidate;
      return { label, detail, kind, insert, continues, matches };
    });
}

/** `DataFrame 100 × 5` */
function detailOf({ type, shape }: Variable): string {
  const name = type.slice(type.lastIndexOf('.') + 1);
  return shape.length ? `${name} ${shape.join(' × ')}` : name;
}
