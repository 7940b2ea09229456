import { fieldsOf, listOf, numberOf, textOf } from './fields';
import type { IServerEvent } from '../../api';
import type { Frame, IConversation, ILiveEvent, ILogEntry, IPerson } from './wire';

/** What a server-sent event of a conversation's stream says; null when this panel knows no such event. */
export function frameOf({ event, data }: IServerEvent): Frame | null {
  let fields: ReturnType<typeof fieldsOf>;
  try {
    fields = fieldsOf(JSON.parse(data));
  } catch {
    return null;
  }
  switch (event) {
    case 'entry':
      return { kind: 'entry', entry: entryOf(fields) };
    case 'caught_up':
      return {
        kind: 'caught_up',
        running: listOf<string>(fields, 'running'),
        people: listOf<IPerson>(fields, 'people')
      };
    case 'tail':
      return {
        kind: 'tail',
        turn: textOf(fields, 'turn'),
        events: listOf<ILiveEvent>(fields, 'events')
      };
    case 'live':
      return {
        kind: 'live',
        turn: textOf(fields, 'turn'),
        event: fieldsOf(fields['event']) as ILiveEvent
      };
    case 'presence':
      return { kind: 'presence', people: listOf<IPerson>(fields, 'people') };
    case 'changed':
      return { kind: 'changed', conversation: fields['conversation'] as IConversation };
    case 'removed':
      return { kind: 'removed', id: textOf(fields, 'id') };
    case 'gone':
      return { kind: 'gone' };
    default:
      return null;
  }
}

function entryOf(fields: ReturnType<typeof fieldsOf>): ILogEntry {
  return {
    sequence: numberOf(fields, 'sequence'),
    at: numberOf(fields, 'at'),
    turn: textOf(fields, 'turn'),
    author: textOf(fields, 'author'),
    kind: textOf(fields, 'kind'),
    data: fieldsOf(fields['data'])
  };
}
