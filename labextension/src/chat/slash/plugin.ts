import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { LuminaClient } from '../../api';
import { SlashCommands } from './registry';
import { ISlashCommands } from './tokens';

/** The commands that are written as `/name` in the chat panel; other extensions may add theirs. */
export const slashCommandsPlugin: JupyterFrontEndPlugin<ISlashCommands> = {
  id: 'lumina-jupyter:slash-commands',
  description: 'The commands that are written as `/name` in the chat panel.',
  autoStart: true,
  provides: ISlashCommands,
  activate: (app: JupyterFrontEnd): ISlashCommands => {
    const client = new LuminaClient(app.serviceManager.serverSettings);
    return new SlashCommands(async () => {
      const { data } = await client.routes.GET('/lumina/api/commands');
      return (data?.commands ?? []).map(({ name, title, description, argument }) => ({
        name,
        title,
        description,
        argumentHint: argument
      }));
    });
  }
};
