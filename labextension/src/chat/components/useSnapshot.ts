import * as React from 'react';
import type {
  IConversationSnapshot,
  IConversationStore,
  IPanelModel,
  IPanelSnapshot
} from '../model';

/** The panel as it is now. */
export function usePanel(model: IPanelModel): IPanelSnapshot {
  const subscribe = React.useCallback((listener: () => void) => model.subscribe(listener), [model]);
  const read = React.useCallback(() => model.getSnapshot(), [model]);
  return React.useSyncExternalStore(subscribe, read);
}

const nothing = () => () => undefined;
const none = () => null;

/** The conversation as it is now; null when there is none. */
export function useConversation(store: IConversationStore | null): IConversationSnapshot | null {
  const subscribe = React.useCallback(
    (listener: () => void) => store?.subscribe(listener) ?? (() => undefined),
    [store]
  );
  const read = React.useCallback(() => store?.getSnapshot() ?? null, [store]);
  return React.useSyncExternalStore<IConversationSnapshot | null>(
    store ? subscribe : nothing,
    store ? read : none
  );
}
