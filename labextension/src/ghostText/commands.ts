import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification, type ICommandPalette } from '@jupyterlab/apputils';
import type { CodeMirrorEditor } from '@jupyterlab/codemirror';
import type { ICompletionProviderManager } from '@jupyterlab/completer';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { readPolicy, writePolicy } from '../notebook/policy';
import { settleKeys } from './keys';
import type { Places } from './place';
import type { GhostTextProvider } from './provider';
import { firstLine, firstWord } from './suggestion';

export namespace CommandIDs {
  export const acceptWord = 'lumina:ghost-text-accept-word';
  export const acceptLine = 'lumina:ghost-text-accept-line';
  export const toggle = 'lumina:ghost-text-toggle';
  export const toggleNotebook = 'lumina:ghost-text-toggle-notebook';
  export const toggleLanguage = 'lumina:ghost-text-toggle-language';
}

export interface ICommandParts {
  readonly app: JupyterFrontEnd;
  readonly completer: ICompletionProviderManager;
  readonly notebooks: INotebookTracker | null;
  readonly places: Places;
  readonly provider: GhostTextProvider;
  readonly settings: Promise<ISettingRegistry.ISettings | null> | undefined;
  readonly palette: ICommandPalette | null;
  readonly trans: TranslationBundle;
}

const NO_ARGUMENTS = { args: { type: 'object' as const, properties: {} } };

/** Adds the commands, and puts them into the palette. */
export function addCommands(parts: ICommandParts): void {
  const { app, palette, trans } = parts;
  addAccepting(parts);
  settleKeys(app.commands, [CommandIDs.acceptWord, CommandIDs.acceptLine]);
  addSwitches(parts);
  const category = trans.__('Lumina');
  for (const command of Object.values(CommandIDs)) {
    palette?.addItem({ command, category });
  }
}

function addAccepting(parts: ICommandParts): void {
  const { app, provider, trans } = parts;
  const accept = (take: (text: string) => string) => {
    const widget = app.shell.currentWidget;
    const rest = widget ? provider.rest(widget) : '';
    if (widget && rest) {
      insert(parts, take(rest));
    }
  };
  app.commands.addCommand(CommandIDs.acceptWord, {
    label: trans.__('Accept the Next Word of Ghost Text'),
    describedBy: NO_ARGUMENTS,
    isEnabled: () => isShown(parts),
    execute: () => accept(firstWord)
  });
  app.commands.addCommand(CommandIDs.acceptLine, {
    label: trans.__('Accept the Next Line of Ghost Text'),
    describedBy: NO_ARGUMENTS,
    isEnabled: () => isShown(parts),
    execute: () => accept(firstLine)
  });
}

function addSwitches(parts: ICommandParts): void {
  const { app, notebooks, places, provider, settings, trans } = parts;
  app.commands.addCommand(CommandIDs.toggle, {
    label: trans.__('Suggest Code While I Type'),
    describedBy: NO_ARGUMENTS,
    isToggled: () => provider.settings.enabled,
    execute: async () => {
      await (await settings)?.set('enabled', !provider.settings.enabled);
    }
  });
  app.commands.addCommand(CommandIDs.toggleLanguage, {
    label: () => {
      const language = places.of(app.shell.currentWidget)?.language;
      return language
        ? trans.__('Suggest Code While I Type in Language: %1', language)
        : trans.__('Suggest Code While I Type in This Language');
    },
    describedBy: NO_ARGUMENTS,
    isEnabled: () => places.of(app.shell.currentWidget) !== null,
    isToggled: () => {
      const language = places.of(app.shell.currentWidget)?.language;
      return language !== undefined && !provider.settings.languagesOff.includes(language);
    },
    execute: async () => {
      const language = places.of(app.shell.currentWidget)?.language;
      if (language) {
        const off = provider.settings.languagesOff;
        const others = off.filter(each => each !== language);
        await (
          await settings
        )?.set('languagesOff', others.length < off.length ? others : [...off, language]);
      }
    }
  });
  const current = () => {
    const widget = app.shell.currentWidget;
    return widget && notebooks?.has(widget) ? (widget as NotebookPanel) : null;
  };
  app.commands.addCommand(CommandIDs.toggleNotebook, {
    label: trans.__('Suggest Code While I Type in This Notebook'),
    describedBy: NO_ARGUMENTS,
    isEnabled: () => current() !== null,
    isToggled: () => {
      const panel = current();
      return panel !== null && isOn(panel);
    },
    execute: () => {
      const panel = current();
      if (panel) {
        switchNotebook(panel, !isOn(panel), provider, trans);
      }
    }
  });
}

function switchNotebook(
  panel: NotebookPanel,
  allowed: boolean,
  provider: GhostTextProvider,
  trans: TranslationBundle
): void {
  setOn(panel, allowed);
  provider.clear();
  const message = allowed
    ? trans.__('Lumina suggests code in this notebook again.')
    : trans.__('Lumina suggests no code in this notebook, for anybody who opens it.');
  const undo = {
    label: trans.__('Undo'),
    caption: trans.__('Back to how it was'),
    callback: () => {
      if (!panel.isDisposed) {
        setOn(panel, !allowed);
        provider.clear();
      }
    }
  };
  Notification.info(message, { autoClose: 5000, actions: [undo] });
}

function isOn(panel: NotebookPanel): boolean {
  return panel.content.model !== null && readPolicy(panel.content.model).ghost_text;
}

function setOn(panel: NotebookPanel, on: boolean): void {
  if (panel.content.model) {
    writePolicy(panel.content.model, { ghost_text: on });
  }
}

function isShown({ app, completer }: ICommandParts): boolean {
  const widget = app.shell.currentWidget;
  return widget !== null && (completer.inline?.isActive(widget.id) ?? false);
}

/** Type a piece of a suggestion as a person would; the rest of it stays where it is. */
function insert({ app, places }: ICommandParts, text: string): void {
  const editor = places.of(app.shell.currentWidget)?.editor as CodeMirrorEditor | undefined;
  if (!editor) {
    return;
  }
  const view = editor.editor;
  const at = view.state.selection.main.head;
  view.dispatch({
    changes: { from: at, insert: text },
    selection: { anchor: at + text.length },
    scrollIntoView: true,
    userEvent: 'input.complete'
  });
}
