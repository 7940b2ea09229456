import { Notification } from '@jupyterlab/apputils';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { redoIcon, stopIcon, undoIcon, type LabIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { ApiError, type components, type LuminaClient } from '../api';
import { hintOf, sentenceOf } from '../failure';
import { onServer } from '../notebook/takeIn';
import { touched, undoable } from './steps';
import type { INotebookEvents } from './tokens';
import type { AgentWatch } from './watch';

export namespace CommandIDs {
  export const undoStep = 'lumina:undo-step';
  export const undoCell = 'lumina:undo-cell';
  export const undoRun = 'lumina:undo-run';
  export const redoStep = 'lumina:redo-step';
  export const stop = 'lumina:stop-agent';
}

/** Those that undo and redo. */
export const UNDO_COMMANDS: readonly string[] = [
  CommandIDs.undoStep,
  CommandIDs.undoCell,
  CommandIDs.undoRun,
  CommandIDs.redoStep
];

export interface IUndoServices {
  readonly commands: CommandRegistry;
  readonly tracker: INotebookTracker;
  readonly events: INotebookEvents;
  readonly client: LuminaClient;
  readonly trans: TranslationBundle;
}

type Result = components['schemas']['UndoResult'];

/** What is meant: a run, what was done to one cell, or the last step. */
interface IMeant {
  readonly run?: string;
  readonly cell?: string;
}

interface ICommand {
  readonly id: string;
  readonly word: 'undo' | 'redo';
  readonly label: string;
  readonly caption: string;
  readonly icon: LabIcon;
  /** What it means now; null when there is nothing. */
  meant(panel: NotebookPanel): IMeant | null;
}

/** Make commands of what can be undone and redone; their ids. */
export function addUndoCommands(services: IUndoServices): string[] {
  const { commands, tracker } = services;
  const added = commandsFor(services);
  for (const { id, word, label, caption, icon, meant } of added) {
    commands.addCommand(id, {
      label,
      caption,
      icon,
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => tracker.currentWidget !== null && meant(tracker.currentWidget) !== null,
      execute: async () => {
        const panel = tracker.currentWidget;
        const what = panel && meant(panel);
        if (panel && what) {
          await carryOut(services, panel, word, what);
        }
      }
    });
  }
  return added.map(({ id }) => id);
}

/** Make the command that stops what agents run in the notebook on top. */
export function addStopCommand(
  services: IUndoServices,
  watchOf: (panel: NotebookPanel) => AgentWatch
): void {
  const { client, commands, tracker, trans } = services;
  const executions = () => (tracker.currentWidget ? watchOf(tracker.currentWidget).executions : []);
  commands.addCommand(CommandIDs.stop, {
    label: trans.__('Stop the Cells That Lumina Runs'),
    caption: trans.__('Interrupt the cell that Lumina runs; those that wait do not begin'),
    icon: stopIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    isEnabled: () => executions().length > 0,
    execute: async () => {
      try {
        for (const execution of executions()) {
          await client.json(`notebooks/run/${execution}/interrupt`, { method: 'POST' });
        }
      } catch (thrown) {
        tellOf(thrown, trans);
      }
    }
  });
}

function commandsFor({ events, trans }: IUndoServices): ICommand[] {
  const now = (panel: NotebookPanel) => undoable(events.of(panel).steps);
  return [
    {
      id: CommandIDs.undoStep,
      word: 'undo',
      label: trans.__('Undo Lumina’s Last Step'),
      caption: trans.__('Take back what Lumina did last in this notebook; what people wrote stays'),
      icon: undoIcon,
      // The server knows best which is the last one: this page may not have been told yet.
      meant: panel => (now(panel).undo ? {} : null)
    },
    {
      id: CommandIDs.undoCell,
      word: 'undo',
      label: trans.__('Undo Lumina’s Last Change of This Cell'),
      caption: trans.__(
        'Take back what Lumina did last to the active cell; what people wrote stays'
      ),
      icon: undoIcon,
      meant: panel => {
        const cell = panel.content.activeCell?.model.id;
        return cell && touched(events.of(panel).steps, cell) ? { cell } : null;
      }
    },
    {
      id: CommandIDs.undoRun,
      word: 'undo',
      label: trans.__('Undo Lumina’s Whole Last Run'),
      caption: trans.__('Take back all that Lumina did in its last run; what people wrote stays'),
      icon: undoIcon,
      meant: panel => {
        const { undo, ofRun } = now(panel);
        return undo && ofRun > 1 ? { run: undo.run } : null;
      }
    },
    {
      id: CommandIDs.redoStep,
      word: 'redo',
      label: trans.__('Redo Lumina’s Step'),
      caption: trans.__('Bring again what was undone of what Lumina did'),
      icon: redoIcon,
      meant: panel => (now(panel).redo ? {} : null)
    }
  ];
}

async function carryOut(
  { client, trans }: IUndoServices,
  panel: NotebookPanel,
  word: 'undo' | 'redo',
  meant: IMeant
): Promise<void> {
  const body = { path: panel.context.localPath, ...meant };
  try {
    const { cells } = await onServer(panel, () =>
      client.json<Result>(`notebooks/${word}`, { method: 'POST', body })
    );
    const said =
      word === 'undo'
        ? trans._n('Undone in %1 cell.', 'Undone in %1 cells.', cells.length)
        : trans._n('Done again in %1 cell.', 'Done again in %1 cells.', cells.length);
    Notification.success(said, { autoClose: 3000 });
  } catch (thrown) {
    tellOf(thrown, trans);
  }
}

function tellOf(thrown: unknown, trans: TranslationBundle): void {
  const error = ApiError.of(thrown);
  Notification.error(`${sentenceOf(error, trans)} ${hintOf(error, trans)}`, { autoClose: 8000 });
}
