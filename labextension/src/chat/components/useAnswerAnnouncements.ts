import * as React from 'react';
import type { IConversationSnapshot, IConversationStore } from '../model';
import { useServices } from './services';

/** How much of an answer is read out by itself. */
const READ = 400;

/** Reads answers out when they are over, and never piece by piece. */
export function useAnswerAnnouncements(
  store: IConversationStore | null,
  snapshot: IConversationSnapshot | null
): void {
  const { announce, trans } = useServices();
  const before = React.useRef<{ store: IConversationStore | null; running: readonly string[] }>({
    store: null,
    running: []
  });
  const running = snapshot?.running;
  React.useEffect(() => {
    const was = before.current;
    before.current = { store, running: running ?? [] };
    if (!store || was.store !== store) {
      return;
    }
    for (const id of was.running) {
      const turn = running?.includes(id) ? undefined : store.turn(id);
      if (!turn) {
        continue;
      }
      if (turn.state.kind === 'failed') {
        announce(turn.state.failure.message);
        continue;
      }
      const text = turn.blocks
        .map(block => (block.kind === 'text' ? block.text.toString() : ''))
        .join('');
      announce(trans.__('Lumina answered: %1', text.slice(0, READ)));
    }
  }, [store, running, announce, trans]);
}
