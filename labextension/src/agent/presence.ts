import type { NotebookPanel } from '@jupyterlab/notebook';

/** An agent at work in a live notebook, as it tells the others there. */
export interface IWorkingAgent {
  readonly name: string;
  /** What it does, as in "running cell 4, 00:31"; may be empty. */
  readonly status: string;
}

interface IAwareness {
  getStates(): Map<number, Record<string, unknown>>;
  on(event: 'change', listener: () => void): void;
  off(event: 'change', listener: () => void): void;
}

/** The agents among those who have a notebook open; none where it is not edited together. */
export function agentsIn(states: Iterable<Record<string, unknown>>): IWorkingAgent[] {
  return Array.from(states).flatMap(({ user, lumina }) => {
    const own = lumina as { agent?: boolean; status?: unknown } | undefined;
    if (!own?.agent) {
      return [];
    }
    const { display_name: shown, name } = (user ?? {}) as { display_name?: string; name?: string };
    return [{ name: shown || name || 'Lumina', status: String(own.status ?? '') }];
  });
}

/** Call back with the agents at work in a notebook, now and whenever that changes, until it is closed. */
export function watchAgents(
  panel: NotebookPanel,
  changed: (agents: IWorkingAgent[]) => void
): void {
  const awareness = (panel.content.model?.sharedModel as { awareness?: IAwareness } | undefined)
    ?.awareness;
  if (!awareness) {
    return;
  }
  let last = '[]';
  const tell = () => {
    const agents = agentsIn(awareness.getStates().values());
    const now = JSON.stringify(agents);
    if (now !== last) {
      last = now;
      changed(agents);
    }
  };
  awareness.on('change', tell);
  panel.disposed.connect(() => awareness.off('change', tell));
  tell();
}
