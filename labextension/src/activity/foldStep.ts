import { listOf, numberOf, textOf, type Fields } from '../chat/model/fields';
import type { IAttempt, IStepPicture, StepState } from './picture';
import type { IStep } from './wire';

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
export function stepBegun(step: IStepPicture, event: Fields): IStepPicture {
  const number = numberOf(event, 'attempt') || 1;
  return {
    ...step,
    title: textOf(event, 'title') || step.title,
    state: 'running',
    endedAt: null,
    why: '',
    undone: null,
    attempts: [...step.attempts.filter(each => each.number !== number), attemptOf(number)]
  };
}

/** The step after an event about it. */
export function stepAfter(
  step: IStepPicture,
  type: string,
  event: Fields,
  at: number
): IStepPicture {
  switch (type) {
    case 'checkpoint':
      return {
        ...step,
        covers: listOf<string>(event, 'covers'),
        notCovered: listOf<string>(event, 'not_covered')
      };
    case 'wrote':
      return withAttempt(step, { wrote: textOf(event, 'text') });
    case 'said':
      return { ...step, said: [...step.said, textOf(event, 'text')].slice(-SAID) };
    case 'approval_needed':
    case 'approval_settled':
      return withApproval(step, type, event);
    case 'called':
      return called(step, event);
    case 'checked':
      return withAttempt(step, {
        check: { passed: event['passed'] === true, detail: textOf(event, 'detail') }
      });
    case 'recovering':
      return withAttempt(step, {
        recovery: { way: textOf(event, 'way'), why: textOf(event, 'why') }
      });
    case 'step_ended':
      return {
        ...step,
        state: textOf(event, 'status') as StepState,
        why: textOf(event, 'why'),
        endedAt: at
      };
    case 'undone':
      return {
        ...step,
        state: 'undone',
        undone: { by: textOf(event, 'by'), left: listOf<string>(event, 'left') }
      };
    case 'redone':
      return { ...step, state: 'done', undone: null };
    default:
      return step;
  }
}

function called(step: IStepPicture, event: Fields): IStepPicture {
  const last = lastOf(step);
  const call = {
    tool: textOf(event, 'tool'),
    result: textOf(event, 'result'),
    isError: event['is_error'] === true,
    seconds: numberOf(event, 'seconds')
  };
  const next = withAttempt(step, { calls: [...last.calls, call] });
  return {
    ...next,
    tool: step.tool || call.tool,
    cell: textOf(event, 'cell') || step.cell
  };
}

function withApproval(step: IStepPicture, type: string, event: Fields): IStepPicture {
  const id = textOf(event, 'approval');
  const before = step.approvals.find(each => each.id === id);
  const settled = type === 'approval_settled';
  const approval = {
    id,
    summary: textOf(event, 'summary') || before?.summary || '',
    state: settled ? textOf(event, 'state') : '',
    by: settled ? textOf(event, 'by') : ''
  };
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
