import { nullTranslator } from '@jupyterlab/translation';
import { render, screen } from '@testing-library/react';
import * as React from 'react';
import { describe, expect, it } from 'vitest';
import { AnswerFooter } from '../../../src/chat/components/AnswerFooter';
import { AnswerState } from '../../../src/chat/components/AnswerState';
import { ServicesProvider, type IChatServices } from '../../../src/chat/components/services';
import type { ITurn, TurnState } from '../../../src/chat/model';

const trans = nullTranslator.load('lumina_jupyter');
const asked: string[] = [];
const services = {
  trans,
  openSettings: () => asked.push('settings'),
  model: { retry: async (turn: string) => void asked.push(turn) }
} as unknown as IChatServices;

function turn(state: TurnState, more: Partial<ITurn> = {}): ITurn {
  return {
    id: 't1',
    parent: '',
    question: {
      text: 'Why?',
      model: '',
      command: '',
      prompt: '',
      images: [],
      unsentImages: [],
      by: { name: 'Ada', initials: 'A', color: '' },
      persona: '',
      run: '',
      author: 'ada'
    },
    blocks: [],
    state,
    model: 'lab/m',
    usage: null,
    cost: null,
    context: null,
    askedAt: 100,
    startedAt: 101,
    endedAt: 103,
    ...more
  };
}

const show = (element: React.ReactElement) =>
  render(<ServicesProvider value={services}>{element}</ServicesProvider>);

const failure = (code: string): TurnState => ({
  kind: 'failed',
  failure: {
    code,
    message: 'The key was refused.',
    hint: 'Set it with `lumina keys set lab`.',
    retryable: false,
    provider: 'lab',
    retryAfter: null
  }
});

describe('an answer that is not whole', () => {
  it('says why, what to do, and offers to ask again', () => {
    show(<AnswerState turn={turn(failure('authentication_failed'))} />);
    expect(screen.getByText('The key was refused.')).toBeTruthy();
    expect(screen.getByText('lumina keys set lab').tagName).toBe('CODE');
    screen.getByRole('button', { name: 'Try again' }).click();
    screen.getByRole('button', { name: 'Open settings' }).click();
    expect(asked.splice(0)).toEqual(['t1', 'settings']);
  });

  it('offers the settings only where they help', () => {
    show(<AnswerState turn={turn(failure('timeout'))} />);
    expect(screen.queryByRole('button', { name: 'Open settings' })).toBeNull();
  });

  it('offers to ask again when the server died', () => {
    show(<AnswerState turn={turn({ kind: 'interrupted' })} />);
    expect(screen.getByText('The server stopped before an answer came.')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy();
  });
});

describe('what stands below an answer', () => {
  const finished: TurnState = { kind: 'finished', reason: 'stop' };

  it('never takes an unknown price for none', () => {
    show(<AnswerFooter turn={turn(finished, { cost: { usd: null } })} />);
    expect(screen.getByRole('group').textContent).toBe('m · price unknown · 3 s');
  });

  it('says free only of what costs nothing', () => {
    show(<AnswerFooter turn={turn(finished, { cost: { usd: 0 } })} />);
    expect(screen.getByRole('group').textContent).toBe('m · free · 3 s');
  });
});
