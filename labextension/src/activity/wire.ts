/** Runs of the agent as they are on the wire. Times are seconds since 1970. */

import type { IServerEvent, components } from '../api';
import { fieldsOf, numberOf, textOf } from '../chat/model/fields';

type Schemas = components['schemas'];

/** A run as it is listed. */
export type IRun = Schemas['RunView'];
export type RunState = IRun['state'];
export type IGear = Schemas['Gear'];
export type GearName = IRun['gear_name'];
export type Grid = NonNullable<Schemas['NewShift']['grid']>;
export type INewRun = Schemas['NewAgentRun'];
export type IStep = Schemas['PlanStep'];
export type IPlan = Schemas['Plan'];
export type IDryRun = Omit<Schemas['DryRunMade'], 'type'>;
export type IDryRunStep = Schemas['DryRunStep'];
export type IEvidence = Schemas['Evidence'];
export type IReport = Schemas['Report'];

/** Whatever happens in a run; what its fields are, `type` says. */
export type RunEvent = Schemas['AgentEvent'];
/** The event of a type. */
export type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

/** One event of a run's log. */
export interface ILogged {
  readonly sequence: number;
  readonly at: number;
  readonly event: RunEvent;
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
  return sequence && textOf(event, 'type')
    ? { sequence, at: numberOf(fields, 'at'), event: event as unknown as RunEvent }
    : null;
}

const ENDED: ReadonlySet<RunState> = new Set(['done', 'failed', 'stopped', 'undone']);

/** Whether nothing more happens in it by itself. */
export function isOver(state: RunState): boolean {
  return ENDED.has(state);
}
