import { nullTranslator } from '@jupyterlab/translation';
import { render } from '@testing-library/react';
import * as React from 'react';
import { expect, it } from 'vitest';
import { Answer } from '../../../src/chat/components/Answer';
import { ServicesProvider, type IChatServices } from '../../../src/chat/components/services';
import type { ITurn } from '../../../src/chat/model';
import { question } from '../../approvals/question';

const trans = nullTranslator.load('lumina_jupyter');
const notice = (code: string, text: string) => ({ kind: 'notice', key: code, code, text });
const turn = {
  id: 'turn_1',
  blocks: [
    notice('question', 'The MCP server shop asks you (`ask_1`).'),
    notice('question_over', 'The MCP server shop got no answer. Nobody answered in time.'),
    notice('cut', 'Something else.')
  ],
  state: { kind: 'done', reason: 'stop' }
} as unknown as ITurn;

function shown(...all: object[]): string {
  const approvals = { subscribe: () => () => undefined, getSnapshot: () => ({ all }) };
  const services = { trans, approvals } as unknown as IChatServices;
  const { container } = render(
    <ServicesProvider value={services}>
      <Answer turn={turn} />
    </ServicesProvider>
  );
  return container.textContent ?? '';
}

it('what a tool asked stands in the answer in words where no card tells it, as after a reload', () => {
  expect(shown()).toMatch(/asks you.*got no answer. Nobody answered in time.*Something else./);
  expect(shown(question({ run: 'another' }))).toMatch('got no answer');
  expect(shown(question())).toBe('Something else.');
});
