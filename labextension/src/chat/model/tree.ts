/** A turn's place: its id and the turn that it follows ("" for none). */
export interface INode {
  readonly id: string;
  readonly parent: string;
}

/** A turn on the visible path and its siblings. */
export interface IStep {
  readonly id: string;
  /** The turns with the same parent, oldest first; the same array until one is added. */
  readonly siblings: readonly string[];
  readonly position: number;
}

/**
 * The turns of a conversation as a tree, and the one path through it that is shown.
 *
 * The path leads to the newest turn, except where a sibling was chosen here: then through that one. A turn
 * whose parent is not there, or came after it, begins at the root, so that no turn is out of reach.
 */
export class TurnTree {
  /** The turns, oldest first: the whole tree anew. */
  set(nodes: readonly INode[]): void {
    const children = new Map<string, string[]>();
    const parents = new Map<string, string>();
    for (const { id, parent } of nodes) {
      const above = parents.has(parent) ? parent : ROOT;
      parents.set(id, above);
      const siblings = children.get(above);
      if (siblings) {
        siblings.push(id);
      } else {
        children.set(above, [id]);
      }
    }
    for (const [parent, ids] of children) {
      const before = this.children.get(parent);
      if (before && before.length === ids.length && before.every((id, n) => id === ids[n])) {
        children.set(parent, before as string[]);
      }
    }
    this.children = children;
    this.parents = parents;
    this.heirs = this.heirsOf(nodes);
    this.newest = nodes[nodes.length - 1]?.id ?? ROOT;
  }

  /** One more turn, newer than all others; costs little, however many there are. */
  add({ id, parent }: INode): void {
    const above = this.parents.has(parent) ? parent : ROOT;
    this.parents.set(id, above);
    this.children.set(above, [...(this.children.get(above) ?? []), id]);
    // All leads to what was the newest: what follows it is all that is new.
    const last = above !== ROOT && above === this.newest ? above : ROOT;
    for (let turn = id; turn !== last; turn = this.parentOf(turn)) {
      this.heirs.set(this.parentOf(turn), turn);
    }
    this.newest = id;
  }

  /** The step behind the last one of a path, if there is one. */
  stepAfter(last: string): IStep | null {
    const id = this.next(last);
    return id === undefined ? null : this.step(id);
  }

  has(id: string): boolean {
    return this.parents.has(id);
  }

  /** The turn that one follows; "" for none. */
  parentOf(id: string): string {
    return this.parents.get(id) ?? ROOT;
  }

  siblingsOf(id: string): readonly string[] {
    return this.children.get(this.parentOf(id)) ?? [];
  }

  /** Choose the way to a turn. */
  choose(id: string): void {
    for (let turn = id; turn !== ROOT; turn = this.parentOf(turn)) {
      this.chosen.set(this.parentOf(turn), turn);
    }
  }

  /** The path from the root to its end. */
  path(): IStep[] {
    const steps: IStep[] = [];
    for (let id = this.next(ROOT); id !== undefined; id = this.next(id)) {
      steps.push(this.step(id));
    }
    return steps;
  }

  private step(id: string): IStep {
    const siblings = this.siblingsOf(id);
    return { id, siblings, position: siblings.indexOf(id) };
  }

  private next(parent: string): string | undefined {
    const chosen = this.chosen.get(parent);
    if (chosen !== undefined && this.parents.has(chosen) && this.parentOf(chosen) === parent) {
      return chosen;
    }
    return this.heirs.get(parent);
  }

  /** For every turn that has children the one through which its newest descendant is reached. */
  private heirsOf(nodes: readonly INode[]): Map<string, string> {
    const heirs = new Map<string, string>();
    // The newest first: who finds a parent without an heir leads to the newest turn below it.
    for (let index = nodes.length - 1; index >= 0; index--) {
      let id = nodes[index]!.id;
      while (id !== ROOT) {
        const parent = this.parentOf(id);
        if (heirs.has(parent)) {
          break;
        }
        heirs.set(parent, id);
        id = parent;
      }
    }
    return heirs;
  }

  private children = new Map<string, readonly string[]>();
  private parents = new Map<string, string>();
  private heirs = new Map<string, string>();
  private newest = '';
  private readonly chosen = new Map<string, string>();
}

const ROOT = '';
