import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { LuminaClient } from '../api';
import { WaitingItem } from './item';
import { Approvals } from './model';
import { IApprovals } from './tokens';

/** Where all that waits for a person is shown. */
const SHOW = 'lumina:show-activity';

/** Calls of tools that wait for a person: told in the status bar, decided in the chat and in the activity panel. */
export const approvalsPlugin: JupyterFrontEndPlugin<IApprovals> = {
  id: 'lumina-jupyter:approvals',
  description: 'Tells which calls of tools wait for a person, and hands in what is decided.',
  autoStart: true,
  provides: IApprovals,
  requires: [IEditorServices],
  optional: [IStatusBar, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    editors: IEditorServices,
    statusBar: IStatusBar | null,
    translator: ITranslator | null
  ): IApprovals => {
    const trans = (translator ?? nullTranslator).load('lumina_jupyter');
    const client = new LuminaClient(app.serviceManager.serverSettings);
    const approvals = new Approvals(client, editors, trans);
    const open = () => void app.commands.execute(SHOW, { waiting: true });
    const item = new WaitingItem(approvals, open, trans);
    statusBar?.registerStatusItem('lumina-jupyter:waiting', {
      item,
      align: 'right',
      rank: 21,
      isActive: () => approvals.getSnapshot().waiting.length > 0,
      activeStateChanged: item.changed
    });
    void app.restored.then(() => approvals.start());
    return approvals;
  }
};
