import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ISessionContextDialogs, IThemeManager } from '@jupyterlab/apputils';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { IEditorTracker } from '@jupyterlab/fileeditor';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { IActivity } from '../activity/tokens';
import { LuminaClient } from '../api';
import type { IApprovals } from '../approvals/tokens';
import { NotebookCode } from './codeActions/notebookCode';
import { Cells, ChatCompleter, Files, Variables } from './mentions';
import { Personas } from './personas';
import { CurrentDocument, MarkdownBlocks, PanelModel } from './model';
import type { ChatPreferences } from './preferences';
import { ChatRenderer } from './rendering/renderer';
import type { ISlashCommands } from './slash/tokens';
import { ChatPanel } from './widget';
import { afterTurns } from '../status/answers';

const SETTINGS = 'lumina:open-settings';

/** What JupyterLab gives to the chat panel; null for what it may lack. */
export interface IChatSurroundings {
  readonly app: JupyterFrontEnd;
  readonly notebooks: INotebookTracker;
  readonly rendermime: IRenderMimeRegistry;
  readonly slash: ISlashCommands;
  readonly editors: IEditorTracker | null;
  readonly languages: IEditorLanguageRegistry | null;
  readonly dialogs: ISessionContextDialogs | null;
  readonly themes: IThemeManager | null;
  readonly approvals: IApprovals | null;
  readonly activity: IActivity | null;
  readonly preferences: ChatPreferences;
  readonly translator: ITranslator;
  readonly trans: TranslationBundle;
}

/** The chat panel, put together from JupyterLab's parts and ours. */
export function makeChatPanel(surroundings: IChatSurroundings): ChatPanel {
  const { app, notebooks, rendermime, slash, editors, languages } = surroundings;
  const { activity, approvals, dialogs, themes, preferences, translator, trans } = surroundings;
  const { commands, shell, serviceManager } = app;
  const client = new LuminaClient(serviceManager.serverSettings);
  const documents = new CurrentDocument(shell, notebooks, editors);
  const files = new Files(serviceManager.contents);
  const personas = new Personas(client);
  const model = new PanelModel({ client, documents, slash, personas, activity, trans });
  afterTurns(model, () => void commands.execute('lumina:refresh-status', { quiet: true }));

  const open = async (path: string): Promise<NotebookPanel | null> => {
    const found = notebooks.find(panel => panel.context.localPath === path);
    const widget = found ?? (await commands.execute('docmanager:open', { path }));
    if (!widget || !notebooks.has(widget)) {
      return null;
    }
    const panel = widget as NotebookPanel;
    await panel.context.ready;
    await panel.revealed;
    return panel;
  };
  const code = new NotebookCode({
    open,
    review: async (before, after, mimeType, title) => {
      const { reviewChange } = await import('./codeActions/reviewChange');
      return reviewChange({ before, after }, { mimeType, title }, languages, trans);
    },
    dialogs,
    translator,
    trans
  });
  const settings = commands.hasCommand(SETTINGS) ? () => void commands.execute(SETTINGS) : null;
  const panel = new ChatPanel({
    trans,
    model,
    slash,
    personas,
    code,
    approvals,
    activity,
    preferences,
    completer: new ChatCompleter({
      slash,
      personas,
      cells: new Cells(() => documents.notebook),
      files,
      variables: new Variables(client, () => ({
        id: documents.document.kernelId,
        policy: documents.document.policy['variables']
      })),
      path: () => documents.document.path,
      trans
    }),
    renderer: new ChatRenderer(
      rendermime,
      languages,
      () => documents.notebook?.content.rendermime.resolver ?? null,
      themes
    ),
    newBlocks: () => new MarkdownBlocks(),
    leave: () => {
      const { currentWidget } = notebooks;
      if (currentWidget) {
        shell.activateById(currentWidget.id);
      }
    },
    openSettings: settings,
    turnTo: async path => {
      await commands.execute('docmanager:open', { path });
      await documentAt(path, documents);
    }
  });
  panel.disposed.connect(() => {
    documents.dispose();
    files.dispose();
  });
  return panel;
}

/** Resolves when the document of that path is on top. */
function documentAt(path: string, documents: CurrentDocument): Promise<void> {
  return new Promise(resolve => {
    const look = () => {
      if (documents.document.path === path) {
        documents.changed.disconnect(look);
        resolve();
      }
    };
    documents.changed.connect(look);
    look();
  });
}
