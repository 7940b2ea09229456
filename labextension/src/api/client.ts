import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { IHealth } from './types';

/** The server answered with an error, or could not be reached at all. */
export class ApiError extends Error {
  /**
   * @param message - What happened, one sentence.
   * @param hint - What to do next; may be empty.
   * @param status - The HTTP status; 0 when there was no answer.
   */
  constructor(
    message: string,
    readonly hint: string,
    readonly status: number
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** Lumina's own routes on the Jupyter server. */
export class LuminaClient {
  constructor(readonly settings: ServerConnection.ISettings) {}

  /** How the engine is. */
  async health(): Promise<IHealth> {
    // Looking at the page now and then is no reason to keep an idle server alive.
    return this.get<IHealth>('health?no_track_activity=1');
  }

  private async get<T>(route: string): Promise<T> {
    const url = URLExt.join(this.settings.baseUrl, 'lumina/api', route);
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(url, { method: 'GET' }, this.settings);
    } catch (error) {
      throw new ApiError(error instanceof Error ? error.message : String(error), '', 0);
    }
    if (!response.ok) {
      throw await errorOf(response);
    }
    return (await response.json()) as T;
  }
}

/** The error that a response carries: ours (`error.message`, `error.hint`) or Jupyter's (`message`). */
async function errorOf(response: Response): Promise<ApiError> {
  let message = '';
  let hint = '';
  try {
    const body = await response.json();
    const error = body.error ?? body;
    message = String(error.message ?? '');
    hint = String(error.hint ?? '');
  } catch {
    // Not JSON: a proxy's page, say. The status line is what can be told.
  }
  message = message || `${response.status} ${response.statusText}`.trim();
  return new ApiError(message, hint, response.status);
}
