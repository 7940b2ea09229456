import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IActivity } from '../../activity/tokens';
import type { IApprovals } from '../../approvals/tokens';
import type { NotebookCode } from '../codeActions/notebookCode';
import type { IChatCompleter } from '../mentions/completion';
import type { IMarkdownBlocks, IPanelModel } from '../model';
import type { Personas } from '../personas';
import type { ChatRenderer } from '../rendering/renderer';
import type { ISlashCommands } from '../slash/tokens';

/** What a person has set for the panel. */
export interface IChatPreferences {
  /** The key that sends; the other one begins a new line. */
  readonly sendWith: 'enter' | 'shift-enter';
}

/** Whether somebody can see the panel. */
export interface IVisible {
  readonly subscribe: (listener: () => void) => () => void;
  readonly get: () => boolean;
}

/** What the panel's components work with. */
export interface IChatServices {
  readonly trans: TranslationBundle;
  readonly model: IPanelModel;
  readonly completer: IChatCompleter;
  readonly slash: ISlashCommands;
  readonly personas: Personas;
  readonly renderer: ChatRenderer;
  readonly code: NotebookCode;
  /** Calls of tools that wait for a person; null where nobody can be asked. */
  readonly approvals: IApprovals | null;
  /** The agent's runs; null where there is no agent. */
  readonly activity: IActivity | null;
  readonly preferences: IChatPreferences;
  readonly visible: IVisible;
  readonly newBlocks: () => IMarkdownBlocks;
  /** Say something to those who listen to the page instead of looking at it. */
  readonly announce: (text: string) => void;
  /** Whether the input shall have the keyboard's focus when it comes; asked once. */
  readonly takesFocus: () => boolean;
  /** Give the keyboard back to the notebook. */
  readonly leave: () => void;
  /** Open the page where keys are set; null when there is none. */
  readonly openSettings: (() => void) | null;
}

const Services = React.createContext<IChatServices | null>(null);

export const ServicesProvider = Services.Provider;

/** The services of the panel that a component is in. */
export function useServices(): IChatServices {
  const services = React.useContext(Services);
  if (!services) {
    throw new Error('A component of the chat panel stands outside of it.');
  }
  return services;
}
