import { URLExt } from '@jupyterlab/coreutils';
import type { ServerConnection } from '@jupyterlab/services';
import { connect, send, type Routes } from './connection';
import { ApiError } from './errors';
import type { IHealth } from './types';

/** What `LuminaClient.open` sends. */
export interface IRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly query?: { readonly [name: string]: string | number | boolean | undefined };
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: { readonly [name: string]: string };
  readonly signal?: AbortSignal;
}

/** Lumina's own routes on the Jupyter server. */
export class LuminaClient {
  constructor(readonly settings: ServerConnection.ISettings) {
    this.routes = connect(settings);
  }

  /** Every route that answers with JSON, with its types: `await client.routes.GET('/lumina/api/models')`. */
  readonly routes: Routes;

  /** How the engine is. */
  async health(): Promise<IHealth> {
    // Looking at the page now and then is no reason to keep an idle server alive.
    return this.json<IHealth>('health', { query: { no_track_activity: 1 } });
  }

  /** The JSON that a route below `/lumina/api` answers with; undefined when it answers with nothing. */
  async json<T>(route: string, request: IRequest = {}): Promise<T> {
    const response = await this.open(route, request);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  /**
   * The response of a route below `/lumina/api`, for what is no JSON: a stream, a file.
   *
   * Rejects with an `ApiError`, or with an `AbortError` when the caller aborts.
   */
  async open(route: string, request: IRequest = {}): Promise<Response> {
    const { method = 'GET', query = {}, body, headers = {}, signal } = request;
    const url = URLExt.join(this.settings.baseUrl, 'lumina/api', route) + queryOf(query);
    const init: RequestInit = { method, headers: { ...headers } };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
    }
    if (signal) {
      init.signal = signal;
    }
    return send(url, init, this.settings);
  }

  /**
   * The response of a route that streams, over the connection that all streams of the page share; where there is none to
   * be had, over one of its own.
   *
   * Rejects as `open` does.
   */
  async stream(
    route: string,
    query: NonNullable<IRequest['query']>,
    signal: AbortSignal
  ): Promise<Response> {
    const { NoSocket, socketFor } = await import('./streamSocket');
    const socket = socketFor(this.settings);
    let response: Response;
    try {
      response = await socket.open(route + queryOf(query), signal);
    } catch (error) {
      if (!(error instanceof NoSocket)) {
        throw error;
      }
      const headers = { Accept: 'text/event-stream' };
      response = await this.open(route, { query, headers, signal });
      socket.avoid();
    }
    if (!response.ok) {
      throw await ApiError.from(response);
    }
    return response;
  }
}

function queryOf(query: NonNullable<IRequest['query']>): string {
  const parts = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return parts.length ? `?${parts.join('&')}` : '';
}
