import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { ICompletionProviderManager } from '@jupyterlab/completer';
import { IEditorTracker } from '@jupyterlab/fileeditor';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { LuminaClient } from '../api';
import { asking } from './ask';
import { addCommands } from './commands';
import { NewLines } from './newLines';
import { Places } from './place';
import { GhostTextProvider, type IGhostTextSettings } from './provider';

const ID = 'lumina-jupyter:ghost-text';

/** Suggests code where somebody types, in notebooks and files. */
export const ghostTextPlugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'Suggests code where you type, in notebooks and files.',
  autoStart: true,
  requires: [ICompletionProviderManager],
  optional: [
    INotebookTracker,
    IEditorTracker,
    IEditorLanguageRegistry,
    ISettingRegistry,
    ICommandPalette,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    completer: ICompletionProviderManager,
    notebooks: INotebookTracker | null,
    files: IEditorTracker | null,
    languages: IEditorLanguageRegistry | null,
    registry: ISettingRegistry | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('lumina_jupyter');
    const places = new Places(notebooks, files, languages);
    const provider = new GhostTextProvider(
      asking(new LuminaClient(app.serviceManager.serverSettings)),
      places,
      error => Notification.warning([error.message, error.hint].filter(Boolean).join(' ')),
      trans
    );
    completer.registerInlineProvider(provider);
    const settings = registry?.load(ID).catch(error => {
      console.warn('The settings of Lumina’s ghost text cannot be read.', error);
      return null;
    });
    void settings?.then(loaded => {
      const update = () => {
        provider.settings = loaded!.composite as unknown as IGhostTextSettings;
        provider.clear();
      };
      if (loaded) {
        update();
        loaded.changed.connect(update);
      }
    });
    new NewLines(app, completer, places, provider);
    addCommands({ app, completer, notebooks, places, provider, settings, palette, trans });
  }
};
