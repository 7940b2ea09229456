import {
  fieldsOf,
  listOf,
  numberOf,
  numberOrNull,
  textOf,
  type Fields
} from '../chat/model/fields';
import type { IRunPicture, IStepPicture, Item, Note } from './picture';
import { stepAfter, stepBegun, stepFor } from './foldStep';
import { dryRunOf, planOf, reportOf } from './reading';
import { isOver, type ILogged, type IPlan, type IStep, type RunState } from './wire';

/** States that are told in the timeline; how a run ended, its report tells. */
const TOLD: ReadonlySet<RunState> = new Set(['paused', 'interrupted']);

/** Events about one step. */
const OF_STEP: ReadonlySet<string> = new Set([
  'checkpoint',
  'wrote',
  'approval_needed',
  'approval_settled',
  'said',
  'called',
  'checked',
  'recovering',
  'step_ended',
  'undone',
  'redone'
]);

/** The run after one more event; one that is in it already changes nothing. */
export function after(picture: IRunPicture, logged: ILogged): IRunPicture {
  if (logged.sequence <= picture.sequence) {
    return picture;
  }
  const { event } = logged;
  const type = textOf(event, 'type');
  const now: IRunPicture = { ...picture, sequence: logged.sequence };
  if (OF_STEP.has(type)) {
    return withStep(now, type, logged);
  }
  switch (type) {
    case 'state':
      return withState(now, logged);
    case 'task':
      return { ...now, understood: understood(fieldsOf(event['task'])) };
    case 'plan':
      return withPlan(now, planOf(event['plan']), logged);
    case 'dry_run':
      return { ...now, dryRun: dryRunOf(event) };
    case 'plan_decided': {
      const [verdict, by] = [textOf(event, 'verdict'), textOf(event, 'by')];
      return noted({ ...now, verdict }, logged, { kind: 'verdict', verdict, by });
    }
    case 'phase':
      return withItem(now, {
        kind: 'phase',
        key: `p${logged.sequence}`,
        title: textOf(event, 'title')
      });
    case 'step':
      return begun(now, logged);
    case 'replaced':
      return withReplaced(now, event);
    case 'shifted':
      return withShift(now, logged);
    case 'question': {
      const text = textOf(event, 'text');
      const note = { kind: 'question', text, reply: '', by: '' } as const;
      return noted({ ...now, question: text }, logged, note);
    }
    case 'reply':
      return replied(now, event);
    case 'thought':
      return withThought(now, event);
    case 'critique': {
      const faults = listOf<string>(event, 'faults');
      return noted(now, logged, { kind: 'critique', faults });
    }
    case 'spent':
      return spent(now, event);
    case 'delegated': {
      const [run, persona, words] = ['run', 'persona', 'words'].map(name => textOf(event, name));
      return noted(now, logged, {
        kind: 'delegated',
        run: run!,
        persona: persona!,
        words: words!
      });
    }
    case 'report':
      return { ...now, report: reportOf(event['report']), current: '' };
    default:
      // A newer server tells of more than this page knows.
      return now;
  }
}

function withState(picture: IRunPicture, logged: ILogged): IRunPicture {
  const state = textOf(logged.event, 'state') as RunState;
  const why = textOf(logged.event, 'why');
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
  const now = { ...picture, plan, dryRun: null, verdict: '' };
  const steps = plan.phases.reduce((sum, phase) => sum + phase.steps.length, 0);
  return picture.steps.size ? noted(now, logged, { kind: 'plan', steps }) : now;
}

/** Another step stands in a step's place. */
function withReplaced(picture: IRunPicture, event: Fields): IRunPicture {
  const old = textOf(event, 'step');
  const by = planOf({ phases: [{ title: '', steps: [event['by']] }] }).phases[0]?.steps[0];
  if (!picture.plan || !by) {
    return picture;
  }
  const phases = picture.plan.phases.map(phase => ({
    ...phase,
    steps: phase.steps.map(step => (step.id === old ? by : step))
  }));
  return { ...picture, plan: { ...picture.plan, phases } };
}

function begun(picture: IRunPicture, { at, event }: ILogged): IRunPicture {
  const id = textOf(event, 'step');
  const own = `${id} ${numberOf(event, 'number')}`;
  const early = picture.steps.get(unbegun(id));
  const before = picture.steps.get(own) ?? (early?.endedAt === null ? early : undefined);
  const key = before?.key ?? own;
  const step = stepBegun(before ?? stepFor(key, id, planned(picture, id), at), event);
  const now = { ...put(picture, step), current: key };
  return before ? now : withItem(now, { kind: 'step', key });
}

function withStep(picture: IRunPicture, type: string, { at, event }: ILogged): IRunPicture {
  const id = textOf(event, 'step');
  // Of several that the plan called the same, the last one is meant.
  let step = [...picture.steps.values()].reverse().find(each => each.id === id);
  let now = picture;
  if (!step) {
    // What is told of a step before it begins, as its checkpoint, is the step's all the same.
    step = stepFor(unbegun(id), id, planned(picture, id), at);
    now = withItem(picture, { kind: 'step', key: step.key });
  }
  const next = stepAfter(step, type, event, at);
  const current = type === 'step_ended' && picture.current === step.key ? '' : picture.current;
  return { ...put(now, next), current };
}

function withShift(picture: IRunPicture, logged: ILogged): IRunPicture {
  const { event } = logged;
  const [before, to] = [numberOf(event, 'before'), numberOf(event, 'after')];
  const now = { ...picture, gear: to, model: textOf(event, 'model') || picture.model };
  const note = { kind: 'shift', before, after: to, why: textOf(event, 'why') } as const;
  return before && before !== to ? noted(now, logged, note) : now;
}

/** The reply stands with its question. */
function replied(picture: IRunPicture, event: Fields): IRunPicture {
  const [reply, by] = [textOf(event, 'text'), textOf(event, 'by')];
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

function withThought(picture: IRunPicture, event: Fields): IRunPicture {
  const thought = { step: textOf(event, 'step'), text: textOf(event, 'text') };
  const last = picture.thoughts[picture.thoughts.length - 1];
  const thoughts =
    last && last.step === thought.step
      ? [...picture.thoughts.slice(0, -1), { ...last, text: last.text + thought.text }]
      : [...picture.thoughts, thought];
  return { ...picture, thoughts };
}

function spent(picture: IRunPicture, event: Fields): IRunPicture {
  const usd = numberOrNull(event, 'usd');
  return {
    ...picture,
    inputTokens: picture.inputTokens + numberOf(event, 'input_tokens'),
    outputTokens: picture.outputTokens + numberOf(event, 'output_tokens'),
    // A sum with an unknown part is unknown.
    usd: picture.usd === null || usd === null ? null : picture.usd + usd
  };
}

function understood(task: Fields): string {
  const action = textOf(task, 'action');
  const target = textOf(task, 'target');
  const kind = textOf(task, 'target_kind');
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
