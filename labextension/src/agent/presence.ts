import type { components } from '../api';

type AgentAtWork = components['schemas']['AgentAtWork'];

/** An agent at work in a notebook, as this page shows it. */
export interface IWorkingAgent {
  readonly name: string;
  readonly run: string;
  /** The id of the cell that it works on; may be empty. */
  readonly cell: string;
  readonly doing: AgentAtWork['doing'] | '';
  /** When the cell began to run, on this page's clock in milliseconds; null when it has not. */
  readonly since: number | null;
  /** The run of cells that can be stopped; empty when there is none. */
  readonly execution: string;
}

/** Milliseconds by which two tellings of the same beginning differ: a message takes its time. */
const SLACK = 2_000;

/** The agents among those who have a live notebook open, from what they tell the others there. */
export function agentsIn(
  states: Iterable<Record<string, unknown>>,
  now: number,
  before: readonly IWorkingAgent[] = []
): IWorkingAgent[] {
  return Array.from(states).flatMap(({ user, lumina }) => {
    const own = lumina as (Partial<AgentAtWork> & { agent?: boolean }) | undefined;
    if (!own?.agent) {
      return [];
    }
    const { display_name: shown, name } = (user ?? {}) as { display_name?: string; name?: string };
    return [workOf({ ...own, name: shown || name || 'Lumina' }, now, before)];
  });
}

/** The agents at work, as the server tells of them. */
export function agentsTold(
  told: readonly AgentAtWork[],
  now: number,
  before: readonly IWorkingAgent[] = []
): IWorkingAgent[] {
  return told.map(each => workOf(each, now, before));
}

function workOf(
  told: Partial<AgentAtWork> & { name: string },
  now: number,
  before: readonly IWorkingAgent[]
): IWorkingAgent {
  const { name, run = '', cell = '', doing = '', elapsed, execution = '' } = told;
  const began = typeof elapsed === 'number' ? now - 1000 * elapsed : null;
  const known = before.find(each => each.run === run && each.cell === cell)?.since ?? null;
  // A clock that goes back and forth with each message is worse than one that is late.
  const same = began !== null && known !== null && Math.abs(began - known) < SLACK;
  return { name, run, cell, doing, since: same ? known : began, execution };
}
