import { describe, expect, it, vi } from 'vitest';
import type { IPanelModel } from '../../src/chat/model/panelModel';
import { afterTurns } from '../../src/status/answers';

/** Something to subscribe to, whose snapshot a test changes. */
function source<T>(snapshot: T) {
  const listeners = new Set<() => void>();
  return {
    getSnapshot: () => snapshot,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set: (next: T) => {
      snapshot = next;
      listeners.forEach(listener => listener());
    }
  };
}

function panel() {
  const conversation = source<{ running: string[] }>({ running: [] });
  const model = source<{ conversation: typeof conversation | null }>({ conversation });
  const answered = vi.fn();
  afterTurns(model as unknown as IPanelModel, answered);
  return { conversation, model, answered };
}

describe('afterTurns', () => {
  it('calls back when a turn has ended, and not before', () => {
    const { conversation, answered } = panel();
    conversation.set({ running: ['one'] });
    conversation.set({ running: ['one', 'two'] });
    expect(answered).not.toHaveBeenCalled();
    conversation.set({ running: ['two'] });
    expect(answered).toHaveBeenCalledTimes(1);
    conversation.set({ running: [] });
    expect(answered).toHaveBeenCalledTimes(2);
  });

  it('says nothing when another conversation is shown', () => {
    const { conversation, model, answered } = panel();
    conversation.set({ running: ['one'] });
    model.set({ conversation: source<{ running: string[] }>({ running: [] }) });
    conversation.set({ running: [] });
    expect(answered).not.toHaveBeenCalled();
  });

  it('waits for a first conversation', () => {
    const { model, answered } = panel();
    model.set({ conversation: null });
    const first = source<{ running: string[] }>({ running: ['one'] });
    model.set({ conversation: first });
    first.set({ running: [] });
    expect(answered).toHaveBeenCalledTimes(1);
  });
});
