import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen } from '@testing-library/react';
import * as React from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AskedCards } from '../../src/approvals/cards';
import { SETTLED_AFTER } from '../../src/approvals/guard';
import type { Approval, IApprovals, IApprovalsSnapshot } from '../../src/approvals/tokens';
import { approval } from './approval';

const trans = nullTranslator.load('lumina_jupyter');
const decide = vi.fn(async () => undefined);
const snapshot: IApprovalsSnapshot = {
  all: [],
  waiting: [],
  deciding: new Set(),
  here: new Set(),
  problems: new Map(),
  away: ''
};
const approvals = {
  subscribe: () => () => undefined,
  getSnapshot: () => snapshot,
  decide,
  editors: null
} as unknown as IApprovals;

function cards(...shown: Approval[]) {
  return <AskedCards approvals={approvals} shown={shown} trans={trans} here="a.ipynb" />;
}

const settle = () => act(() => vi.advanceTimersByTime(SETTLED_AFTER + 250));

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date']
  });
  decide.mockClear();
});
afterEach(() => vi.useRealTimers());

describe('a card', () => {
  it('offers only the scopes that the approval does', () => {
    render(cards(approval('apr_1', { scopes: ['run'] })));
    expect(screen.getAllByRole('button').map(each => each.textContent)).toEqual([
      'Allow once',
      'Allow for this run',
      'Deny'
    ]);
  });

  it('is not decided by an Enter or a click that was on its way to something else', () => {
    render(cards(approval('apr_1')));
    const allow = screen.getByText('Allow once');
    fireEvent.keyDown(allow, { key: 'Enter' });
    fireEvent.click(allow);
    fireEvent.pointerDown(allow);
    settle();
    fireEvent.click(allow);
    expect(decide).not.toHaveBeenCalled();
    fireEvent.keyDown(allow, { key: 'Enter', repeat: true });
    fireEvent.click(allow);
    expect(decide).not.toHaveBeenCalled();
    fireEvent.keyDown(allow, { key: 'Enter' });
    fireEvent.click(allow);
    expect(decide).toHaveBeenCalledExactlyOnceWith('apr_1', 'grant', undefined);
  });

  it('waits anew when the one beside it is decided: a second click meant the first', () => {
    const { rerender } = render(cards(approval('apr_1'), approval('apr_2')));
    settle();
    rerender(cards(approval('apr_1', { state: 'granted', decided_by: 'Ana' }), approval('apr_2')));
    fireEvent.pointerDown(screen.getByText('Deny'));
    fireEvent.click(screen.getByText('Deny'));
    expect(decide).not.toHaveBeenCalled();
    expect(screen.getByText('Allowed by Ana.')).toBeTruthy();
    settle();
    fireEvent.pointerDown(screen.getByText('Deny'));
    fireEvent.click(screen.getByText('Deny'));
    expect(decide).toHaveBeenCalledExactlyOnceWith('apr_2', 'deny', undefined);
  });
});
