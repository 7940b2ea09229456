/** Runs of the agent as they are on the wire. Times are seconds since 1970. */

import type { IServerEvent } from '../api';
import { fieldsOf, numberOf, textOf, type Fields } from '../chat/model/fields';

export type RunState =
  | 'reading'
  | 'planning'
  | 'waiting'
  | 'running'
  | 'paused'
  | 'done'
  | 'failed'
  | 'stopped'
  | 'interrupted'
  | 'undone';

export type GearName = 'auto' | 'reverse' | '1' | '2' | '3' | '4' | '5';
export type Grid = 'step' | 'phase' | 'task';

export interface IStep {
  readonly id: string;
  readonly title: string;
  readonly tool: string;
  readonly expects: string;
  readonly check: { readonly kind: string; readonly text: string };
}

export interface IPhase {
  readonly title: string;
  readonly steps: readonly IStep[];
}

export interface IPlan {
  readonly phases: readonly IPhase[];
  readonly note: string;
}

export interface IDryRunStep {
  readonly step: string;
  readonly summary: string;
  readonly diff: string;
  readonly permission: 'allow' | 'ask' | 'deny';
  readonly reason: string;
}

export interface IDryRun {
  readonly steps: readonly IDryRunStep[];
  readonly usd: number | null;
  readonly seconds: number;
  readonly tokens: number;
}

export interface IEvidence {
  readonly step: string;
  readonly claim: string;
  readonly cell: string;
  readonly source_hash: string;
  readonly output_hash: string;
  readonly excerpt: string;
  /** Told when somebody asks for the run, and not in its log. */
  readonly stale?: boolean;
}

export interface IReport {
  readonly outcome: 'done' | 'partly' | 'failed' | 'stopped' | 'refused';
  readonly summary: string;
  readonly answer: string;
  readonly done: readonly string[];
  readonly left: readonly string[];
  readonly evidence: readonly IEvidence[];
  readonly not_covered: readonly string[];
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly usd: number | null;
  readonly seconds: number;
}

/** A run as it is listed. */
export interface IRun {
  readonly id: string;
  readonly words: string;
  readonly notebook: string;
  readonly user: string;
  readonly state: RunState;
  readonly gear: number;
  readonly gear_name: GearName;
  readonly model: string;
  readonly persona: string;
  readonly parent: string;
  readonly why: string;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly usd: number | null;
  readonly seconds: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly sequence: number;
}

export interface IGear {
  readonly number: number;
  readonly title: string;
}

/** One event of a run's log; what its fields are, `event.type` says. */
export interface ILogged {
  readonly sequence: number;
  readonly at: number;
  readonly event: Fields;
}

/** What a run's stream says: an event, or that nothing more will come by it. */
export type RunFrame =
  { readonly kind: 'entry'; readonly logged: ILogged } | { readonly kind: 'over' };

/** What a server-sent event of a run's stream says; null when it is nothing that is known here. */
export function runFrameOf({ data, event }: IServerEvent): RunFrame | null {
  if (event === 'over') {
    return { kind: 'over' };
  }
  if (event !== 'entry') {
    return null;
  }
  try {
    const logged = loggedOf(JSON.parse(data));
    return logged && { kind: 'entry', logged };
  } catch {
    return null;
  }
}

/** An event of a log, as it is on the wire; null when it is none. */
export function loggedOf(told: unknown): ILogged | null {
  const fields = fieldsOf(told);
  const event = fieldsOf(fields['event']);
  const sequence = numberOf(fields, 'sequence');
  return sequence && textOf(event, 'type') ? { sequence, at: numberOf(fields, 'at'), event } : null;
}

const ENDED: ReadonlySet<RunState> = new Set(['done', 'failed', 'stopped', 'undone']);

/** Whether nothing more happens in it by itself. */
export function isOver(state: RunState): boolean {
  return ENDED.has(state);
}
