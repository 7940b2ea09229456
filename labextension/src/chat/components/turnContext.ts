import * as React from 'react';

const TurnNotebook = React.createContext('');

export const TurnNotebookProvider = TurnNotebook.Provider;

/** The path of the notebook that the conversation belongs to; empty when it belongs to none. */
export function useTurnNotebook(): string {
  return React.useContext(TurnNotebook);
}
