/** A stretch of a text as it is and as it would be. */
export interface IStretch {
  readonly before: string;
  readonly after: string;
  /** The first line of it in the text as it is, counted from 1. */
  readonly line: number;
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@/;

/**
 * The stretches that a unified diff is about, and what stands behind them, as a note that it was cut.
 *
 * Null when it is none, so that it is better shown as it stands.
 */
export function stretchesOf(diff: string): { stretches: readonly IStretch[]; rest: string } | null {
  const stretches: { before: string[]; after: string[]; line: number }[] = [];
  const lines = diff.split('\n');
  let at = 0;
  for (; at < lines.length; at++) {
    const line = lines[at]!;
    const hunk = HUNK.exec(line);
    const last = stretches[stretches.length - 1];
    if (hunk) {
      stretches.push({ before: [], after: [], line: Math.max(1, Number(hunk[1])) });
    } else if (!last) {
      if (line && !line.startsWith('---') && !line.startsWith('+++')) {
        return null;
      }
    } else if (line.startsWith('+')) {
      last.after.push(line.slice(1));
    } else if (line.startsWith('-')) {
      last.before.push(line.slice(1));
    } else if (line.startsWith(' ') || line === '') {
      last.before.push(line.slice(1));
      last.after.push(line.slice(1));
    } else if (!line.startsWith('\\')) {
      break;
    }
  }
  if (!stretches.length) {
    return null;
  }
  return {
    stretches: stretches.map(({ before, after, line }) => ({
      before: before.join('\n'),
      after: after.join('\n'),
      line
    })),
    rest: lines.slice(at).join('\n').trim()
  };
}
