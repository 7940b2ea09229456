import type { Cell } from '@jupyterlab/cells';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon, checkIcon, closeIcon, stopIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Menu } from '@lumino/widgets';
import type { IChat } from '../chat/tokens';
import { luminaIcon } from '../icon';
import { isOn } from '../notebook/policy';
import { policyOf } from '../notebook/view';
import type { ICellAction } from './actions';
import type { ActionPanel } from './panel';
import type { Sessions } from './sessions';

export namespace CommandIDs {
  export const menu = 'lumina:cell-menu';
  export const acceptAll = 'lumina:accept-all-changes';
  export const refuseAll = 'lumina:refuse-all-changes';
  export const accept = 'lumina:accept-change';
  export const refuse = 'lumina:refuse-change';
  export const next = 'lumina:next-change';
  export const previous = 'lumina:previous-change';
  export const leave = 'lumina:leave-cell-action';
}

/** The commands that mean an action that is open in a cell. */
export const OPEN_ACTION_COMMANDS: ReadonlySet<string> = new Set(
  Object.values(CommandIDs).filter(id => id !== CommandIDs.menu)
);

export interface ICommandServices {
  readonly commands: CommandRegistry;
  readonly tracker: INotebookTracker;
  readonly sessions: Sessions;
  readonly actions: readonly ICellAction[];
  readonly trans: TranslationBundle;
  /** The chat panel, when it is there and explanations belong into it. */
  chat(): IChat | null;
}

interface ICurrent {
  readonly panel: NotebookPanel;
  readonly cell: Cell;
}

/** Make every action a command of JupyterLab; the ids of those that a palette shows. */
export function addCommands(services: ICommandServices): string[] {
  for (const action of services.actions) {
    addAction(services, action);
  }
  addMenu(services);
  addReview(services);
  return [...services.actions.map(({ id }) => id), ...Object.values(CommandIDs)];
}

function addAction(services: ICommandServices, action: ICellAction): void {
  const { commands, sessions, trans } = services;
  commands.addCommand(action.id, {
    label: action.label,
    caption: action.caption,
    icon: action.icon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          instruction: {
            type: 'string',
            description: trans.__('What the model is told beside the cell itself.')
          },
          cell: {
            type: 'string',
            description: trans.__('Id of the cell; the active one when omitted.')
          }
        }
      }
    },
    isEnabled: args => {
      const current = currentOf(services, args);
      return current !== null && mayAssist(current.panel) && action.fits(current.cell);
    },
    execute: async args => {
      const current = currentOf(services, args);
      if (!current) {
        return;
      }
      const { panel, cell } = current;
      const instruction = typeof args['instruction'] === 'string' ? args['instruction'] : '';
      const chat = action.result === 'answer' ? services.chat() : null;
      if (chat) {
        const text = `/${action.command} @cell:${cell.model.id} ${instruction}`.trim();
        await chat.ask({ text, notebook: panel.context.localPath });
      } else {
        await sessions.begin(action, panel, cell, instruction);
      }
    }
  });
}

function addMenu({ commands, tracker, actions, trans }: ICommandServices): void {
  commands.addCommand(CommandIDs.menu, {
    label: trans.__('Lumina: Cell Actions'),
    caption: trans.__('What Lumina can do with this cell'),
    icon: luminaIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    isEnabled: () => tracker.activeCell !== null,
    execute: () => {
      const cell = tracker.activeCell;
      if (!cell) {
        return;
      }
      const menu = new Menu({ commands });
      for (const { id } of actions) {
        if (commands.isEnabled(id)) {
          menu.addItem({ command: id });
        }
      }
      const button = cell.node.querySelector(`[data-command="${CommandIDs.menu}"]`);
      const { left, bottom } = (button ?? cell.node).getBoundingClientRect();
      menu.open(left, bottom);
    }
  });
}

function addReview({ commands, tracker, sessions, trans }: ICommandServices): void {
  const opened = () => sessions.of(tracker.activeCell);
  const add = (
    id: string,
    options: { label: string; caption: string; icon: typeof checkIcon },
    isEnabled: (panel: ActionPanel) => boolean,
    execute: (panel: ActionPanel) => void
  ) =>
    commands.addCommand(id, {
      ...options,
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => {
        const panel = opened();
        return panel !== undefined && isEnabled(panel);
      },
      execute: () => {
        const panel = opened();
        if (panel) {
          execute(panel);
        }
      }
    });
  const inReview = (panel: ActionPanel) => panel.diff !== null;

  add(
    CommandIDs.acceptAll,
    {
      label: trans.__('Accept All Changes'),
      caption: trans.__('Accept all proposed changes of the cell'),
      icon: checkIcon
    },
    inReview,
    panel => panel.action.acceptAll()
  );
  add(
    CommandIDs.refuseAll,
    {
      label: trans.__('Refuse All Changes'),
      caption: trans.__('Refuse the proposed changes of the cell that are left'),
      icon: closeIcon
    },
    inReview,
    panel => panel.action.refuseAll()
  );
  add(
    CommandIDs.accept,
    {
      label: trans.__('Accept Change'),
      caption: trans.__('Accept the proposed change at the cursor'),
      icon: checkIcon
    },
    inReview,
    panel => panel.diff?.decide(true)
  );
  add(
    CommandIDs.refuse,
    {
      label: trans.__('Refuse Change'),
      caption: trans.__('Refuse the proposed change at the cursor'),
      icon: closeIcon
    },
    inReview,
    panel => panel.diff?.decide(false)
  );
  add(
    CommandIDs.next,
    {
      label: trans.__('Next Proposed Change'),
      caption: trans.__('Go to the next proposed change'),
      icon: caretDownIcon
    },
    inReview,
    panel => panel.diff?.go(1)
  );
  add(
    CommandIDs.previous,
    {
      label: trans.__('Previous Proposed Change'),
      caption: trans.__('Go to the proposed change before'),
      icon: caretDownIcon
    },
    inReview,
    panel => panel.diff?.go(-1)
  );
  add(
    CommandIDs.leave,
    {
      label: trans.__('Stop or Close Cell Action'),
      caption: trans.__(
        'Stop the model, refuse what is left of its changes, or close what it said'
      ),
      icon: stopIcon
    },
    () => true,
    panel => leave(panel)
  );
}

function leave({ action }: ActionPanel): void {
  const { state } = action;
  if (state.kind === 'running' || (state.kind === 'answer' && !state.done)) {
    action.stop();
  } else if (state.kind === 'review') {
    action.refuseAll();
  } else {
    action.close();
  }
}

function currentOf(
  { tracker }: ICommandServices,
  args: ReadonlyPartialJSONObject
): ICurrent | null {
  const panel = tracker.currentWidget;
  if (!panel) {
    return null;
  }
  const id = args['cell'];
  const cell =
    typeof id === 'string'
      ? panel.content.widgets.find(widget => widget.model.id === id)
      : panel.content.activeCell;
  return cell ? { panel, cell } : null;
}

/** Whether the notebook's author lets Lumina work in it. */
function mayAssist(panel: NotebookPanel): boolean {
  return isOn(policyOf(panel.content.model?.getMetadata('lumina'))['assistant']);
}
