import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';

/** A file or folder as it is offered. */
export interface IFileEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** Milliseconds for which a folder's listing is good. */
const GOOD_FOR = 10_000;

/** Folders below a notebook's, listed by the contents service when somebody looks into them. */
export class Files {
  constructor(private readonly contents: Contents.IManager) {
    contents.fileChanged.connect(this.forget, this);
  }

  /**
   * What is known of a folder; null while it is being listed.
   *
   * `onMore` is called when the listing is there.
   */
  list(folder: string, onMore: () => void): readonly IFileEntry[] | null {
    const known = this.folders.get(folder);
    if (!known || Date.now() - known.at > GOOD_FOR) {
      this.ask(folder, onMore);
    }
    return known?.entries ?? null;
  }

  dispose(): void {
    this.contents.fileChanged.disconnect(this.forget, this);
  }

  private ask(folder: string, onMore: () => void): void {
    const waiting = this.asked.get(folder);
    if (waiting) {
      waiting.add(onMore);
      return;
    }
    this.asked.set(folder, new Set([onMore]));
    this.contents
      .get(folder, { content: true, type: 'directory' })
      .then(
        ({ content }) => entriesOf(content as Contents.IModel[]),
        // A folder that is not there, or not for this person, has nothing to offer.
        () => []
      )
      .then(entries => {
        this.folders.set(folder, { at: Date.now(), entries });
        const callbacks = this.asked.get(folder) ?? [];
        this.asked.delete(folder);
        callbacks.forEach(callback => callback());
      });
  }

  private forget(_: Contents.IManager, change: Contents.IChangedArgs): void {
    for (const path of [change.oldValue?.path, change.newValue?.path]) {
      if (path !== undefined) {
        this.folders.delete(PathExt.dirname(path));
      }
    }
  }

  private readonly folders = new Map<string, { at: number; entries: readonly IFileEntry[] }>();
  private readonly asked = new Map<string, Set<() => void>>();
}

function entriesOf(content: readonly Contents.IModel[]): IFileEntry[] {
  return content
    .map(({ name, type }) => ({ name, isFolder: type === 'directory' }))
    .sort((a, b) => Number(b.isFolder) - Number(a.isFolder) || a.name.localeCompare(b.name));
}
