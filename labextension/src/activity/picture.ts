/** A run as a view shows it. Every object here is immutable; what has not changed is the same object. */

import type { EventOf, IDryRun, IPlan, IReport, IStep, RunState } from './wire';

export type StepState = 'running' | 'waiting' | 'undone' | EventOf<'step_ended'>['status'];

/** One attempt at a step. */
export interface IAttempt {
  readonly number: number;
  /** What the model wrote for it; empty for nothing. */
  readonly wrote: string;
  readonly calls: readonly ICall[];
  readonly check: { readonly passed: boolean; readonly detail: string } | null;
  /** What is done about its failure; null when it has not failed. */
  readonly recovery: Pick<EventOf<'recovering'>, 'way' | 'why'> | null;
}

/** What a tool gave back. */
export interface ICall {
  readonly tool: string;
  readonly result: string;
  readonly isError: boolean;
  readonly seconds: number;
}

export interface IStepApproval {
  readonly id: string;
  readonly summary: string;
  /** Empty while it waits. */
  readonly state: string;
  readonly by: string;
}

export interface IStepPicture {
  readonly key: string;
  /** The step's id in the plan. */
  readonly id: string;
  readonly title: string;
  readonly tool: string;
  readonly state: StepState;
  readonly attempts: readonly IAttempt[];
  /** The last lines of progress. */
  readonly said: readonly string[];
  readonly approvals: readonly IStepApproval[];
  readonly covers: readonly string[];
  readonly notCovered: readonly string[];
  /** The cell that it made, changed or ran; empty for none. */
  readonly cell: string;
  readonly why: string;
  readonly undone: { readonly by: string; readonly left: readonly string[] } | null;
  readonly beganAt: number;
  readonly endedAt: number | null;
}

/** Something beside the steps that happened in a run. */
export type Note =
  | {
      readonly kind: 'shift';
      readonly before: number;
      readonly after: number;
      readonly why: string;
    }
  | {
      readonly kind: 'question';
      readonly text: string;
      readonly reply: string;
      readonly by: string;
    }
  | { readonly kind: 'critique'; readonly faults: readonly string[] }
  | {
      readonly kind: 'delegated';
      readonly run: string;
      readonly persona: string;
      readonly words: string;
    }
  | { readonly kind: 'plan'; readonly steps: number }
  | {
      readonly kind: 'verdict';
      readonly verdict: EventOf<'plan_decided'>['verdict'];
      readonly by: string;
    }
  | { readonly kind: 'state'; readonly state: RunState; readonly why: string };

/** One entry of the timeline. */
export type Item =
  | { readonly kind: 'phase'; readonly key: string; readonly title: string }
  | { readonly kind: 'step'; readonly key: string }
  | { readonly kind: 'note'; readonly key: string; readonly at: number; readonly note: Note };

export interface IThought {
  readonly step: string;
  readonly text: string;
}

export interface IRunPicture {
  /** The number of the last event that is in it. */
  readonly sequence: number;
  readonly state: RunState | null;
  readonly why: string;
  /** What the words were understood to ask for; empty before. */
  readonly understood: string;
  readonly plan: IPlan | null;
  readonly dryRun: IDryRun | null;
  /** What was decided of the plan; empty while nothing was. */
  readonly verdict: EventOf<'plan_decided'>['verdict'] | '';
  readonly gear: number;
  readonly model: string;
  readonly items: readonly Item[];
  readonly steps: ReadonlyMap<string, IStepPicture>;
  /** The key of the step that is being done; empty for none. */
  readonly current: string;
  /** What it asks a person; empty when nothing. */
  readonly question: string;
  readonly thoughts: readonly IThought[];
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Null where a price is not known. */
  readonly usd: number | null;
  readonly report: IReport | null;
}

export const EMPTY: IRunPicture = {
  sequence: 0,
  state: null,
  why: '',
  understood: '',
  plan: null,
  dryRun: null,
  verdict: '',
  gear: 0,
  model: '',
  items: [],
  steps: new Map(),
  current: '',
  question: '',
  thoughts: [],
  inputTokens: 0,
  outputTokens: 0,
  usd: 0,
  report: null
};

/** The plan's steps that have not begun, by phase. */
export function ahead(picture: IRunPicture): readonly {
  readonly title: string;
  readonly begun: boolean;
  readonly steps: readonly IStep[];
}[] {
  if (!picture.plan || picture.report) {
    return [];
  }
  const begun = new Set([...picture.steps.values()].map(({ id }) => id));
  return picture.plan.phases
    .map(({ steps, title }) => {
      const left = steps.filter(({ id }) => !begun.has(id));
      return { title, steps: left, begun: left.length < steps.length };
    })
    .filter(({ steps }) => steps.length > 0);
}
