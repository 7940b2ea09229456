import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { INotebookEvents } from '../agent/tokens';
import { LuminaClient } from '../api';
import { IApprovals } from '../approvals/tokens';
import { addOpenedOnce } from '../openedOnce';
import { activityIcon } from './icon';
import type { ActivityModel } from './model';
import { IActivity, type IShown } from './tokens';

const SHOW = 'lumina:show-activity';

/** The agent's runs: a panel that shows them live, and where they are started, decided, stopped and undone. */
export const activityPlugin: JupyterFrontEndPlugin<IActivity> = {
  id: 'lumina-jupyter:activity',
  description: 'Shows what the agent does in a notebook, step by step, and the way back from it.',
  autoStart: true,
  provides: IActivity,
  requires: [INotebookTracker, INotebookEvents, IApprovals, IEditorServices, IRenderMimeRegistry],
  optional: [ICommandPalette, ILayoutRestorer, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    notebooks: INotebookTracker,
    events: INotebookEvents,
    approvals: IApprovals,
    editors: IEditorServices,
    rendermime: IRenderMimeRegistry,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    translator: ITranslator | null
  ): IActivity => {
    const trans = (translator ?? nullTranslator).load('lumina_jupyter');
    const client = new LuminaClient(app.serviceManager.serverSettings);
    let making: Promise<ActivityModel> | null = null;
    const model = () =>
      (making ??= import('./model').then(
        ({ ActivityModel }) => new ActivityModel({ client, notebooks, events, approvals, trans })
      ));
    const panel = {
      id: 'lumina-activity',
      command: SHOW,
      label: trans.__('Show Lumina Activity'),
      caption: trans.__('What the agent does in this notebook, and what waits for you'),
      icon: activityIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            run: { type: 'string', description: trans.__('The id of a run to unfold') },
            waiting: {
              type: 'boolean',
              description: trans.__('Whether to go to what waits for you')
            }
          }
        }
      },
      place: { area: 'right', rank: 855, type: 'Lumina Activity' },
      load: async () => {
        const [{ ActivityPanel }, own] = await Promise.all([import('./panel'), model()]);
        return new ActivityPanel({ model: own, approvals, editors, rendermime }, trans);
      },
      turnTo: (widget, args) => (widget as unknown as ITurning).turnTo(args as IShown)
    } as const satisfies Parameters<typeof addOpenedOnce>[1];
    addOpenedOnce(app, panel, palette, restorer, trans);
    return {
      model,
      show: async (shown: IShown = {}) => void (await app.commands.execute(SHOW, { ...shown }))
    };
  }
};

/** What the panel can be told, without loading it. */
interface ITurning {
  turnTo(shown: IShown): void;
}
