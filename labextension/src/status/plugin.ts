import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Clipboard, ICommandPalette, Notification } from '@jupyterlab/apputils';
import { IStatusBar, Popup, showPopup } from '@jupyterlab/statusbar';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { LuminaClient } from '../api';
import { luminaIcon } from '../icon';
import { afterCells } from './answers';
import { StatusDetails } from './details';
import { diagnostics } from './diagnostics';
import { StatusItem } from './item';
import { StatusModel } from './model';
import { summarise } from './summary';

export namespace CommandIDs {
  export const show = 'lumina:show-status';
  export const refresh = 'lumina:refresh-status';
  export const copy = 'lumina:copy-diagnostics';
}

const ID = 'lumina-jupyter:status';

/** Shows in the status bar which model answers, whether it can, and what today's answers cost. */
export const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'Shows in the status bar which model answers, and whether it can.',
  autoStart: true,
  optional: [IStatusBar, ICommandPalette, ITranslator, INotebookTracker, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    statusBar: IStatusBar | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null,
    notebooks: INotebookTracker | null,
    registry: ISettingRegistry | null
  ) => {
    const trans = (translator ?? nullTranslator).load('lumina_jupyter');
    const model = new StatusModel(new LuminaClient(app.serviceManager.serverSettings));
    const { commands } = app;
    const item = new StatusItem(model, () => void commands.execute(CommandIDs.show), trans);
    let popup: Popup | null = null;
    afterCells(notebooks, () => void model.refresh());
    void followSettings(registry, model);

    const leaveTo = async (command: string) => {
      await commands.execute(command);
      // Not while React handles the click that led here.
      popup?.dispose();
    };
    commands.addCommand(CommandIDs.show, {
      label: trans.__('Show Lumina Status'),
      icon: luminaIcon,
      isEnabled: () => item.isVisible,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => {
        if (popup && !popup.isDisposed) {
          popup.dispose();
          return;
        }
        const actions = {
          refresh: () => model.refresh(),
          copy: () => commands.execute(CommandIDs.copy, { quiet: true }),
          openSettings: () => leaveTo('lumina:open-settings'),
          openDoctor: () => leaveTo('lumina:open-doctor')
        };
        popup = showPopup({
          body: new StatusDetails(model, actions, trans),
          anchor: item,
          align: 'right',
          hasDynamicSize: true
        });
        closeOnEscape(popup, item);
        popup.disposed.connect(closed => {
          // Who closed it with the keyboard goes on where they were.
          if (closed.node.contains(document.activeElement)) {
            item.focus();
          }
        });
      }
    });

    const quiet = {
      type: 'object' as const,
      properties: {
        quiet: { type: 'boolean' as const, description: trans.__('Do not show a notification.') }
      }
    };
    commands.addCommand(CommandIDs.refresh, {
      label: trans.__('Refresh Lumina Status'),
      describedBy: { args: quiet },
      execute: async args => {
        await model.refresh();
        if (!args['quiet']) {
          const { label, sentence } = summarise(model.status, trans);
          Notification.info(trans.__('Lumina: %1. %2', label, sentence), { autoClose: 3000 });
        }
      }
    });

    commands.addCommand(CommandIDs.copy, {
      label: trans.__('Copy Lumina Diagnostics'),
      describedBy: { args: quiet },
      execute: args => {
        Clipboard.copyToSystem(diagnostics(model.status, app, trans));
        if (!args['quiet']) {
          Notification.success(trans.__('Lumina diagnostics copied.'), { autoClose: 3000 });
        }
      }
    });

    const category = trans.__('Lumina');
    for (const command of Object.values(CommandIDs)) {
      palette?.addItem({ command, category });
    }
    statusBar?.registerStatusItem(ID, { item, align: 'right', rank: 20 });
  }
};

/** Close a popup also where it could not take the focus, as while JupyterLab redraws itself in another theme. */
function closeOnEscape(popup: Popup, item: StatusItem): void {
  const close = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      popup.dispose();
      // Wherever the focus was drawn to meanwhile: who closes it goes on where they opened it.
      item.focus();
    }
  };
  document.addEventListener('keydown', close, true);
  popup.disposed.connect(() => document.removeEventListener('keydown', close, true));
}

async function followSettings(
  registry: ISettingRegistry | null,
  model: StatusModel
): Promise<void> {
  try {
    const settings = await registry?.load(ID);
    const follow = () => {
      model.showSpend = settings?.get('showSpend').composite !== false;
    };
    settings?.changed.connect(follow);
    follow();
  } catch (error) {
    console.warn('The settings of Lumina’s status item cannot be read.', error);
  }
}
