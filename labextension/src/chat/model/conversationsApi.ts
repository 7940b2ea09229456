import { ApiError, type LuminaClient } from '../../api';
import type { IOutgoing } from './outbox';
import type { ExportFormat, IConversation, INotebookView, ISearchHit } from './wire';

/** The routes of conversations. Each call rejects with an `ApiError`. */
export class ConversationsApi {
  constructor(private readonly client: LuminaClient) {}

  /** Those of a notebook, the last changed first; `kernel_id` finds it under a new name. */
  async list(notebook: string, kernelId: string): Promise<readonly IConversation[]> {
    const query = { notebook, ...(kernelId ? { kernel_id: kernelId } : {}) };
    const { data } = await this.client.routes.GET('/lumina/api/conversations', {
      params: { query }
    });
    return some(data).conversations;
  }

  /** Whether a document has conversations; asked by nobody, so it does not keep an idle server alive. */
  async isAny(document: { path: string; kernelId: string }): Promise<boolean> {
    if (!document.path) {
      return false;
    }
    const query = { notebook: document.path, kernel_id: document.kernelId, no_track_activity: 1 };
    const found = await this.client.json<{ conversations: unknown[] }>('conversations', { query });
    return found.conversations.length > 0;
  }

  async get(id: string): Promise<IConversation> {
    const path = { conversation_id: id };
    const { data } = await this.client.routes.GET('/lumina/api/conversations/{conversation_id}', {
      params: { path }
    });
    return some(data);
  }

  async create(
    notebook: string,
    options: { title?: string; shared?: boolean } = {},
    signal?: AbortSignal
  ): Promise<IConversation> {
    const { data } = await this.client.routes.POST('/lumina/api/conversations', {
      body: { notebook, ...options },
      signal: signal ?? null
    });
    return some(data);
  }

  async change(id: string, change: { title?: string; shared?: boolean }): Promise<IConversation> {
    const { data } = await this.client.routes.PATCH('/lumina/api/conversations/{conversation_id}', {
      params: { path: { conversation_id: id } },
      body: change
    });
    return some(data);
  }

  async remove(id: string): Promise<void> {
    await this.client.routes.DELETE('/lumina/api/conversations/{conversation_id}', {
      params: { path: { conversation_id: id } }
    });
  }

  async search(
    text: string,
    options: { notebook?: string; limit?: number; signal?: AbortSignal }
  ): Promise<readonly ISearchHit[]> {
    const { signal, ...query } = options;
    const { data } = await this.client.routes.GET('/lumina/api/conversations/search', {
      params: { query: { q: text, ...query } },
      signal: signal ?? null
    });
    return some(data).hits;
  }

  async importFrom(
    notebook: string,
    content: string,
    format: 'json' | 'chat'
  ): Promise<IConversation> {
    const { data } = await this.client.routes.POST('/lumina/api/conversations/import', {
      body: { notebook, content, format }
    });
    return some(data);
  }

  /** The file and the name that the server gives it. */
  async exportAs(id: string, format: ExportFormat): Promise<{ name: string; blob: Blob }> {
    const route = `conversations/${encodeURIComponent(id)}/export`;
    const response = await this.client.open(route, { query: { format } });
    const name = nameOf(response.headers.get('Content-Disposition') ?? '');
    return { name: name || `conversation.${ENDINGS[format]}`, blob: await response.blob() };
  }

  async attachment(id: string, sha256: string): Promise<Blob> {
    const route = `conversations/${encodeURIComponent(id)}/attachments/${encodeURIComponent(sha256)}`;
    return (await this.client.open(route)).blob();
  }

  /** Put a question into the log; the same request's id again is the same turn. */
  async post(item: IOutgoing, view: INotebookView | undefined, signal: AbortSignal): Promise<void> {
    await this.client.routes.POST('/lumina/api/conversations/{conversation_id}/turns', {
      params: { path: { conversation_id: item.conversation } },
      body: {
        text: item.text,
        parent: item.parent,
        model: item.model,
        command: item.command,
        images: item.images.map(({ data, media_type }) => ({ data, media_type })),
        kernel_id: item.kernelId,
        request_id: item.id,
        ...(view ? { view } : {})
      },
      signal
    });
  }

  /** Whether there was something to stop. */
  async cancel(turn: string): Promise<boolean> {
    const { data } = await this.client.routes.POST('/lumina/api/chat/{request_id}/cancel', {
      params: { path: { request_id: turn } }
    });
    return some(data).cancelled;
  }

  async typing(id: string, typing: boolean): Promise<void> {
    await this.client.routes.POST('/lumina/api/conversations/{conversation_id}/presence', {
      params: { path: { conversation_id: id } },
      body: { typing }
    });
  }

  /** The stream of what follows entry number `after`. */
  stream(id: string, after: number, signal: AbortSignal): Promise<Response> {
    return this.client.stream(`conversations/${encodeURIComponent(id)}/stream`, { after }, signal);
  }
}

const ENDINGS: Record<ExportFormat, string> = {
  markdown: 'md',
  notebook: 'ipynb',
  json: 'json',
  chat: 'chat'
};

function some<T>(data: T | undefined): T {
  if (data === undefined) {
    throw new ApiError('The server answered with nothing.', '', 0);
  }
  return data;
}

/** The file's name in a `Content-Disposition`. */
function nameOf(disposition: string): string {
  const encoded = /filename\*\s*=\s*UTF-8''([^;]+)/i.exec(disposition)?.[1];
  if (encoded) {
    try {
      return decodeURIComponent(encoded.trim());
    } catch {
      // Not what it says it is: the plain name is left.
    }
  }
  return /filename\s*=\s*"?([^";]+)"?/i.exec(disposition)?.[1]?.trim() ?? '';
}
