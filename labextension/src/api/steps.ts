import type { IRequest, LuminaClient } from './client';
import { ApiError } from './errors';
import { serverEvents } from './sse';

/**
 * The steps of a long task on the server, as they come; whoever stops reading, or aborts, stops the task.
 *
 * Throws an `ApiError` when the task cannot begin or fails on its way.
 */
export async function* steps<T>(
  client: LuminaClient,
  route: string,
  request: IRequest = {}
): AsyncGenerator<T> {
  const response = await client.open(route, request);
  for await (const { event, data } of serverEvents(response)) {
    if (event === 'failed') {
      const { message, hint, code } = JSON.parse(data).error;
      throw new ApiError(message, hint, response.status, code);
    }
    yield JSON.parse(data) as T;
  }
}
