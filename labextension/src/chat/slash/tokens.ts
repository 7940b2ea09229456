import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

/** A command that is written as `/name` at the beginning of a question. */
export interface ISlashCommand {
  /** Without the slash. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** What may follow the name, as in `[what to look at]`; empty for nothing. */
  readonly argumentHint: string;
  /** What may stand behind the name, to choose from. */
  choices?(): readonly { readonly value: string; readonly detail: string }[];
  /**
   * Runs it here, in the panel, with what stands behind the name. Absent: it goes to the server with
   * the question.
   */
  run?(argument: string): void | Promise<void>;
}

/** The commands that the panel knows, those of the server included. */
export interface ISlashCommands {
  /** Bring a command; disposing takes it away. A name that is taken already is an error. */
  add(command: ISlashCommand): IDisposable;
  /** All of them, by name. */
  list(): readonly ISlashCommand[];
  get(name: string): ISlashCommand | undefined;
  /** The panel's own command that a text begins with, and what stands behind it; else null. */
  match(text: string): { command: ISlashCommand; argument: string } | null;
  readonly changed: ISignal<ISlashCommands, void>;
}

/** For features that bring slash commands of their own. */
export const ISlashCommands = new Token<ISlashCommands>(
  'lumina-jupyter:ISlashCommands',
  'Commands that are written as `/name` in the chat panel.'
);
