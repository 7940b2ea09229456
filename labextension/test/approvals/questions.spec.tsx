import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import * as React from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, type LuminaClient } from '../../src/api';
import { AskedCards, useApprovals } from '../../src/approvals/cards';
import { SETTLED_AFTER } from '../../src/approvals/guard';
import { Approvals } from '../../src/approvals/model';
import { approval } from './approval';
import { form, question } from './question';

const trans = nullTranslator.load('lumina_jupyter');

/** The server's end: what it tells, and what is sent to it. */
class Server {
  readonly sent: [string, unknown][] = [];
  refusal: ApiError | null = null;
  waiting: unknown[] = [];
  private lines: ReadableStreamDefaultController<Uint8Array>[] = [];

  readonly client = {
    stream: () => {
      const start = (line: ReadableStreamDefaultController<Uint8Array>) =>
        void this.lines.push(line);
      return Promise.resolve(new Response(new ReadableStream({ start })));
    },
    routes: {
      GET: (path: string) =>
        Promise.resolve({
          data: path.endsWith('questions') ? { questions: this.waiting } : { approvals: [] }
        }),
      POST: (_: string, init: { params: { path: object }; body: unknown }) => {
        this.sent.push([Object.values(init.params.path)[0] as string, init.body]);
        return this.refusal ? Promise.reject(this.refusal) : Promise.resolve({});
      }
    }
  } as unknown as LuminaClient;

  async tell(event: string, data: unknown): Promise<void> {
    const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    await act(async () => {
      this.lines[this.lines.length - 1]!.enqueue(new TextEncoder().encode(text));
      await vi.advanceTimersByTimeAsync(0);
    });
  }

  async restart(): Promise<void> {
    await act(async () => {
      this.lines[this.lines.length - 1]!.close();
      await vi.advanceTimersByTimeAsync(60_000);
    });
  }
}

let server: Server;
let approvals: Approvals;

function All(): React.ReactElement {
  const shown = useApprovals(approvals).all;
  return <AskedCards approvals={approvals} shown={shown} trans={trans} here="a.ipynb" />;
}

const settle = () => act(() => vi.advanceTimersByTimeAsync(SETTLED_AFTER + 250));
const card = () => screen.getByRole('region');
const line = () => document.querySelector('.jp-LuminaApproval-settled');
const press = async (name: string) => {
  const button = screen.getByRole('button', { name });
  await act(async () => {
    fireEvent.pointerDown(button);
    fireEvent.click(button);
    await vi.advanceTimersByTimeAsync(0);
  });
};
const write = (label: string | RegExp, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } });

beforeEach(async () => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'Date']
  });
  server = new Server();
  approvals = new Approvals(server.client, null as never, trans);
  await approvals.start();
  await vi.advanceTimersByTimeAsync(0);
});
afterEach(() => vi.useRealTimers());

