import { fencedBlocks, type IBlock } from './fences';

/** What an answer holds: the code, and what else is said in one or two sentences. */
export interface IAnswer {
  /** Null when the answer holds no code. */
  readonly code: string | null;
  readonly remark: string;
}

/**
 * The new source of a cell out of an answer.
 *
 * Of several blocks it is the one that is most like the cell without being the same. White space
 * around it and a cell magic at its beginning stay as they are in the cell.
 */
export function replacement(answer: string, source: string, language: string): IAnswer {
  const { code, remark } = found(answer, language, blocks => mostLike(blocks, source), source);
  return { code: code === null ? null : asIn(source, code), remark };
}

/** Code for a cell of its own out of an answer: all of its blocks. */
export function insertion(answer: string, language: string): IAnswer {
  return found(answer, language, joined, '');
}

/** A cell's source with what an answer adds at its end. */
export function continuation(answer: string, source: string, language: string): IAnswer {
  const { code, remark } = found(answer, language, joined, source);
  return { code: code === null ? null : appended(source, code), remark };
}

function found(
  answer: string,
  language: string,
  choose: (blocks: readonly IBlock[]) => string,
  source: string
): IAnswer {
  const text = answer.replace(/\r\n?/g, '\n');
  const blocks = fencedBlocks(text, language);
  if (blocks.length) {
    const spoken = blocks.filter(block => isLanguage(block.language, language));
    return {
      code: trimmed(choose(spoken.length ? spoken : blocks)),
      remark: remarkOf(text, blocks)
    };
  }
  return isCode(text, source, language)
    ? { code: trimmed(text), remark: '' }
    : { code: null, remark: text.trim() };
}

const ALIASES: { readonly [name: string]: string } = {
  py: 'python',
  python3: 'python',
  ipython: 'python',
  ipython3: 'python',
  js: 'javascript',
  ts: 'typescript',
  jl: 'julia',
  md: 'markdown'
};

function isLanguage(named: string, language: string): boolean {
  const name = named.toLowerCase().replace(/^\{|\}$/g, '');
  const wanted = language.toLowerCase();
  return !name || (ALIASES[name] ?? name) === (ALIASES[wanted] ?? wanted);
}

function joined(blocks: readonly IBlock[]): string {
  return blocks.map(block => trimmed(block.code)).join('\n\n');
}

function mostLike(blocks: readonly IBlock[], source: string): string {
  const lines = new Set(meaningful(source));
  const rated = blocks.map(({ code }) => {
    const own = meaningful(code);
    const shared = own.filter(line => lines.has(line)).length;
    return {
      code,
      same: trimmed(code) === trimmed(source),
      likeness: (2 * shared) / (own.length + lines.size || 1)
    };
  });
  const changed = rated.filter(({ same }) => !same);
  return (changed.length ? changed : rated).reduce((best, next) =>
    next.likeness > best.likeness ||
    (next.likeness === best.likeness && next.code.length > best.code.length)
      ? next
      : best
  ).code;
}

function meaningful(code: string): string[] {
  return code
    .split('\n')
    .map(line => line.trim())
    .filter(line => line);
}

/** What is said after the blocks, or else before them. */
function remarkOf(text: string, blocks: readonly IBlock[]): string {
  const lines = text.split('\n');
  const first = blocks[0]!;
  const last = blocks[blocks.length - 1]!;
  const after = lines
    .slice(last.to + 1)
    .join('\n')
    .trim();
  return after || lines.slice(0, first.from).join('\n').trim();
}

const STATEMENT =
  /^\s*(#|%|!|@\w|(from|import|def|class|for|while|if|elif|else|try|except|with|return|raise|assert|print|pass|async|await|let|const|var|function|library|using)\b|[\w.,\s[\]'"]+=[^=]|[\w.]+\(.*\)?\s*$|[)\]}])/;

/** Whether an answer without any fence is code and no prose. */
function isCode(text: string, source: string, language: string): boolean {
  const lines = meaningful(text);
  if (!lines.length) {
    return false;
  }
  if (language === 'markdown') {
    return true;
  }
  const known = new Set(meaningful(source));
  const like = lines.filter(line => known.has(line) || STATEMENT.test(line)).length;
  return like >= 0.6 * lines.length;
}

function asIn(source: string, code: string): string {
  const magic = /^\s*(%%\w.*)/.exec(source)?.[1];
  const body = magic && !/^\s*%%\w/.test(code) ? `${magic}\n${code}` : code;
  const before = /^\s*\n/.exec(source)?.[0] ?? '';
  const after = source.trim() ? (/\s*$/.exec(source)?.[0] ?? '') : '';
  return before + body + after;
}

function appended(source: string, code: string): string {
  const own = source.trimEnd().split('\n');
  const lines = code.split('\n');
  const last = own[own.length - 1] ?? '';
  for (let shared = Math.min(own.length, lines.length); shared > 0; shared--) {
    const tail = own.slice(own.length - shared);
    if (tail.every((line, at) => line.trimEnd() === lines[at]!.trimEnd())) {
      return [...own, ...lines.slice(shared)].join('\n').trimEnd();
    }
    // The cell's last line may end in the middle of what the answer has whole.
    const completes =
      tail.slice(0, -1).every((line, at) => line.trimEnd() === lines[at]!.trimEnd()) &&
      last.trim() &&
      lines[shared - 1]!.startsWith(last);
    if (completes) {
      return [...own.slice(0, own.length - 1), ...lines.slice(shared - 1)].join('\n');
    }
  }
  return source.trim() ? `${source.trimEnd()}\n${code}` : code;
}

/** Without blank lines around it; the first line keeps its indentation. */
function trimmed(code: string): string {
  return code.replace(/^([ \t]*\n)+/, '').trimEnd();
}
