/** What is being written at a place of a text, when it is a mention or a slash command. */
export type Typed =
  | { readonly kind: 'command'; readonly from: number; readonly name: string }
  | {
      readonly kind: 'argument';
      readonly from: number;
      readonly name: string;
      readonly argument: string;
    }
  /** `@` and some letters: anything. */
  | { readonly kind: 'any'; readonly from: number; readonly name: string }
  | { readonly kind: 'variable'; readonly from: number; readonly name: string }
  | {
      readonly kind: 'column';
      readonly from: number;
      /** How the variable is written: with `variable:` or without. */
      readonly prefix: string;
      readonly variable: string;
      readonly name: string;
    }
  | { readonly kind: 'documentation'; readonly from: number; readonly name: string }
  | { readonly kind: 'cell'; readonly from: number; readonly name: string }
  | { readonly kind: 'file'; readonly from: number; readonly path: string };

const COMMAND = /^\s*(\/[\w-]*)$/;
const ARGUMENT = /^\s*\/([\w-]+)[ \t]+(\S*)$/;
/** Where an `@` can begin a mention: where a word can. */
const BEFORE = '(?<![\\w@./\\\\:%+\\-=~&?#$])';
const FILE = new RegExp(`${BEFORE}@file:(?:"((?:[^"\\\\\\n]|\\\\.)*)|([^\\s"'\`<>|*?]*))$`, 'u');
const DOCUMENTATION = new RegExp(`${BEFORE}@doc:([\\p{L}\\p{N}_]*)$`, 'u');
const CELL = new RegExp(`${BEFORE}@cell:(#?[\\w-]*)$`, 'u');
const COLUMN = new RegExp(
  `${BEFORE}@(variable:)?([\\p{L}_][\\p{L}\\p{N}_]*)\\.(?:"([^"\\n]*)|([\\p{L}\\p{N}_]*))$`,
  'u'
);
const VARIABLE = new RegExp(`${BEFORE}@variable:([\\p{L}\\p{N}_]*)$`, 'u');
const ANY = new RegExp(`${BEFORE}@([\\p{L}\\p{N}_#-]*)$`, 'u');

/** No mention is longer, so no more of a long text is looked at. */
const LONGEST = 500;

/** What is being written at the caret; null when it is only text. */
export function typedAt(text: string, caret: number): Typed | null {
  const before = text.slice(Math.max(0, caret - LONGEST), caret);
  const command = caret <= LONGEST ? COMMAND.exec(before) : null;
  if (command) {
    return { kind: 'command', from: caret - command[1]!.length, name: command[1]!.slice(1) };
  }
  const argument = caret <= LONGEST ? ARGUMENT.exec(before) : null;
  if (argument && !argument[2]!.includes('@')) {
    const [, name = '', typed = ''] = argument;
    return { kind: 'argument', from: caret - typed.length, name, argument: typed };
  }
  return mentionAt(before, caret);
}

function mentionAt(before: string, caret: number): Typed | null {
  const from = (match: RegExpExecArray): number => caret - match[0].length;
  const file = FILE.exec(before);
  if (file) {
    const path = file[1] === undefined ? (file[2] ?? '') : file[1].replace(/\\(.)/g, '$1');
    return { kind: 'file', from: from(file), path };
  }
  const documentation = DOCUMENTATION.exec(before);
  if (documentation) {
    return { kind: 'documentation', from: from(documentation), name: documentation[1]! };
  }
  const cell = CELL.exec(before);
  if (cell) {
    return { kind: 'cell', from: from(cell), name: cell[1]! };
  }
  const column = COLUMN.exec(before);
  if (column) {
    const [, prefix = '', variable = '', quoted, name = ''] = column;
    return { kind: 'column', from: from(column), prefix, variable, name: quoted ?? name };
  }
  const variable = VARIABLE.exec(before);
  if (variable) {
    return { kind: 'variable', from: from(variable), name: variable[1]! };
  }
  const any = ANY.exec(before);
  return any ? { kind: 'any', from: from(any), name: any[1]! } : null;
}
