import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Personas } from '../personas';
import type { ISlashCommands } from '../slash/tokens';
import { shortId, type Cells } from './cells';
import type { IChatCompleter, ICompletion, ICompletionItem } from './completion';
import type { Files } from './files';
import { fuzzy } from './fuzzy';
import { typedAt, type Typed } from './typed';
import type { Variable, Variables } from './variables';
import { writtenColumn, writtenFile } from './written';

/** Where a completer looks. */
export interface ICompletionSources {
  readonly slash: ISlashCommands;
  readonly personas: Pick<Personas, 'list'>;
  readonly cells: Cells;
  readonly files: Files;
  readonly variables: Variables;
  /** The path of the notebook or file that one works on; empty for none. */
  readonly path: () => string;
  readonly trans: TranslationBundle;
}

const MOST_ITEMS = 50;
/** What may stand before the name of who is asked. */
const ADDRESSES = /^\s*(\/agent\s+)?$/;

/** Something that may fit, and how much it is preferred where nothing was typed. */
type Candidate = Omit<ICompletionItem, 'matches'> & { readonly bonus: number };

/** Completes `@` mentions and `/` commands from what is at hand; slower sources come when they are there. */
export class ChatCompleter implements IChatCompleter {
  constructor(private readonly sources: ICompletionSources) {}

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
    const begins = ADDRESSES.test(text.slice(0, typed.from));
    const items = this.itemsFor(typed, begins, more);
    return items.length ? { range: [typed.from, caret], items } : null;
  }

  private itemsFor(typed: Typed, begins: boolean, onMore: () => void): readonly ICompletionItem[] {
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
      case 'documentation':
        return ranked(typed.name, this.documented(onMore));
      case 'column':
        return ranked(typed.name, this.columns(typed.prefix, typed.variable, onMore));
      case 'any':
        return ranked(typed.name, [
          ...this.words(),
          ...(begins ? this.personas() : []),
          ...this.variables('', onMore),
          ...this.cells(),
          ...this.files('', onMore)
        ]);
    }
  }

  private commands(): Candidate[] {
    return this.sources.slash.list().map(({ name, title, argumentHint }) => ({
      label: `/${name}`,
      detail: title,
      kind: 'command',
      insert: argumentHint ? `/${name} ` : `/${name}`,
      continues: false,
      bonus: 0
    }));
  }

  private commandArguments(name: string): Candidate[] {
    const given = this.sources.slash.get(name)?.choices?.() ?? [];
    return given.map(({ value, detail }) => ({
      label: value,
      detail,
      kind: 'keyword',
      insert: value,
      continues: false,
      bonus: 0
    }));
  }

  /** Who can be asked, by a name at the beginning. */
  private personas(): Candidate[] {
    return this.sources.personas.list().map(({ name, title, description }) => ({
      label: name,
      detail: description || title,
      kind: 'persona',
      insert: `@${name}`,
      continues: false,
      bonus: 2
    }));
  }

  private words(): Candidate[] {
    const { trans } = this.sources;
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
      },
      {
        label: 'doc:',
        detail: trans.__('What a function, class or module says of itself'),
        kind: 'documentation',
        insert: '@doc:',
        continues: true,
        bonus: 1
      }
    ];
  }

  private variables(prefix: string, onMore: () => void): Candidate[] {
    return this.sources.variables.list(onMore).map(variable => ({
      label: variable.name,
      detail: detailOf(variable),
      kind: 'variable',
      insert: `@${prefix}${variable.name}`,
      continues: false,
      bonus: 2
    }));
  }

  /** What one has made oneself; what is imported is written by hand, as far as its name goes. */
  private documented(onMore: () => void): Candidate[] {
    return this.variables('doc:', onMore).map(variable => ({ ...variable, kind: 'documentation' }));
  }

  private columns(prefix: string, name: string, onMore: () => void): Candidate[] {
    const variable = this.sources.variables.get(name, onMore);
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
    const cells = this.sources.cells.list();
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
    const root = PathExt.dirname(this.sources.path());
    const path = PathExt.join(root, folder).replace(/\/$/, '');
    const entries = this.sources.files.list(path, onMore) ?? [];
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
