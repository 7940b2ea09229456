import type { IRunPicture, IStepPicture, Item, Note } from './picture';
import { stepAfter, stepBegun, stepFor, type StepEvent } from './foldStep';
import {
  isOver,
  type EventOf,
  type ILogged,
  type IPlan,
  type IStep,
  type RunEvent,
  type RunState
} from './wire';

/** States that are told in the timeline; how a run ended, its report tells. */
const TOLD: ReadonlySet<RunState> = new Set(['paused', 'interrupted']);

/** The run after one more event; one that is in it already changes nothing. */
export function after(picture: IRunPicture, logged: ILogged): IRunPicture {
  if (logged.sequence <= picture.sequence) {
    return picture;
  }
  const now: IRunPicture = { ...picture, sequence: logged.sequence };
  try {
    return changed(now, logged, logged.event);
  } catch (error) {
    // A server of another version may tell it in another way: the rest of the run is shown all the same.
    console.warn('Lumina: an event of a run could not be read.', error);
    return now;
  }
}

function changed(now: IRunPicture, logged: ILogged, event: RunEvent): IRunPicture {
  switch (event.type) {
    case 'checkpoint':
    case 'wrote':
    case 'approval_needed':
    case 'approval_settled':
    case 'said':
    case 'called':
    case 'checked':
    case 'recovering':
    case 'step_ended':
    case 'undone':
    case 'redone':
      return withStep(now, event, logged.at);
    case 'state':
      return withState(now, logged, event);
    case 'task':
      return { ...now, understood: understood(event) };
    case 'plan':
      return withPlan(now, event.plan, logged);
    case 'dry_run':
      return { ...now, dryRun: event };
    case 'plan_decided': {
      const { by, verdict } = event;
      return noted({ ...now, verdict }, logged, { kind: 'verdict', verdict, by });
    }
    case 'phase':
      return withItem(now, { kind: 'phase', key: `p${logged.sequence}`, title: event.title });
    case 'step':
      return begun(now, logged.at, event);
    case 'replaced':
      return withReplaced(now, event);
    case 'shifted':
      return withShift(now, logged, event);
    case 'question': {
      const { text } = event;
      const note = { kind: 'question', text, reply: '', by: '' } as const;
      return noted({ ...now, question: text }, logged, note);
    }
    case 'reply':
      return replied(now, event);
    case 'thought':
      return withThought(now, event);
    case 'critique':
      return noted(now, logged, { kind: 'critique', faults: event.faults });
    case 'spent':
      return spent(now, event);
    case 'delegated': {
      const { persona, run, words } = event;
      return noted(now, logged, { kind: 'delegated', run, persona, words });
    }
    case 'report':
      return { ...now, report: event.report, current: '' };
    default:
      // A newer server tells of more than this page knows.
      return now;
  }
}

function withState(picture: IRunPicture, logged: ILogged, event: EventOf<'state'>): IRunPicture {
  const { state, why } = event;
  const now = {
    ...picture,
    state,
    why,
    question: state === 'waiting' ? picture.question : '',
    current: isOver(state) ? '' : picture.current
  };
  return TOLD.has(state) ? noted(now, logged, { kind: 'state', state, why }) : now;
}

function withPlan(picture: IRunPicture, plan: IPlan, logged: ILogged): IRunPicture {
  const now = { ...picture, plan, dryRun: null, verdict: '' as const };
  const steps = plan.phases.reduce((sum, phase) => sum + phase.steps.length, 0);
  return picture.steps.size ? noted(now, logged, { kind: 'plan', steps }) : now;
}

/** Another step stands in a step's place. */
function withReplaced(picture: IRunPicture, { by, step: old }: EventOf<'replaced'>): IRunPicture {
  if (!picture.plan) {
    return picture;
  }
  const phases = picture.plan.phases.map(phase => ({
    ...phase,
    steps: phase.steps.map(step => (step.id === old ? by : step))
  }));
  return { ...picture, plan: { ...picture.plan, phases } };
}

