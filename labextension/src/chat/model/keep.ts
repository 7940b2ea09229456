/** Small values that survive a reload of the page, as text by name. */
export interface IKeep {
  get(name: string): string | null;
  /** Whether it will survive: a full disk or a browser that keeps nothing says no. */
  set(name: string, value: string): boolean;
  remove(name: string): void;
  names(): string[];
}

/**
 * The browser's storage, which is written at once: a tab that crashes loses nothing.
 *
 * JupyterLab's own state goes to the server a moment later, which is no place for what could not be sent to it.
 * What the browser does not take is kept for as long as the page is there.
 */
export class BrowserKeep implements IKeep {
  /** @param scope - Tells one Jupyter server's values from another's at the same address. */
  constructor(scope: string) {
    this.prefix = `lumina-jupyter:${scope}:`;
  }

  get(name: string): string | null {
    if (this.unkept.has(name)) {
      return this.unkept.get(name)!;
    }
    try {
      return window.localStorage.getItem(this.prefix + name);
    } catch {
      return null;
    }
  }

  set(name: string, value: string): boolean {
    try {
      window.localStorage.setItem(this.prefix + name, value);
      this.unkept.delete(name);
      return true;
    } catch {
      this.unkept.set(name, value);
      return false;
    }
  }

  remove(name: string): void {
    this.unkept.delete(name);
    try {
      window.localStorage.removeItem(this.prefix + name);
    } catch {
      // A browser that keeps nothing has nothing to remove.
    }
  }

  names(): string[] {
    const kept: string[] = [];
    try {
      for (let index = 0; index < window.localStorage.length; index++) {
        const key = window.localStorage.key(index);
        if (key?.startsWith(this.prefix)) {
          kept.push(key.slice(this.prefix.length));
        }
      }
    } catch {
      // As above.
    }
    return [...new Set([...kept, ...this.unkept.keys()])];
  }

  private readonly prefix: string;
  private readonly unkept = new Map<string, string>();
}

/** What stands before a notebook's path, or a conversation's id, for what is kept of it. */
export const SELECTED = 'selected:';
export const MODEL = 'model:';
export const LAST_MODEL = 'last-model';

/** What is kept under a notebook's path goes with the notebook to another one. */
export function rename(keep: IKeep, from: string, to: string): void {
  for (const name of [SELECTED, MODEL]) {
    const value = keep.get(name + from);
    if (value !== null) {
      keep.set(name + to, value);
      keep.remove(name + from);
    }
  }
}
