import type { IField } from './fields';

const SECRET =
  /pass\s*(word|phrase|code)|\bpwd\b|secret|credential|api[\s_-]*key|access[\s_-]*key|private[\s_-]*key|\btoken\b|\bpin\b|\bcvv2?\b|\bcvc\b|card[\s_-]*number|\biban\b|\bssn\b|\botp\b|one[\s-]time code/i;

/** Whether it looks as if a form, or what comes with it, asks for what nobody should tell it. */
export function asksForSecret(message: string, fields: readonly IField[]): boolean {
  const words = fields.flatMap(({ description, kind, name, title }) =>
    kind === 'boolean' ? [] : [spaced(name), title, description]
  );
  return fields.length > 0 && [message, ...words].some(each => SECRET.test(each));
}

/** Words of a name that stand together, apart. */
function spaced(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/_/g, ' ');
}
