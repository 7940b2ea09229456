import { ServerConnection } from '@jupyterlab/services';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { LuminaClient } from '../../src/api';
import { NoSocket, StreamSocket } from '../../src/api/streamSocket';

/** The browser's end of a connection; the test is the server's. */
class Wire extends EventTarget {
  readyState = 0;
  readonly sent: unknown[] = [];

  begin(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }

  tell(told: object): void {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(told) }));
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    if (this.readyState < 3) {
      this.readyState = 3;
      this.dispatchEvent(new Event('close'));
    }
  }
}

let wires: Wire[] = [];
let socket: StreamSocket;
beforeEach(() => {
  wires = [];
  socket = new StreamSocket(() => {
    const wire = new Wire();
    wires.push(wire);
    return wire as unknown as WebSocket;
  });
});

function open(path: string) {
  const controller = new AbortController();
  return { controller, response: socket.open(path, controller.signal) };
}

describe('the connection that all streams of a page share', () => {
  it('carries each of them by itself', async () => {
    const [a, b] = [open('runs/1/stream'), open('approvals/stream')];
    wires[0]!.begin();
    expect(wires).toHaveLength(1);
    expect(wires[0]!.sent).toEqual([
      { open: 1, path: 'runs/1/stream' },
      { open: 2, path: 'approvals/stream' }
    ]);
    wires[0]!.tell({ id: 2, status: 404 });
    wires[0]!.tell({ id: 1, status: 200 });
    wires[0]!.tell({ id: 1, data: 'event: entry\n' });
    wires[0]!.tell({ id: 2, data: '{"error":' });
    wires[0]!.tell({ id: 1, data: 'data: ü\n\n' });
    wires[0]!.tell({ id: 2, data: '{}}' });
    wires[0]!.tell({ id: 2, end: true });
    const refused = await b.response;
    expect([refused.status, await refused.json()]).toEqual([404, { error: {} }]);
    wires[0]!.tell({ id: 1, end: true });
    expect(await (await a.response).text()).toBe('event: entry\ndata: ü\n\n');
    expect(wires[0]!.readyState).toBe(3);
  });

  it('gives back what nobody wants any more, before and after it has begun', async () => {
    const [a, b, c] = [open('a'), open('b'), open('c')];
    b.controller.abort();
    await expect(b.response).rejects.toThrow('not wanted');
    wires[0]!.begin();
    wires[0]!.tell({ id: 1, status: 200 });
    const reader = (await a.response).body!.getReader();
    a.controller.abort();
    await expect(reader.read()).rejects.toThrow('not wanted');
    expect(wires[0]!.sent).toEqual([{ open: 1, path: 'a' }, { open: 3, path: 'c' }, { close: 1 }]);
    c.controller.abort();
    await expect(c.response).rejects.toThrow('not wanted');
    const again = open('d');
    expect(wires).toHaveLength(2);
    again.controller.abort();
    await expect(again.response).rejects.toThrow('not wanted');
  });

  it('ends them all when it breaks, and says when it cannot be had', async () => {
    const [a, b] = [open('a'), open('b')];
    wires[0]!.begin();
    wires[0]!.tell({ id: 1, status: 200 });
    const response = await a.response;
    wires[0]!.close();
    expect(await response.text()).toBe('');
    await expect(b.response).rejects.toBeInstanceOf(NoSocket);
    const refused = open('a');
    wires[1]!.close();
    await expect(refused.response).rejects.toBeInstanceOf(NoSocket);
  });

  it('is made anew when it has been silent for too long', async () => {
    vi.useFakeTimers();
    const a = open('a');
    wires[0]!.begin();
    wires[0]!.tell({ id: 1, status: 200 });
    await a.response;
    vi.setSystemTime(Date.now() + 60_000);
    const b = open('b');
    expect([wires.length, wires[0]!.readyState]).toEqual([2, 3]);
    wires[1]!.begin();
    wires[1]!.tell({ id: 2, status: 200 });
    expect((await b.response).status).toBe(200);
    vi.useRealTimers();
  });

  it('is not waited for where none ever comes', async () => {
    vi.useFakeTimers();
    const a = open('a');
    const refused = expect(a.response).rejects.toBeInstanceOf(NoSocket);
    await vi.advanceTimersByTimeAsync(10_000);
    await refused;
    socket.avoid();
    await expect(open('a').response).rejects.toBeInstanceOf(NoSocket);
    expect(wires).toHaveLength(1);
    vi.useRealTimers();
  });
});

describe('the streams of a client', () => {
  it('go over one connection for the whole page, and one by one only where there is none', async () => {
    const fetched: string[] = [];
    const settings = ServerConnection.makeSettings({
      baseUrl: 'http://lab.test/',
      wsUrl: 'ws://lab.test/',
      WebSocket: class extends Wire {
        constructor() {
          super();
          wires.push(this);
        }
      } as unknown as typeof WebSocket,
      fetch: request => {
        fetched.push(new URL((request as Request).url).pathname);
        return Promise.resolve(new Response('alone'));
      }
    });
    const { signal } = new AbortController();
    // As the chat and the activity panel have each one of its own.
    const open = (route: string) => new LuminaClient(settings).stream(route, { after: 3 }, signal);
    const opened = [open('approvals/stream'), open('runs/1/stream')];
    await vi.waitFor(() => expect(wires).toHaveLength(1));
    wires[0]!.begin();
    await vi.waitFor(() => expect(wires[0]!.sent).toHaveLength(2));
    expect(wires[0]!.sent).toContainEqual({ open: 1, path: 'approvals/stream?after=3' });
    wires[0]!.tell({ id: 1, status: 200 });
    wires[0]!.tell({ id: 2, status: 200 });
    const [one] = await Promise.all(opened);
    wires[0]!.tell({ id: 1, data: 'together', end: true });
    expect([await one!.text(), wires.length, fetched]).toEqual(['together', 1, []]);
    wires[0]!.close();
    const third = open('runs/2/stream');
    await vi.waitFor(() => expect(wires).toHaveLength(2));
    wires[1]!.close();
    expect(await (await third).text()).toBe('alone');
    expect(fetched).toEqual(['/lumina/api/runs/2/stream']);
  });
});
