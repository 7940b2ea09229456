import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Conversation } from '../../src/chat/model/conversation';
import type { IConversationSnapshot } from '../../src/chat/model/snapshot';
import type { Frame, ILiveEvent } from '../../src/chat/model/wire';
import { end, event, Feed, plain } from './feed';

/** A conversation whose frames are painted when the test says so. */
function conversation(): { store: Conversation; paint: () => void; notified: () => number } {
  let callback: (() => void) | null = null;
  let notified = 0;
  const store = new Conversation('c', {
    schedule: painted => {
      callback = painted;
      return () => (callback = null);
    },
    now: () => 50
  });
  store.subscribe(() => (notified += 1));
  return { store, paint: () => callback?.(), notified: () => notified };
}

function folded(frames: readonly Frame[]): IConversationSnapshot {
  const { store, paint } = conversation();
  store.apply(frames);
  paint();
  return store.getSnapshot();
}

function turnsOf(store: Conversation, feed: Feed): unknown[] {
  const ids = [...new Set(feed.log.map(entry => entry.turn))];
  return ids.map(id => plain(store.turn(id)!));
}

function said(store: Conversation, turn: string): string {
  return store
    .turn(turn)!
    .blocks.map(block => (block.kind === 'text' ? block.text.toString() : ''))
    .join('');
}

const delta = (text: string): ILiveEvent => ({ type: 'text_delta', text });
const STOP: ILiveEvent = { type: 'message_finished', reason: 'stop' };

/** What can happen while somebody looks. */
const step = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constant('live' as const), fc.nat(), event) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('flush' as const), fc.nat()) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('ask' as const), fc.nat()) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('end' as const), fc.nat(), end) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('reconnect' as const), fc.boolean()) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('away' as const)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('die' as const)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('repeat' as const), fc.nat()) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('paint' as const)) }
);

