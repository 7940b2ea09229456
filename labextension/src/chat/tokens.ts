import { Token } from '@lumino/coreutils';

/** A question that something outside of the chat panel asks in it. */
export interface IChatQuestion {
  /** What is asked, as if typed: mentions and slash commands mean what they always do. */
  text: string;
  /** Path of the notebook or file whose conversation it belongs to; the one on top when omitted. */
  notebook?: string;
  /** Begin a conversation for it instead of going on with the current one. */
  newConversation?: boolean;
}

/** The chat panel, for whatever wants to ask something in it. */
export interface IChat {
  /** Open the panel and ask; resolves when the question is kept. */
  ask(question: IChatQuestion): Promise<void>;
  /** Open the panel, and put the keyboard's focus on its input. */
  open(): Promise<void>;
}

export const IChat = new Token<IChat>(
  'lumina-jupyter:IChat',
  'The chat panel: opens it, and asks questions in it.'
);
