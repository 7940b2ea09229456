import type { IAttempt, IStepPicture } from './picture';
import type { EventOf, IStep } from './wire';

/** An event about a step that has its place. */
export type StepEvent = EventOf<
  | 'checkpoint'
  | 'wrote'
  | 'approval_needed'
  | 'approval_settled'
  | 'said'
  | 'called'
  | 'checked'
  | 'recovering'
  | 'step_ended'
  | 'undone'
  | 'redone'
>;

/** Lines of progress that are kept. */
const SAID = 40;

/** A step that nothing has been done about. */
export function stepFor(
  key: string,
  id: string,
  planned: IStep | undefined,
  at: number
): IStepPicture {
  return {
    key,
    id,
    title: planned?.title || id,
    tool: planned?.tool ?? '',
    state: 'running',
    attempts: [],
    said: [],
    approvals: [],
    covers: [],
    notCovered: [],
    cell: '',
    why: '',
    undone: null,
    beganAt: at,
    endedAt: null
  };
}

/** The step when it begins, or begins once more. */
export function stepBegun(step: IStepPicture, event: EventOf<'step'>): IStepPicture {
  const number = event.attempt;
  return {
    ...step,
    title: event.title || step.title,
    state: 'running',
    endedAt: null,
    why: '',
    undone: null,
    attempts: [...step.attempts.filter(each => each.number !== number), attemptOf(number)]
  };
}

/** The step after an event about it. */
export function stepAfter(step: IStepPicture, event: StepEvent, at: number): IStepPicture {
  switch (event.type) {
    case 'checkpoint':
      return { ...step, covers: event.covers, notCovered: event.not_covered };
    case 'wrote':
      return withAttempt(step, { wrote: event.text });
    case 'said':
      return { ...step, said: [...step.said, event.text].slice(-SAID) };
    case 'approval_needed':
      return withApproval(step, event.approval, { summary: event.summary, state: '', by: '' });
    case 'approval_settled':
      return withApproval(step, event.approval, { state: event.state, by: event.by });
    case 'called':
      return called(step, event);
    case 'checked':
      return withAttempt(step, { check: { passed: event.passed, detail: event.detail } });
    case 'recovering':
      return withAttempt(step, { recovery: { way: event.way, why: event.why } });
    case 'step_ended':
      return { ...step, state: event.status, why: event.why, endedAt: at };
    case 'undone':
      return { ...step, state: 'undone', undone: { by: event.by, left: event.left } };
    case 'redone':
      return { ...step, state: 'done', undone: null };
  }
}

function called(step: IStepPicture, event: EventOf<'called'>): IStepPicture {
  const { is_error: isError, result, seconds, tool } = event;
  const call = { tool, result, isError, seconds };
  const next = withAttempt(step, { calls: [...lastOf(step).calls, call] });
  return { ...next, tool: step.tool || tool, cell: event.cell || step.cell };
}

function withApproval(
  step: IStepPicture,
  id: string,
  news: { summary?: string; state: string; by: string }
): IStepPicture {
  const before = step.approvals.find(each => each.id === id);
  const approval = { id, summary: before?.summary ?? '', ...news };
  const approvals = [...step.approvals.filter(each => each !== before), approval];
  const waits = approvals.some(({ state }) => !state);
  const open = step.state === 'running' || step.state === 'waiting';
  return { ...step, approvals, state: open ? (waits ? 'waiting' : 'running') : step.state };
}

function withAttempt(step: IStepPicture, change: Partial<IAttempt>): IStepPicture {
  return { ...step, attempts: [...step.attempts.slice(0, -1), { ...lastOf(step), ...change }] };
}

function lastOf(step: IStepPicture): IAttempt {
  return step.attempts[step.attempts.length - 1] ?? attemptOf(1);
}

function attemptOf(number: number): IAttempt {
  return { number, wrote: '', calls: [], check: null, recovery: null };
}
