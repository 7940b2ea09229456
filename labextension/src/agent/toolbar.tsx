import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { caretDownEmptyIcon, ReactWidget, undoIcon } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';
import * as React from 'react';
import { luminaIcon } from '../icon';
import { watchAgents, type IWorkingAgent } from './presence';
import { undoable } from './steps';
import type { INotebookEvents } from './tokens';

export interface IAgentActions {
  undo(): void;
  /** Open the menu of all that can be undone and redone, below a button. */
  menu(button: HTMLElement): void;
}

/** In a notebook's toolbar: what the agent does, and the way back from what it did; nothing while there is neither. */
export class AgentItem extends ReactWidget {
  constructor(
    private readonly panel: NotebookPanel,
    private readonly events: INotebookEvents,
    private readonly actions: IAgentActions,
    private readonly trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-Lumina-agent');
    events.changed.connect(this.onNews, this);
    void panel.context.ready.then(() => {
      if (!this.isDisposed) {
        watchAgents(panel, agents => {
          this.agents = agents;
          this.update();
        });
      }
    });
  }

  override dispose(): void {
    Signal.disconnectReceiver(this);
    super.dispose();
  }

  protected override render(): React.ReactElement {
    const { actions, agents, trans } = this;
    const { undo, redo } = undoable(this.events.of(this.panel).steps);
    return (
      <>
        <span className="jp-Lumina-agentStatus" role="status">
          {agents.length > 0 && <luminaIcon.react tag="span" className="jp-Lumina-spark" />}
          {agents.map(agent => told(agent, trans)).join(' · ')}
        </span>
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
                onClick={() => actions.undo()}
              >
                <undoIcon.react tag="span" />
                {trans.__('Undo Lumina’s step')}
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

  private agents: readonly IWorkingAgent[] = [];
}

function told({ name, status }: IWorkingAgent, trans: TranslationBundle): string {
  return status ? trans.__('%1: %2', name, status) : trans.__('%1 is here', name);
}