function begun(picture: IRunPicture, at: number, event: EventOf<'step'>): IRunPicture {
  const id = event.step;
  const own = `${id} ${event.number}`;
  const early = picture.steps.get(unbegun(id));
  const before = picture.steps.get(own) ?? (early?.endedAt === null ? early : undefined);
  const key = before?.key ?? own;
  const step = stepBegun(before ?? stepFor(key, id, planned(picture, id), at), event);
  const now = { ...put(picture, step), current: key };
  return before ? now : withItem(now, { kind: 'step', key });
}

function withStep(picture: IRunPicture, event: StepEvent, at: number): IRunPicture {
  const id = event.step;
  // Of several that the plan called the same, the last one is meant.
  let step = [...picture.steps.values()].reverse().find(each => each.id === id);
  let now = picture;
  if (!step) {
    // What is told of a step before it begins, as its checkpoint, is the step's all the same.
    step = stepFor(unbegun(id), id, planned(picture, id), at);
    now = withItem(picture, { kind: 'step', key: step.key });
  }
  const next = stepAfter(step, event, at);
  const ended = event.type === 'step_ended' && picture.current === step.key;
  return { ...put(now, next), current: ended ? '' : picture.current };
}

function withShift(picture: IRunPicture, logged: ILogged, event: EventOf<'shifted'>): IRunPicture {
  const { after: to, before, why } = event;
  const now = { ...picture, gear: to, model: event.model || picture.model };
  const note = { kind: 'shift', before, after: to, why } as const;
  return before && before !== to ? noted(now, logged, note) : now;
}

/** The reply stands with its question. */
function replied(picture: IRunPicture, { by, text: reply }: EventOf<'reply'>): IRunPicture {
  const items = [...picture.items];
  for (let at = items.length - 1; at >= 0; at--) {
    const item = items[at]!;
    if (item.kind === 'note' && item.note.kind === 'question' && !item.note.reply) {
      items[at] = { ...item, note: { ...item.note, reply, by } };
      break;
    }
  }
  return { ...picture, items, question: '' };
}

function withThought(picture: IRunPicture, { step, text }: EventOf<'thought'>): IRunPicture {
  const last = picture.thoughts[picture.thoughts.length - 1];
  const thoughts =
    last && last.step === step
      ? [...picture.thoughts.slice(0, -1), { ...last, text: last.text + text }]
      : [...picture.thoughts, { step, text }];
  return { ...picture, thoughts };
}

function spent(picture: IRunPicture, event: EventOf<'spent'>): IRunPicture {
  const { usd } = event;
  return {
    ...picture,
    inputTokens: picture.inputTokens + event.input_tokens,
    outputTokens: picture.outputTokens + event.output_tokens,
    // A sum with an unknown part is unknown.
    usd: picture.usd === null || usd === null ? null : picture.usd + usd
  };
}

function understood({ task }: EventOf<'task'>): string {
  const { action, target, target_kind: kind } = task;
  return [action, kind === 'none' ? '' : kind, target].filter(Boolean).join(' ');
}

/** The key of a step that something was told of before it began. */
function unbegun(id: string): string {
  return `${id} 0`;
}

function planned(picture: IRunPicture, id: string): IStep | undefined {
  return picture.plan?.phases.flatMap(({ steps }) => steps).find(step => step.id === id);
}

function put(picture: IRunPicture, step: IStepPicture): IRunPicture {
  return { ...picture, steps: new Map(picture.steps).set(step.key, step) };
}

function withItem(picture: IRunPicture, item: Item): IRunPicture {
  return { ...picture, items: [...picture.items, item] };
}

function noted(picture: IRunPicture, { at, sequence }: ILogged, note: Note): IRunPicture {
  return withItem(picture, { kind: 'note', key: `n${sequence}`, at, note });
}
