import type { TranslationBundle } from '@jupyterlab/translation';
import { count, dollars, duration } from '../chat/components/format';
import type { IAttempt, IStepPicture, Note, StepState } from './picture';
import type { GearName, Grid, IDryRunStep, IReport, RunState } from './wire';

/** How a run is, in a word or two. */
export function stateOf(state: RunState, trans: TranslationBundle): string {
  switch (state) {
    case 'reading':
      return trans.__('Reading the task');
    case 'planning':
      return trans.__('Planning');
    case 'waiting':
      return trans.__('Waits for you');
    case 'running':
      return trans.__('Working');
    case 'paused':
      return trans.__('Paused');
    case 'done':
      return trans.__('Done');
    case 'failed':
      return trans.__('Failed');
    case 'stopped':
      return trans.__('Stopped');
    case 'interrupted':
      return trans.__('Interrupted');
    case 'undone':
      return trans.__('Undone');
    default:
      return state;
  }
}

/** How a step is. */
export function stepStateOf(state: StepState | 'planned', trans: TranslationBundle): string {
  switch (state) {
    case 'planned':
      return trans.__('not begun');
    case 'running':
      return trans.__('being done');
    case 'waiting':
      return trans.__('waits for you');
    case 'done':
      return trans.__('done');
    case 'failed':
      return trans.__('failed');
    case 'skipped':
      return trans.__('left out');
    case 'refused':
      return trans.__('refused');
    case 'stopped':
      return trans.__('stopped');
    case 'undone':
      return trans.__('undone');
    default:
      return state;
  }
}

/** What is done about an attempt that failed, as a sentence. */
export function recoveryOf(attempt: IAttempt, trans: TranslationBundle): string {
  const { recovery } = attempt;
  if (!recovery) {
    return '';
  }
  const what = {
    retry: trans.__('Tries again.'),
    other_way: trans.__('Goes about it in another way.'),
    ask: trans.__('Asks you.'),
    undo: trans.__('Takes the step back.')
  }[recovery.way];
  return [what ?? recovery.way, recovery.why].filter(Boolean).join(' ');
}

/** What came of an attempt's check, as a sentence; empty without one. */
export function checkOf({ check }: IAttempt, trans: TranslationBundle): string {
  if (!check) {
    return '';
  }
  if (check.passed) {
    return check.detail ? trans.__('Check passed: %1', check.detail) : trans.__('Check passed.');
  }
  return check.detail ? trans.__('Check failed: %1', check.detail) : trans.__('Check failed.');
}

/** What was undone of a step, as a sentence; empty when nothing was. */
export function undoneOf({ undone }: IStepPicture, trans: TranslationBundle): string {
  if (!undone) {
    return '';
  }
  const said = undone.by ? trans.__('Undone by %1.', undone.by) : trans.__('Undone.');
  return undone.left.length
    ? `${said} ${trans.__('Not brought back: %1.', undone.left.join(', '))}`
    : said;
}

/** What the gate says to a step of a plan. */
export function permissionOf({ permission }: IDryRunStep, trans: TranslationBundle): string {
  return {
    allow: trans.__('at once'),
    ask: trans.__('asks you'),
    deny: trans.__('is refused')
  }[permission];
}

/** What something takes: dollars, seconds and tokens, as far as they are known. */
export function costOf(
  took: { usd: number | null; seconds: number; tokens: number },
  trans: TranslationBundle
): string {
  const { seconds, tokens, usd } = took;
  return [
    usd === null ? trans.__('price unknown') : usd === 0 ? trans.__('free') : dollars(usd),
    duration(seconds, trans),
    trans.__('%1 tokens', count(tokens))
  ].join(' · ');
}

/** How a run ended. */
export function outcomeOf(outcome: IReport['outcome'], trans: TranslationBundle): string {
  switch (outcome) {
    case 'done':
      return trans.__('Done');
    case 'partly':
      return trans.__('Partly done');
    case 'failed':
      return trans.__('Failed');
    case 'stopped':
      return trans.__('Stopped');
    case 'refused':
      return trans.__('Refused');
    default:
      return outcome;
  }
}

/** Something that happened beside the steps, as a sentence. */
export function noteOf(note: Note, trans: TranslationBundle): string {
  switch (note.kind) {
    case 'shift':
      return [trans.__('Shifted from gear %1 to %2.', note.before, note.after), note.why]
        .filter(Boolean)
        .join(' ');
    case 'question':
      return trans.__('Asked: %1', choicesIn(note.text).asked.split('\n')[0]);
    case 'critique':
      return note.faults.length
        ? trans.__('Looked at its own work and found: %1', note.faults.join(' '))
        : trans.__('Looked at its own work and found nothing wrong.');
    case 'delegated':
      return trans.__('Gave to %1: %2', note.persona || trans.__('another agent'), note.words);
    case 'plan':
      return trans._n('Planned anew: %1 step.', 'Planned anew: %1 steps.', note.steps);
    case 'verdict': {
      const by = note.by || trans.__('somebody');
      return note.verdict === 'approve'
        ? trans.__('The plan was approved by %1.', by)
        : trans.__('The plan was refused by %1.', by);
    }
    case 'state':
      return [stateOf(note.state, trans) + '.', note.why].filter(Boolean).join(' ');
  }
}

/** What a question asks, and the words in its last line with which it can be answered (`again`). */
export function choicesIn(text: string): { asked: string; choices: readonly string[] } {
  const lines = text.trimEnd().split('\n');
  const choices = [...(lines[lines.length - 1] ?? '').matchAll(/`(\w+)`/g)].map(
    ([, word]) => word!
  );
  return lines.length > 1 && choices.length
    ? { asked: lines.slice(0, -1).join('\n'), choices }
    : { asked: text, choices: [] };
}

/** A word that answers a question, as people read it. */
export function choiceOf(choice: string, trans: TranslationBundle): string {
  switch (choice) {
    case 'again':
      return trans.__('Try again');
    case 'skip':
      return trans.__('Leave the step out');
    case 'stop':
      return trans.__('End the run');
    default:
      return choice;
  }
}

/** That another gear will be in, and from when on. */
export function wishOf(gear: GearName, grid: Grid, trans: TranslationBundle): string {
  return {
    step: trans.__('Gear %1 from the next step on.', gear),
    phase: trans.__('Gear %1 from the next phase on.', gear),
    task: trans.__('Gear %1 from the next task on.', gear)
  }[grid];
}