describe('a question of a tool', () => {
  it('is a form, says what is wrong beside each field, and sends what was asked for', async () => {
    const fields = form(
      {
        size: { type: 'integer', title: 'How many', minimum: 1, maximum: 9, default: 20 },
        color: { oneOf: [{ const: 'r', title: 'Red' }], title: 'Color' },
        extras: { type: 'array', title: 'Extras', items: { enum: ['box', 'card'] } },
        gift: { type: 'boolean', title: 'A gift' },
        note: { type: 'string', title: 'Note' }
      },
      'size',
      'color'
    );
    await server.tell('question', question({ fields }));
    render(<All />);
    expect(screen.getByRole('heading').textContent).toBe('The MCP server shop asks you');
    const theirs = screen.getByRole('group', { name: 'The words of shop' });
    expect(theirs.textContent).toMatch('not of Lumina.Which color?');
    expect(screen.getByLabelText('Note (optional)')).toBeTruthy();
    await settle();
    await press('Send');
    const size = screen.getByLabelText('How many');
    expect(document.activeElement).toBe(size);
    expect(size.getAttribute('aria-invalid')).toBe('true');
    const told = size.getAttribute('aria-describedby')!.split(' ');
    expect(told.map(id => document.getElementById(id)!.textContent)).toEqual([
      'From 1 to 9.',
      'It must be at most 9.'
    ]);
    expect(screen.getByRole('status').textContent).toBe('2 answers are not right yet.');
    write('How many', '3');
    expect(size.getAttribute('aria-invalid')).toBe('false');
    write('Color', 'r');
    fireEvent.click(screen.getByLabelText('card'));
    fireEvent.click(screen.getByLabelText('A gift'));
    expect(server.sent).toEqual([]);
    // Whoever writes into it means it: no guard is in the way of Enter there.
    fireEvent.keyDown(size, { key: 'Enter' });
    expect(server.sent).toEqual([
      [
        'ask_1',
        { action: 'accept', content: { size: 3, color: 'r', extras: ['card'], gift: true } }
      ]
    ]);
    await server.tell('question', question({ fields, state: 'accept' }));
    expect(line()!.textContent).toBe('Sent. The MCP server shop asked: “Which color?”');
    expect(document.activeElement).toBe(line());
  });

  it('is declined or cancelled on purpose, and not by a click that meant something else', async () => {
    const ours = { source: 'lumina', who: 'The tool pick_color' };
    await server.tell('question', question(ours));
    await server.tell('approval', approval('apr_1', { created_at: 2000 }));
    render(<All />);
    expect(screen.getByText('The tool pick_color asks you')).toBeTruthy();
    expect(screen.getByText(/these are the words of the tool pick_color/)).toBeTruthy();
    await press('Decline');
    expect(server.sent).toEqual([]);
    await settle();
    await press('Decline');
    expect(server.sent).toEqual([['ask_1', { action: 'decline' }]]);
    await server.tell('question', question({ ...ours, state: 'decline' }));
    expect(line()!.textContent).toMatch('Declined. The tool pick_color asked: “Which color?”');
    // What is to be allowed is where it was, and waits anew.
    await press('Deny');
    expect(server.sent).toHaveLength(1);
  });

  it('that is answered elsewhere goes at once, with a word about it; the focus stays there', async () => {
    await server.tell('question', question());
    render(<All />);
    write(/color/, 'blue, no');
    act(() => screen.getByLabelText(/color/).focus());
    await server.tell('question', question({ state: 'accept' }));
    expect(screen.queryByRole('region')).toBeNull();
    expect(line()!.textContent).toMatch('Answered elsewhere, in another window or a terminal.');
    expect(document.activeElement).toBe(line());
    expect(approvals.drafts.of('ask_1').values).toBeNull();
  });

  it('says that it has expired, that its tool is gone, or that nobody knows', async () => {
    await server.tell('question', question({ id: 'a' }));
    await server.tell('question', question({ id: 'b', created_at: 1001 }));
    render(<All />);
    await server.tell(
      'question',
      question({ id: 'a', state: 'cancel', note: 'Nobody answered in time.' })
    );
    expect(line()!.textContent).toMatch('Nobody answered in time.');
    // The server began anew, and knows of no question.
    await server.restart();
    expect(screen.queryByRole('region')).toBeNull();
    expect(screen.getByText(/whoever asked is gone/)).toBeTruthy();
    expect(approvals.getSnapshot().waiting).toEqual([]);
  });

  it('keeps what was written while its form comes and goes, and when it is refused', async () => {
    await server.tell('question', question());
    server.waiting = [question()];
    const { unmount } = render(<All />);
    write(/color/, 'a long story');
    unmount();
    render(<All />);
    expect((screen.getByLabelText(/color/) as HTMLInputElement).value).toBe('a long story');
    server.refusal = new ApiError(
      'That does not answer the question.',
      '',
      422,
      'invalid_arguments'
    );
    await settle();
    await press('Send');
    expect(screen.getByRole('alert').textContent).toBe(
      'That does not answer the question.Change what you entered, and send it again.'
    );
    expect((screen.getByLabelText(/color/) as HTMLInputElement).value).toBe('a long story');
    // Somebody was faster, and it is not heard of: it is looked for.
    server.refusal = new ApiError('No such question waits for you.', '', 404, 'not_found');
    server.waiting = [];
    await settle();
    await press('Send');
    expect(screen.queryByRole('region')).toBeNull();
    expect(line()!.textContent).toMatch('It was answered elsewhere, or whoever asked is gone.');
  });

  it('shows the words of whoever asks as words, however they look', async () => {
    const markup = '<img src=x onerror="alert(1)"> [link](javascript:alert(1)) **Lumina says**';
    const fields = form({
      '<b>x': { type: 'string', title: `${markup}\u202e\u200b`, description: markup },
      pick: { enum: [markup], title: 'Your API key' }
    });
    await server.tell(
      'question',
      question({ message: `${markup}\u202egnp.exe`, source: `mcp:${markup}`, fields })
    );
    const { container } = render(<All />);
    expect(container.querySelectorAll('img, a, strong, script')).toHaveLength(0);
    expect(container.querySelector('.jp-LuminaQuestion-message')!.textContent).toBe(
      `${markup}gnp.exe`
    );
    expect(within(card()).getAllByRole('textbox')).toHaveLength(1);
    expect(container.textContent).not.toMatch(/[\u202e\u200b]/);
    expect(container.textContent).toMatch('This may be a secret.');
    // A password manager would fill in what is for this page alone.
    expect(container.querySelector('input[type=password], input[name]')).toBeNull();
  });

  it('that wants a page opened shows whose it is, and opens it on a click alone', async () => {
    const open = vi.spyOn(window, 'open').mockReturnValue(null);
    const page = { fields: null, message: 'Log in.' };
    const url = 'http://lumina.org:pw@ёxample.org:8080/a?b=1';
    await server.tell('question', question({ ...page, url }));
    const { container } = render(<All />);
    expect(container.querySelector('.jp-LuminaQuestion-host')!.textContent).toBe(
      'xn--xample-ouf.org:8080'
    );
    expect(container.querySelector('.jp-LuminaQuestion-address')!.textContent).toBe(
      'http://lumina.org:pw@xn--xample-ouf.org:8080/a?b=1'
    );
    expect(screen.getAllByRole('note').map(each => each.textContent)).toHaveLength(3);
    expect(container.querySelector('a, iframe, img, link')).toBeNull();
    await press('Open page');
    expect(open).not.toHaveBeenCalled();
    await settle();
    server.refusal = new ApiError('', '', 0);
    await press('Open page');
    expect(open).toHaveBeenCalledExactlyOnceWith(
      'http://lumina.org:pw@xn--xample-ouf.org:8080/a?b=1',
      '_blank',
      'noopener,noreferrer'
    );
    expect(server.sent).toEqual([['ask_1', { action: 'accept' }]]);
    // The server was not reached: it is told again, and nothing opened twice.
    await settle();
    await press('Tell that it is open');
    expect(open).toHaveBeenCalledOnce();
    expect(server.sent).toHaveLength(2);
    await server.tell('question', question({ ...page, url, state: 'cancel' }));
    await server.tell('question', question({ ...page, id: 'ask_2', url: 'javascript:alert(1)' }));
    expect(screen.getAllByRole('button').map(each => each.textContent)).toEqual([
      'Decline',
      'Cancel'
    ]);
  });
});
