/** One suggestion, as far as it has come, for one place in one text. */
export interface ISuggestion {
  /** The text before the cursor when it was asked for. */
  readonly prefix: string;
  /** The text after it. */
  readonly suffix: string;
  readonly text: string;
  /** Whether all of it has come. */
  readonly complete: boolean;
}

/** What editors put behind the cursor by themselves when something is opened. */
const CLOSERS = /^[)\]}"'`]{1,3}$/;

/**
 * What is left of a suggestion at a place that was reached by typing some of it.
 *
 * @returns The rest, empty where everything is typed so far; null where something else was typed.
 */
export function restOf(suggestion: ISuggestion, prefix: string, suffix: string): string | null {
  const whole = suggestion.prefix.length + suggestion.text.length;
  if (prefix.length < suggestion.prefix.length || prefix.length > whole) {
    return null;
  }
  const typed = prefix.length - suggestion.prefix.length;
  if (!prefix.endsWith(suggestion.text.slice(0, typed)) || !prefix.startsWith(suggestion.prefix)) {
    return null;
  }
  const rest = suggestion.text.slice(typed);
  if (suffix === suggestion.suffix) {
    return rest;
  }
  // A bracket that was typed came with the one that closes it.
  const added = suffix.slice(0, suffix.length - suggestion.suffix.length);
  if (!suffix.endsWith(suggestion.suffix) || !CLOSERS.test(added) || !rest.endsWith(added)) {
    return null;
  }
  return rest.slice(0, -added.length);
}

/** The suggestions that came last; typing what one of them says finds it again. */
export class Suggestions {
  constructor(private readonly capacity = 64) {}

  /** Keep one; the oldest goes when there are too many. */
  add(suggestion: ISuggestion): void {
    this.kept.unshift(suggestion);
    this.kept.length = Math.min(this.kept.length, this.capacity);
  }

  /** The newest one that fits a place and has something left to say there. */
  find(prefix: string, suffix: string): ISuggestion | null {
    const index = this.kept.findIndex(each => {
      const rest = restOf(each, prefix, suffix);
      return rest !== null && (rest !== '' || each.prefix === prefix);
    });
    if (index < 0) {
      return null;
    }
    const [found] = this.kept.splice(index, 1);
    this.kept.unshift(found!);
    return found!;
  }

  clear(): void {
    this.kept = [];
  }

  private kept: ISuggestion[] = [];
}

/** The first word of a suggestion, with the white space before it. */
export function firstWord(text: string): string {
  return /^\s*(?:[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]+)?/u.exec(text)?.[0] || text;
}

/** The first line of a suggestion that has something in it, without what ends it. */
export function firstLine(text: string): string {
  return /^\s*[^\n]*/.exec(text)?.[0] || text;
}
