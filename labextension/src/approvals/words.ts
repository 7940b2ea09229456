import type { TranslationBundle } from '@jupyterlab/translation';
import { answeredOf, askedOf, questionerOf } from './questions/words';
import { isQuestion, type Approval, type Asked, type Scope } from './tokens';

/** Who asks, as people know them. */
export function askerOf(asked: Asked, trans: TranslationBundle): string {
  if (isQuestion(asked)) {
    return questionerOf(asked, trans);
  }
  const { actor_kind: kind, actor_name: name } = asked;
  switch (kind) {
    case 'agent':
      return name && name !== 'Lumina' ? trans.__('The agent %1', name) : trans.__('The agent');
    case 'chat':
      return trans.__('The chat');
    case 'magic':
      return trans.__('A cell with %%lumina');
    case 'mcp':
      return name ? trans.__('The MCP client %1', name) : trans.__('An MCP client');
    case 'extension':
      return name ? trans.__('The extension %1', name) : trans.__('An extension');
    default:
      return name || trans.__('Lumina');
  }
}

/** What a call can do, one phrase each. */
export function effectsOf({ effects }: Approval, trans: TranslationBundle): string[] {
  const words = {
    read: trans.__('looks'),
    write: trans.__('changes'),
    execute: trans.__('runs code'),
    network: trans.__('reaches other machines')
  };
  return effects.map(effect => words[effect]);
}

/** The sentence that says what would be done. */
export function whatOf({ preview, title, tool }: Approval): string {
  return preview?.summary.trim() || title || tool;
}

/** What is asked, in a line that also tells who asks where those are the asker's own words. */
export function lineOf(asked: Asked, trans: TranslationBundle): string {
  return isQuestion(asked) ? askedOf(asked, trans) : whatOf(asked);
}

/** What it touches, for people; empty when nothing in particular. `number` is the cell's, 0 where it is not known. */
export function targetOf(
  { target, notebook }: Approval,
  number: number,
  trans: TranslationBundle
): string {
  switch (target.kind) {
    case 'none':
      return '';
    case 'cell':
      return trans.__(
        'Cell %1 of %2',
        number ? `#${number}` : target.cell || target.name,
        target.notebook || notebook
      );
    case 'notebook':
      return target.notebook || target.name || notebook;
    case 'kernel':
      return trans.__('The kernel of %1', target.notebook || notebook || target.name);
    case 'process':
      return trans.__('A program: %1', target.name);
    case 'variable':
      return trans.__('The variable %1', target.name);
    default:
      return target.name;
  }
}

/** What the button says that allows the calls like it. */
export function scopeLabel(scope: Scope, approval: Approval, trans: TranslationBundle): string {
  const { actor_kind: kind, target } = approval;
  switch (scope) {
    case 'cell':
      return trans.__('Allow for this cell');
    case 'run':
      // What is a run to an agent is an answer to who asks a model.
      return kind === 'chat' || kind === 'magic'
        ? trans.__('Allow for this answer')
        : trans.__('Allow for this run');
    case 'always':
      return target.kind === 'url'
        ? trans.__('Always allow for this host')
        : target.kind === 'file'
          ? trans.__('Always allow for this file')
          : trans.__('Always allow in this notebook');
  }
}

/** How long it waits still, in minutes while there are some. */
export function leftOf({ expires_at: end }: Asked, now: number, trans: TranslationBundle): string {
  const seconds = Math.round(end - now / 1000);
  if (seconds <= 0) {
    return trans.__('expires now');
  }
  return seconds < 60
    ? trans._n('expires in %1 second', 'expires in %1 seconds', seconds)
    : trans._n('expires in %1 minute', 'expires in %1 minutes', Math.round(seconds / 60));
}

/** What became of it, as a sentence. `here`: whether it was decided in this page. */
export function outcomeOf(asked: Asked, here: boolean, trans: TranslationBundle): string {
  if (isQuestion(asked)) {
    return answeredOf(asked, here, trans);
  }
  const by = asked.decided_by;
  switch (asked.state) {
    case 'granted':
      return by ? trans.__('Allowed by %1.', by) : trans.__('Allowed.');
    case 'denied':
      return by ? trans.__('Denied by %1.', by) : trans.__('Denied.');
    case 'expired':
      return asked.note || trans.__('It has expired.');
    default:
      return trans.__('It waits for you.');
  }
}
