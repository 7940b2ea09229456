/** One server-sent event. */
export interface IServerEvent {
  /** Its name; `message` when it has none. */
  readonly event: string;
  readonly data: string;
  /** The id that was last said, in this event or before it; empty for none. */
  readonly id: string;
}

/**
 * Reads server-sent events from bytes that are cut anywhere, as the HTML standard tells.
 *
 * Comments and fields that it does not know are passed over; what has no line of data is no event.
 */
export class EventParser {
  /** The events that are complete with these bytes. */
  push(bytes: Uint8Array): IServerEvent[] {
    return this.read(this.decoder.decode(bytes, { stream: true }));
  }

  private read(text: string): IServerEvent[] {
    const events: IServerEvent[] = [];
    let from = 0;
    if (this.afterReturn && text) {
      from = text.startsWith('\n') ? 1 : 0;
      this.afterReturn = false;
    }
    LINE_END.lastIndex = from;
    for (let end = LINE_END.exec(text); end; end = LINE_END.exec(text)) {
      const event = this.line(this.takeLine(text.slice(from, end.index)));
      if (event) {
        events.push(event);
      }
      from = LINE_END.lastIndex;
      // A return at the very end may be the first half of a line's end.
      this.afterReturn = end[0] === '\r' && from === text.length;
    }
    if (from < text.length) {
      this.unfinished.push(text.slice(from));
    }
    return events;
  }

  private takeLine(end: string): string {
    if (!this.unfinished.length) {
      return end;
    }
    const line = this.unfinished.join('') + end;
    this.unfinished = [];
    return line;
  }

  private line(line: string): IServerEvent | null {
    if (line === '') {
      return this.dispatch();
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    let value = colon < 0 ? '' : line.slice(colon + 1);
    if (value.startsWith(' ')) {
      value = value.slice(1);
    }
    if (field === 'data') {
      this.data.push(value);
    } else if (field === 'event') {
      this.event = value;
    } else if (field === 'id' && !value.includes('\0')) {
      this.id = value;
    }
    return null;
  }

  private dispatch(): IServerEvent | null {
    const data = this.data.join('\n');
    const event = this.event || 'message';
    const said = this.data.length > 0;
    this.data = [];
    this.event = '';
    return said ? { event, data, id: this.id } : null;
  }

  private readonly decoder = new TextDecoder();
  /** The pieces of the line that has not ended. */
  private unfinished: string[] = [];
  private afterReturn = false;
  private event = '';
  private data: string[] = [];
  private id = '';
}

const LINE_END = /\r\n|\r|\n/g;

/** The server-sent events of a response, as they come; whoever stops reading closes the connection. */
export async function* serverEvents(
  response: Response
): AsyncGenerator<IServerEvent, void, undefined> {
  const reader = response.body!.getReader();
  const parser = new EventParser();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      yield* parser.push(value);
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}
