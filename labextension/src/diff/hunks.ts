import { Change, diff } from '@codemirror/merge';

/** Lines of the old text that others of the new one stand in for, as the server made them; counted from 0. */
export interface IHunk {
  readonly id: string;
  readonly old_start: number;
  readonly old_lines: number;
  readonly new_start: number;
  readonly new_lines: number;
}

/**
 * The changes that a merge view shows for hunks: one run of changes a hunk, with what differs within its lines.
 *
 * @param before - The old text, with `\n` at the ends of its lines.
 * @param after - The new text.
 */
export function changesOf(before: string, after: string, hunks: readonly IHunk[]): Change[] {
  const old = new Lines(before);
  const proposed = new Lines(after);
  return hunks.flatMap(hunk => {
    const [oldEnd, newEnd] = [hunk.old_start + hunk.old_lines, hunk.new_start + hunk.new_lines];
    // At the end of a text the line break before the lines comes and goes with them.
    const early =
      hunk.old_start &&
      (oldEnd === old.count || newEnd === proposed.count) &&
      (!hunk.old_lines || !hunk.new_lines)
        ? 1
        : 0;
    const fromA = old.start(hunk.old_start) - early;
    const fromB = proposed.start(hunk.new_start) - early;
    const toA = Math.max(fromA, old.end(oldEnd, early));
    const toB = Math.max(fromB, proposed.end(newEnd, early));
    const within = diff(before.slice(fromA, toA), after.slice(fromB, toB), { scanLimit: 500 });
    const inner = within.map(
      each => new Change(each.fromA + fromA, each.toA + fromA, each.fromB + fromB, each.toB + fromB)
    );
    return isOneRun(before, inner) ? inner : [new Change(fromA, toA, fromB, toB)];
  });
}

/** The hunks that a stretch of the new text, from one character to another, belongs to. */
export function hunksWithin(
  after: string,
  hunks: readonly IHunk[],
  from: number,
  to: number
): IHunk[] {
  const first = lineAt(after, from);
  const last = lineAt(after, Math.max(from, to));
  // Lines that only go stand between two of the new text's, and belong to either.
  return hunks.filter(({ new_start: start, new_lines: count }) =>
    count ? start <= last && start + count > first : start - 1 <= last && start >= first
  );
}

/** Whether no whole line lies between any two: a view would make several changes of them. */
function isOneRun(text: string, changes: readonly Change[]): boolean {
  return changes.every((change, at) => {
    const last = changes[at - 1];
    if (!last) {
      return true;
    }
    const breaks = text.slice(last.toA, change.fromA).split('\n').length - 1;
    const withinLines = text[last.toA - 1] !== '\n' && text[change.fromA] !== '\n';
    return breaks === 0 || (breaks === 1 && withinLines);
  });
}

function lineAt(text: string, position: number): number {
  let line = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < position; at = text.indexOf('\n', at + 1)) {
    line += 1;
  }
  return line;
}

/** Where the lines of a text begin. */
class Lines {
  constructor(private readonly text: string) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
      this.starts.push(at + 1);
    }
  }

  get count(): number {
    return this.starts.length;
  }

  /** Where a line begins; behind the last line's (missing) break for the one after it. */
  start(line: number): number {
    return this.starts[line] ?? this.text.length + 1;
  }

  /** Where the lines before `line` end, with their last break. */
  end(line: number, early: number): number {
    return line >= this.count ? this.text.length : this.start(line) - early;
  }

  private readonly starts = [0];
}
