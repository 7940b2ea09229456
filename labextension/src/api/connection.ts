import { ServerConnection } from '@jupyterlab/services';
import createFetchClient, { type Client } from 'openapi-fetch';
import { ApiError } from './errors';
import type { paths } from './schema';

/** Every route that the server describes, with its types. */
export type Routes = Client<paths>;

/** The routes with their types; a call rejects as `send` does. */
export function connect(settings: ServerConnection.ISettings): Routes {
  return createFetchClient<paths>({
    baseUrl: settings.baseUrl,
    fetch: async request => {
      const { url, method, headers, signal } = request;
      const init: RequestInit = { method, headers, signal };
      // Not `request.body`: Firefox has no such thing.
      const body = method === 'GET' ? '' : await request.text();
      if (body) {
        init.body = body;
      }
      return send(url, init, settings);
    }
  });
}

/**
 * A request that goes out as all of JupyterLab's do: with its token, XSRF cookie and fetch options.
 *
 * Rejects with an `ApiError` when nobody or an error answers; when the caller aborts, with the `AbortError`.
 */
export async function send(
  url: string,
  init: RequestInit,
  settings: ServerConnection.ISettings
): Promise<Response> {
  let response: Response;
  try {
    response = await ServerConnection.makeRequest(url, init, settings);
  } catch (error) {
    throw init.signal?.aborted ? error : ApiError.of(error);
  }
  if (!response.ok) {
    throw await ApiError.from(response);
  }
  return response;
}
