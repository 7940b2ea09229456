import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { caretDownEmptyIcon, ReactWidget, stopIcon, undoIcon } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';
import * as React from 'react';
import { luminaIcon } from '../icon';
import type { IWorkingAgent } from './presence';
import { undoable } from './steps';
import type { INotebookEvents } from './tokens';
import type { AgentWatch } from './watch';
import { clock, told } from './words';

export interface IAgentActions {
  undo(): void;
  /** Stop the cells that an agent runs. */
  stop(): void;
  /** Show what the agent does, step by step. */
  show(run: string): Promise<void>;
  /** Open the menu of all that can be undone and redone, below a button. */
  menu(button: HTMLElement): void;
}

/** In a notebook's toolbar: what the agent does, and the way back from what it did; nothing while there is neither. */
export class AgentItem extends ReactWidget {
  constructor(
    private readonly panel: NotebookPanel,
    private readonly events: INotebookEvents,
    private readonly watch: AgentWatch,
    private readonly actions: IAgentActions,
    private readonly trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Lumina-agent');
    events.changed.connect(this.onNews, this);
    watch.changed.connect(this.onChange, this);
  }

  override dispose(): void {
    Signal.disconnectReceiver(this);
    super.dispose();
  }

  protected override render(): React.ReactElement {
    const { actions, trans, watch } = this;
    const { undo, redo } = undoable(this.events.of(this.panel).steps);
    const { agents } = watch;
    const sentences = agents.map(agent => told(agent, watch.numberOf(agent.cell), trans));
    return (
      <>
        <span className="jp-Lumina-agentSaid" role="status">
          {sentences.join('. ')}
        </span>
        {agents.map((agent, at) => (
          <Status
            key={`${agent.run} ${at}`}
            agent={agent}
            sentence={sentences[at]!}
            reveal={async () => {
              await actions.show(agent.run);
              watch.reveal(agent.cell);
            }}
            trans={trans}
          />
        ))}
        {watch.executions.length > 0 && (
          <span className="jp-Lumina-agentButtons">
            <button
              type="button"
              title={trans.__('Stop the cells that Lumina runs')}
              onClick={() => actions.stop()}
            >
              <stopIcon.react tag="span" />
              {trans.__('Stop Lumina')}
            </button>
          </span>
        )}
        {(undo ?? redo) && (
          <span className="jp-Lumina-agentButtons">
            {undo && (
              <button
                type="button"
                className="jp-Lumina-agentUndo"
                title={trans.__(
                  'Undo Lumina’s last step: %1. What people wrote stays.',
                  undo.summary
                )}
                aria-label={trans.__('Undo Lumina’s step')}
                onClick={() => actions.undo()}
              >
                <undoIcon.react tag="span" />
                {/* There is not that much room in a toolbar. */}
                {agents.length === 0 && trans.__('Undo Lumina’s step')}
              </button>
            )}
            <button
              type="button"
              className="jp-Lumina-agentMenu"
              aria-haspopup="menu"
              aria-label={trans.__('More of what Lumina did that can be undone or redone')}
              title={trans.__('More of what Lumina did that can be undone or redone')}
              onClick={event => actions.menu(event.currentTarget)}
            >
              {!undo && <undoIcon.react tag="span" />}
              <caretDownEmptyIcon.react tag="span" />
            </button>
          </span>
        )}
      </>
    );
  }

  private onNews(_: INotebookEvents, panel: NotebookPanel): void {
    if (panel === this.panel) {
      this.update();
    }
  }

  private onChange(): void {
    this.update();
  }
}

/** What one agent does; a click shows all of it, and goes there. */
function Status(props: {
  agent: IWorkingAgent;
  sentence: string;
  reveal: () => Promise<void>;
  trans: TranslationBundle;
}): React.ReactElement {
  const { agent, reveal, sentence, trans } = props;
  const [now, setNow] = React.useState(Date.now());
  React.useEffect(() => {
    if (agent.since === null) {
      return;
    }
    setNow(Date.now());
    const ticking = window.setInterval(() => setNow(Date.now()), 1000);
    return () => window.clearInterval(ticking);
  }, [agent.since]);
  const time = clock(agent.since, now);
  return (
    <button
      type="button"
      className="jp-Lumina-agentStatus"
      title={trans.__('%1. Show what it does, and go to the cell.', sentence)}
      onClick={() => void reveal()}
    >
      <luminaIcon.react tag="span" className="jp-Lumina-spark" />
      <span className="jp-Lumina-agentWords">{sentence}</span>
      {time && (
        <span className="jp-Lumina-agentTime" aria-hidden="true">
          {time}
        </span>
      )}
    </button>
  );
}
