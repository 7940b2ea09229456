import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, ISessionContextDialogs, IThemeManager } from '@jupyterlab/apputils';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { IEditorTracker } from '@jupyterlab/fileeditor';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { IActivity } from '../activity/tokens';
import { IApprovals } from '../approvals/tokens';
import { luminaIcon } from '../icon';
import { ChatPreferences } from './preferences';
import { ChatShell } from './shell';
import { ISlashCommands } from './slash/tokens';
import { IChat } from './tokens';

const OPEN = 'lumina:open-chat';
const ID = 'lumina-jupyter:chat';

/** The chat panel in the sidebar; what fills it is loaded when it is opened for the first time. */
export const chatPlugin: JupyterFrontEndPlugin<IChat> = {
  id: ID,
  description: 'A chat about the notebook, in the sidebar.',
  autoStart: true,
  provides: IChat,
  requires: [INotebookTracker, IRenderMimeRegistry, ISlashCommands],
  optional: [
    ILabShell,
    ILayoutRestorer,
    ICommandPalette,
    ISettingRegistry,
    ITranslator,
    IEditorTracker,
    IEditorLanguageRegistry,
    ISessionContextDialogs,
    IThemeManager,
    IApprovals,
    IActivity
  ],
  activate: (
    app: JupyterFrontEnd,
    notebooks: INotebookTracker,
    rendermime: IRenderMimeRegistry,
    slash: ISlashCommands,
    labShell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    settings: ISettingRegistry | null,
    translator: ITranslator | null,
    editors: IEditorTracker | null,
    languages: IEditorLanguageRegistry | null,
    dialogs: ISessionContextDialogs | null,
    themes: IThemeManager | null,
    approvals: IApprovals | null,
    activity: IActivity | null
  ): IChat => {
    const texts = translator ?? nullTranslator;
    const trans = texts.load('lumina_jupyter');
    const { commands, shell } = app;
    const preferences = new ChatPreferences(settings?.load(ID) ?? null);
    const place = new ChatShell(async () => {
      const { makeChatPanel } = await import('./makeChatPanel');
      return makeChatPanel({
        app,
        notebooks,
        rendermime,
        slash,
        editors,
        languages,
        dialogs,
        themes,
        approvals,
        activity,
        preferences,
        translator: texts,
        trans
      });
    }, trans);
    shell.add(place, labShell ? 'right' : 'main', { rank: 850, type: 'Lumina Chat' });
    restorer?.add(place, place.id);

    const chat: IChat = {
      open: async () => {
        shell.activateById(place.id);
        (await place.content()).focus();
      },
      ask: async question => {
        shell.activateById(place.id);
        await (await place.content()).ask(question);
      }
    };
    commands.addCommand(OPEN, {
      label: trans.__('Open Lumina Chat'),
      caption: trans.__('Ask about the notebook, in the sidebar'),
      icon: luminaIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            text: { type: 'string', description: trans.__('A question to ask right away.') },
            notebook: {
              type: 'string',
              description: trans.__(
                'Path of the notebook that it is about; the one on top if absent.'
              )
            }
          }
        }
      },
      execute: async args => {
        const { text, notebook } = args;
        if (typeof text === 'string' && text.trim()) {
          await chat.ask({ text, ...(typeof notebook === 'string' ? { notebook } : {}) });
        } else {
          await chat.open();
        }
      }
    });
    palette?.addItem({ command: OPEN, category: trans.__('Lumina') });
    return chat;
  }
};
