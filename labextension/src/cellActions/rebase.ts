import { diff } from '@codemirror/merge';
import { ChangeSet, Text } from '@codemirror/state';

/** One change of a text: what stood from `from` to `to` becomes `insert`. */
export interface IEdit {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/** The edits that make one text of another, the first place first. */
export function editsBetween(before: string, after: string): IEdit[] {
  return diff(before, after, { scanLimit: 1000 }).map(({ fromA, toA, fromB, toB }) => ({
    from: fromA,
    to: toA,
    insert: after.slice(fromB, toB)
  }));
}

/**
 * What was proposed for a text, for how that text is now; null when both changed the same lines.
 *
 * @param base - The text that the proposal was made for.
 * @param proposed - The proposal.
 * @param current - What has become of the text meanwhile.
 */
export function rebased(base: string, proposed: string, current: string): string | null {
  const ours = editsBetween(base, proposed);
  const theirs = editsBetween(base, current);
  const touched = theirs.map(edit => linesOf(base, edit));
  for (const edit of ours) {
    const { from, to } = linesOf(base, edit);
    if (touched.some(other => from <= other.to && other.from <= to)) {
      return null;
    }
  }
  const changes = ChangeSet.of(ours, base.length).map(ChangeSet.of(theirs, base.length));
  return changes.apply(Text.of(current.split('\n'))).toString();
}

/** The whole lines that an edit touches. */
function linesOf(text: string, { from, to }: IEdit): { from: number; to: number } {
  const end = text.indexOf('\n', to);
  return { from: text.lastIndexOf('\n', from - 1) + 1, to: end < 0 ? text.length : end };
}
