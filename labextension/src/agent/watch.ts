import type { NotebookPanel } from '@jupyterlab/notebook';
import { Signal, type ISignal } from '@lumino/signaling';
import { isLive } from '../notebook/takeIn';
import { agentsIn, agentsTold, type IWorkingAgent } from './presence';
import type { INotebookEvents } from './tokens';

interface IAwareness {
  getStates(): Map<number, Record<string, unknown>>;
  on(event: 'change', listener: () => void): void;
  off(event: 'change', listener: () => void): void;
}

/**
 * The agents at work in one notebook.
 *
 * A live notebook's are among those who have it open; of another one's the server tells.
 */
export class AgentWatch {
  constructor(
    private readonly panel: NotebookPanel,
    private readonly events: INotebookEvents
  ) {
    panel.disposed.connect(this.dispose, this);
    void panel.context.ready.then(() => this.begin());
  }

  /** Emitted when one comes, goes, or does something else. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get agents(): readonly IWorkingAgent[] {
    return this._agents;
  }

  /** The runs of cells that can be stopped. */
  get executions(): string[] {
    return this._agents.flatMap(({ execution }) => execution || []);
  }

  /** The cell's number as people see it; 0 when it is not there. */
  numberOf(cell: string): number {
    return this.panel.content.widgets.findIndex(({ model }) => model.id === cell) + 1;
  }

  /** Go to a cell. */
  reveal(cell: string): void {
    const { content } = this.panel;
    const at = this.numberOf(cell) - 1;
    if (at >= 0) {
      content.activeCellIndex = at;
      void content.scrollToItem(at, 'smart').then(() => content.activate());
    }
  }

  private begin(): void {
    if (this.panel.isDisposed) {
      return;
    }
    const { sharedModel } = this.panel.context.model;
    this.awareness = isLive(this.panel)
      ? ((sharedModel as { awareness?: IAwareness }).awareness ?? null)
      : null;
    this.awareness?.on('change', this.look);
    this.events.changed.connect(this.onNews, this);
    this.look();
  }

  private onNews(_: INotebookEvents, panel: NotebookPanel): void {
    if (panel === this.panel) {
      this.look();
    }
  }

  private readonly look = (): void => {
    const { _agents: before, awareness, events, panel } = this;
    const agents = awareness
      ? agentsIn(awareness.getStates().values(), Date.now(), before)
      : agentsTold(events.of(panel).agents, Date.now(), before);
    if (JSON.stringify(agents) !== JSON.stringify(before)) {
      this._agents = agents;
      this._changed.emit();
    }
  };

  private dispose(): void {
    this.awareness?.off('change', this.look);
    Signal.clearData(this);
  }

  private awareness: IAwareness | null = null;
  private _agents: readonly IWorkingAgent[] = [];
  private readonly _changed = new Signal<this, void>(this);
}