describe('a conversation', () => {
  it('shows what the log tells, whatever was interrupted, repeated or folded', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), steps => {
        const feed = new Feed();
        const { store, paint } = conversation();
        let here = true;
        let got = 0;
        const deliver = (): void => {
          if (here) {
            store.apply(feed.frames.slice(got));
          }
          got = feed.frames.length;
        };
        const running = (n: number): string | undefined =>
          [...feed.tails.keys()][n % feed.tails.size];
        const back = (fold: boolean): void => {
          store.apply(feed.catchUp(store.sequence, fold));
          here = true;
        };
        store.apply(feed.catchUp(0, false));
        for (const step of steps) {
          if (step[0] === 'ask') {
            const turns = [...new Set(feed.log.map(entry => entry.turn))];
            const parent = [null, '', ...turns][step[1] % (turns.length + 2)]!;
            feed.question(`t${turns.length}`, 'why?', parent);
          } else if (step[0] === 'live' || step[0] === 'flush' || step[0] === 'end') {
            const turn = running(step[1]);
            if (turn === undefined) continue;
            if (step[0] === 'live') feed.live(turn, step[2]);
            if (step[0] === 'flush') feed.flush(turn);
            if (step[0] === 'end') feed.end(turn, step[2]);
          } else if (step[0] === 'away') {
            here = false;
          } else if (step[0] === 'reconnect') {
            deliver();
            back(step[1]);
          } else if (step[0] === 'die') {
            feed.die();
            here = false;
          } else if (step[0] === 'repeat') {
            const entry = feed.log[step[1] % feed.log.length];
            if (entry && entry.sequence <= store.sequence) store.apply([{ kind: 'entry', entry }]);
          } else {
            paint();
          }
          deliver();
        }
        back(true);
        paint();

        const { store: plainStore, paint: paintPlain } = conversation();
        plainStore.apply(feed.catchUp(0, false));
        paintPlain();
        expect(turnsOf(store, feed)).toEqual(turnsOf(plainStore, feed));
        const path = (snapshot: IConversationSnapshot): unknown =>
          snapshot.path.map(({ turn, siblings, position }) => [turn.id, siblings, position]);
        expect(path(store.getSnapshot())).toEqual(path(plainStore.getSnapshot()));
        expect(store.getSnapshot().running).toEqual([...feed.tails.keys()]);
      }),
      { numRuns: 500 }
    );
  });

  it('says the text of the deltas in their order, and the tools with their results', () => {
    fc.assert(
      fc.property(fc.array(event, { size: 'large' }), events => {
        const feed = new Feed();
        feed.question('t', 'why?');
        events.forEach(event => feed.live('t', event));
        const { store } = conversation();
        store.apply(feed.frames);
        expect(said(store, 't')).toBe(
          events.map(event => (event.type === 'text_delta' ? event['text'] : '')).join('')
        );
        const results = store
          .turn('t')!
          .blocks.flatMap(block =>
            block.kind === 'tool' && block.result !== null ? block.result : []
          );
        expect([...results].sort()).toEqual(
          events
            .flatMap(event => (event.type === 'tool_result' ? (event['content'] as string) : []))
            .sort()
        );
      })
    );
  });

  it('keeps a text that streams one text when the log says the same', () => {
    const feed = new Feed();
    const { store } = conversation();
    feed.question('t', 'why?');
    ['Be', 'cau', 'se'].forEach(text => feed.live('t', delta(text)));
    store.apply(feed.frames.splice(0));
    const before = store.turn('t')!.blocks[0]!;
    feed.flush('t');
    feed.live('t', delta(' it is.'));
    store.apply(feed.frames.splice(0));
    const after = store.turn('t')!.blocks[0]!;
    expect(before.kind === 'text' && after.kind === 'text').toBe(true);
    if (before.kind === 'text' && after.kind === 'text') {
      expect(after.text.since(before.text)).toBe(' it is.');
      expect(before.text.toString()).toBe('Because');
    }
  });

  it('shows an answer whose server died as interrupted, and forgets what was never kept', () => {
    const feed = new Feed();
    const { store, paint } = conversation();
    feed.question('t', 'why?');
    feed.live('t', delta('kept'));
    feed.flush('t');
    feed.live('t', delta(' lost'));
    store.apply([...feed.frames]);
    expect(said(store, 't')).toBe('kept lost');
    feed.die();
    store.apply(feed.catchUp(store.sequence, false));
    paint();
    expect(store.turn('t')!.state.kind).toBe('interrupted');
    expect(said(store, 't')).toBe('kept');
    expect(store.getSnapshot().running).toEqual([]);
  });

  it('tells its listeners once a frame, however much comes', () => {
    const feed = new Feed();
    const { store, paint, notified } = conversation();
    feed.question('t', 'why?');
    for (let n = 0; n < 100; n++) {
      feed.live('t', delta('x'));
    }
    feed.frames.forEach(frame => store.apply([frame]));
    expect(notified()).toBe(0);
    expect(store.getSnapshot().path).toEqual([]);
    paint();
    expect(notified()).toBe(1);
    expect(said(store, 't')).toHaveLength(100);
  });

  it('leaves turns that did not change the same objects', () => {
    const feed = new Feed();
    const { store, paint } = conversation();
    feed.question('a', '1');
    feed.end('a', STOP);
    feed.question('b', '2');
    feed.live('b', delta('x'));
    store.apply(feed.frames.splice(0));
    paint();
    const before = store.getSnapshot().path;
    feed.live('b', delta('y'));
    store.apply(feed.frames.splice(0));
    paint();
    const after = store.getSnapshot().path;
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    expect(after[1]!.turn.question).toBe(before[1]!.turn.question);
  });

  it('shows a question at once and makes it the one of the log when it comes', () => {
    const feed = new Feed();
    const { store, paint } = conversation();
    feed.question('a', 'first');
    store.apply(feed.frames.splice(0));
    const question = {
      id: 'b',
      parent: 'a',
      text: 'second',
      model: '',
      command: '',
      images: [],
      askedAt: 2
    };
    store.addQuestion(question);
    expect(store.getSnapshot().path.map(({ turn }) => turn.question.text)).toEqual([
      'first',
      'second'
    ]);
    expect(store.turn('b')!.state).toEqual({ kind: 'sending' });
    feed.question('b', 'second', 'a');
    store.apply(feed.frames.splice(0));
    paint();
    expect(store.getSnapshot().path).toHaveLength(2);
    expect(store.turn('b')!.state).toEqual({ kind: 'running', stopping: false });
    store.setDelivery('b', { kind: 'waiting', reason: 'late' });
    expect(store.turn('b')!.state.kind).toBe('running');
  });

  it('shows an old log, in which nobody says what follows what, as one line', () => {
    const feed = new Feed();
    ['a', 'b', 'c'].forEach(turn => {
      feed.question(turn, turn);
      feed.end(turn, STOP);
    });
    expect(folded(feed.catchUp(0, true)).path.map(({ turn }) => turn.id)).toEqual(['a', 'b', 'c']);
  });

  it('knows who speaks, and has another one speak after a hand-over', () => {
    const feed = new Feed();
    feed.question('t1', '@teacher why?', '', { persona: 'teacher' });
    const call = { index: 0, id: 'c1', name: 'hand_over' };
    const given = JSON.stringify({ persona: 'analyst', note: 'Look.' });
    feed.live('t1', delta('Let the analyst look.'));
    feed.live('t1', { type: 'tool_call_started', ...call });
    feed.live('t1', { type: 'tool_call_finished', ...call, arguments: given });
    feed.live('t1', { type: 'tool_result', id: 'c1', name: 'hand_over', content: '' });
    feed.live('t1', { type: 'notice', code: 'persona', text: 'Analyst goes on.' });
    feed.live('t1', delta('It is March.'));
    feed.end('t1', STOP);
    const { turn } = folded(feed.frames).path[0]!;
    expect(turn.question.persona).toBe('teacher');
    const [, , speaker] = turn.blocks;
    expect(turn.blocks.map(({ kind }) => kind)).toEqual(['text', 'tool', 'speaker', 'text']);
    expect(speaker).toMatchObject({ persona: 'analyst' });
  });

  it('does not count what the agent does among the answers under way', () => {
    const feed = new Feed();
    feed.question('run_1', 'Mend it', '', { run: 'run_1' });
    const shown = folded([...feed.frames, { kind: 'caught_up', running: ['run_1'], people: [] }]);
    expect(shown.running).toEqual([]);
    expect(shown.path[0]!.turn).toMatchObject({
      question: { run: 'run_1' },
      state: { kind: 'running' }
    });
  });
});
