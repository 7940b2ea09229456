import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServerConnection } from '@jupyterlab/services';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LuminaClient } from '../../src/api';
import { SettingsModel } from '../../src/settings/model';

const KEY = 'sk-abc';
const VALUES = {
  default_model: 'lab/m',
  ghost_text_model: '',
  history_tokens: 4000,
  context_tokens: 6000,
  variable_policy: 'values',
  ghost_text: true
};
const VIEW = { chosen: {}, configured: VALUES, effective: VALUES, locked: ['ghost_text'] };

type Reply = (response: ServerResponse, body: string) => void;

/** A server that answers as Lumina's routes do. */
class Routes {
  readonly asked: string[] = [];
  readonly replies: { [route: string]: Reply } = {
    'GET providers': json({ providers: [{ name: 'lab' }] }),
    'GET models': json({ models: [] }),
    'GET embedded': json({ models: [] }),
    'GET preferences': json(VIEW)
  };

  readonly server: Server = createServer((request, response) => {
    const route = `${request.method} ${request.url!.split('?')[0]!.replace('/lumina/api/', '')}`;
    let body = '';
    request.on('data', chunk => (body += chunk));
    request.on('end', () => {
      this.asked.push(route);
      (this.replies[route] ?? json({}, 404))(response, body);
    });
  });

  async url(): Promise<string> {
    await new Promise<void>(resolve => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }
}

function json(value: unknown, status = 200): Reply {
  return response => {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(value));
  };
}

function stream(...events: string[]): Reply {
  return response => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.end(events.join(''));
  };
}

const error = (message: string) => ({
  error: { code: 'x', message, hint: 'Do this.', field: '', retry_after: null }
});

describe('the settings page’s model', () => {
  let routes: Routes;
  let model: SettingsModel;

  beforeEach(async () => {
    routes = new Routes();
    const settings = ServerConnection.makeSettings({ baseUrl: await routes.url(), fetch });
    model = new SettingsModel(new LuminaClient(settings));
    await model.load();
  });

  afterEach(() => {
    model.dispose();
    routes.server.closeAllConnections();
    routes.server.close();
  });

  it('is filled, and says what is locked', () => {
    expect(model.failure).toBeNull();
    expect(model.providers.map(each => each.name)).toEqual(['lab']);
    expect(model.isLocked('ghost_text')).toBe(true);
    expect(model.isLocked('default_model')).toBe(false);
  });

  it('keeps what it had when the server cannot be asked, and recovers', async () => {
    routes.replies['GET models'] = json(error('Broken.'), 500);
    await model.load();
    expect(model.failure).toMatchObject({ message: 'Broken.', hint: 'Do this.' });
    expect(model.providers).toHaveLength(1);
    routes.replies['GET models'] = json({ models: [] });
    await model.load();
    expect(model.failure).toBeNull();
  });

  it('sends a key, looks again, and never holds it', async () => {
    let sent = '';
    routes.replies['PUT keys/lab'] = (response, body) => {
      sent = body;
      response.writeHead(204).end();
    };
    expect(await model.setKey('lab', KEY)).toBe(true);
    expect(JSON.parse(sent)).toEqual({ key: KEY });
    expect(model.keyNotes.get('lab')).toEqual({ kind: 'kept' });
    expect(routes.asked.filter(route => route === 'GET providers')).toHaveLength(2);
    expect(JSON.stringify([...model.keyNotes, model.providers])).not.toContain(KEY);
  });

  it('tells why a key was refused', async () => {
    routes.replies['PUT keys/lab'] = json(error('That is no key.'), 400);
    expect(await model.setKey('lab', KEY)).toBe(false);
    expect(model.keyNotes.get('lab')).toMatchObject({ error: { message: 'That is no key.' } });
  });

  it('follows a test, one line for each step', async () => {
    const step = (name: string, first: number | null, result: unknown) =>
      `data: ${JSON.stringify({ model: 'lab/m', step: name, first_seconds: first, result })}\n\n`;
    routes.replies['POST providers/lab/probe'] = stream(
      step('streamed', null, null),
      ': keep-alive\n\n',
      step('streamed', 0.5, { ok: true }),
      step('tool_call', null, { ok: false })
    );
    await model.test('lab');
    expect(model.tests.get('lab')).toMatchObject({
      running: false,
      error: null,
      steps: [
        { step: 'streamed', first_seconds: 0.5 },
        { step: 'tool_call', result: { ok: false } }
      ]
    });
  });

  it('tells what went wrong in the middle of a download', async () => {
    routes.replies['POST embedded/tiny/pull'] = stream(
      'data: {"model":"tiny","phase":"downloading","done":1,"total":2,"text":""}\n\n',
      `event: failed\ndata: ${JSON.stringify(error('The disk is full.'))}\n\n`
    );
    await model.pull('tiny');
    expect(model.pulls.get('tiny')).toMatchObject({
      running: false,
      error: { message: 'The disk is full.', hint: 'Do this.' }
    });
  });

  it('stops what was begun: the server sees the connection close', async () => {
    let began = () => undefined as void;
    const closed = new Promise<void>(resolve => {
      routes.replies['POST embedded/tiny/pull'] = response => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.write('data: {"model":"tiny","phase":"connecting","done":0,"total":2}\n\n');
        response.on('close', resolve);
      };
    });
    const told = new Promise<void>(resolve => {
      began = resolve;
    });
    model.stateChanged.connect(() => model.pulls.get('tiny')?.steps.length && began());
    const pulling = model.pull('tiny');
    await told;
    model.stop('tiny');
    await Promise.all([closed, pulling]);
    expect(model.pulls.has('tiny')).toBe(false);
  });

  it('keeps a choice beside the earlier ones, and tells why one was refused', async () => {
    let sent: unknown = null;
    routes.replies['PUT preferences'] = (response, body) => {
      sent = JSON.parse(body);
      json({ ...VIEW, chosen: sent })(response, body);
    };
    await model.choose({ history_tokens: 10 });
    await model.choose({ default_model: 'lab/n' });
    expect(sent).toEqual({ history_tokens: 10, default_model: 'lab/n' });
    expect(model.saved).toBe(2);
    routes.replies['PUT preferences'] = json(error('No key.'), 401);
    await model.choose({ default_model: 'openai/x' });
    expect(model.choiceError).toMatchObject({ message: 'No key.' });
    expect(model.preferences!.chosen).toMatchObject({ default_model: 'lab/n' });
  });
});
