import type { LuminaClient } from '../api';
import { fieldsOf, listOf } from '../chat/model/fields';
import { loggedOf, type Grid, type IGear, type ILogged, type INewRun, type IRun } from './wire';

/** The routes of the agent's runs. All of them reject with an `ApiError`. */
export class RunsApi {
  constructor(private readonly client: LuminaClient) {}

  /** The runs in a notebook, the newest first. */
  async list(notebook: string, signal: AbortSignal): Promise<readonly IRun[]> {
    const query = { notebook };
    return (await this.client.json<{ runs: IRun[] }>('runs', { query, signal })).runs;
  }

  /** A run as it is now, with what of its evidence is stale. */
  get(run: string, signal?: AbortSignal): Promise<IRun> {
    return this.client.json(at(run), signal ? { signal } : {});
  }

  async gears(): Promise<readonly IGear[]> {
    return (await this.client.json<{ gears: IGear[] }>('gears')).gears;
  }

  start(run: INewRun): Promise<IRun> {
    return this.client.json<IRun>('runs', { method: 'POST', body: run });
  }

  /** The events after one. */
  async events(run: string, after: number): Promise<readonly ILogged[]> {
    const told = await this.client.json(`${at(run)}/events`, { query: { after } });
    return listOf<unknown>(fieldsOf(told), 'events')
      .map(loggedOf)
      .filter(each => each !== null);
  }

  stream(run: string, after: number, signal: AbortSignal): Promise<Response> {
    return this.client.stream(`${at(run)}/stream`, { after }, signal);
  }

  decidePlan(run: string, verdict: 'approve' | 'refuse'): Promise<IRun> {
    return this.say(run, 'plan', { verdict });
  }

  reply(run: string, text: string): Promise<IRun> {
    return this.say(run, 'reply', { text });
  }

  steer(run: string, word: 'pause' | 'resume' | 'stop'): Promise<IRun> {
    return this.say(run, word);
  }

  shift(run: string, gear: number, grid: Grid): Promise<IRun> {
    return this.say(run, 'shift', { gear, grid });
  }

  /** Take back, or bring again, a step or (for an empty one) the whole run. */
  undo(run: string, word: 'undo' | 'redo', step: string): Promise<IRun> {
    return this.say(run, word, step ? { step } : {});
  }

  private say(run: string, word: string, body: unknown = {}): Promise<IRun> {
    return this.client.json<IRun>(`${at(run)}/${word}`, { method: 'POST', body });
  }
}

function at(run: string): string {
  return `runs/${encodeURIComponent(run)}`;
}
