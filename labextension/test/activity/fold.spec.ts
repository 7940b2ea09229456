import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { after } from '../../src/activity/fold';
import { Log } from '../../src/activity/log';
import { ahead, EMPTY } from '../../src/activity/picture';
import { loggedOf, runFrameOf, type ILogged } from '../../src/activity/wire';
import { logOf, MENDED, PLAN } from './events';

function pictureOf(...pieces: readonly (readonly ILogged[])[]) {
  const log = new Log();
  pieces.forEach(piece => log.take(piece));
  return log.picture;
}

const mended = pictureOf(MENDED);

describe('a run made of its events', () => {
  it('has its phases and steps in their order, with every attempt', () => {
    expect(mended.items.map(item => item.kind)).toEqual(['note', 'phase', 'step', 'step', 'note']);
    const [first, second] = [...mended.steps.values()];
    expect(
      first!.attempts.map(({ wrote, check, recovery }) => [wrote, check?.passed, recovery?.way])
    ).toEqual([
      ['1 /', false, 'retry'],
      ['1 / 2', true, undefined]
    ]);
    expect(first).toMatchObject({ state: 'done', cell: 'c1', notCovered: ['model'] });
    expect(second).toMatchObject({ state: 'undone', undone: { by: 'Ana', left: ['x'] } });
    expect(second!.approvals).toEqual([
      { id: 'apr_1', summary: 'Runs c1.', state: 'granted', by: 'Ana' }
    ]);
  });

  it('keeps thoughts apart, adds up what it took, and knows its gear', () => {
    expect(mended.thoughts).toEqual([{ step: '', text: 'Let me see.' }]);
    expect(mended).toMatchObject({ inputTokens: 11, outputTokens: 6, usd: null, gear: 2 });
    expect(mended.model).toBe('lab/m');
    expect(mended.report?.outcome).toBe('partly');
    expect(mended.question).toBe('');
    expect(mended.items[4]).toMatchObject({ note: { text: 'A note, too?', reply: 'No.' } });
  });

  it('is the same in whatever order, pieces and number its events come', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(MENDED, { minLength: MENDED.length }),
        fc.array(fc.constantFrom(...MENDED), { maxLength: 20 }),
        fc.integer({ min: 0, max: MENDED.length }),
        (shuffled, again, cut) => {
          const pieces = [shuffled.slice(0, cut), again, shuffled.slice(cut), again, MENDED];
          expect(pictureOf(...pieces)).toEqual(mended);
        }
      )
    );
  });

  it('is the same one event at a time as all at once', () => {
    expect(pictureOf(...MENDED.map(each => [each]))).toEqual(mended);
  });

  it('knows up to where its log is whole', () => {
    const log = new Log();
    log.take(MENDED.slice(0, 5));
    log.take(MENDED.slice(8, 12));
    expect(log.sequence).toBe(5);
    log.take(MENDED.slice(5, 8));
    expect(log.sequence).toBe(12);
    expect(log.take(MENDED.slice(0, 12))).toBe(false);
  });

  it('leaves what an event is not about the same object', () => {
    const before = MENDED.slice(0, 22).reduce(after, EMPTY);
    const next = after(before, MENDED[22]!);
    expect(next.steps.get('s1 1')).toBe(before.steps.get('s1 1'));
    expect(after(next, MENDED[3]!)).toBe(next);
  });

  it('tells what is ahead, by phase', () => {
    const begun = MENDED.slice(0, 12).reduce(after, EMPTY);
    expect(ahead(begun).map(({ begun: on, steps }) => [on, steps.map(({ id }) => id)])).toEqual([
      [true, ['s2']],
      [false, ['s3']]
    ]);
    expect(ahead(mended)).toEqual([]);
  });

  it('has a step wait for a person, and go on', () => {
    const waits = MENDED.slice(0, 24).reduce(after, EMPTY);
    expect(waits.steps.get('s2 2')?.state).toBe('waiting');
    expect(after(waits, MENDED[24]!).steps.get('s2 2')?.state).toBe('running');
  });

  it('tells steps of the same name apart, and another plan from the first', () => {
    const revised = logOf(
      { type: 'plan', plan: PLAN },
      { type: 'checkpoint', step: 's1', covers: ['cells'], not_covered: [] },
      { type: 'step', step: 's1', title: 'One', number: 1, attempt: 1 },
      { type: 'step_ended', step: 's1', status: 'failed', why: 'No.' },
      { type: 'plan', plan: PLAN },
      { type: 'step', step: 's1', title: 'Two', number: 4, attempt: 1 },
      { type: 'step_ended', step: 's1', status: 'done', why: '' }
    );
    const steps = [...pictureOf(revised).steps.values()];
    expect(steps.map(({ covers, state, title }) => [title, state, covers])).toEqual([
      ['One', 'failed', ['cells']],
      ['Two', 'done', []]
    ]);
  });

  it('takes another step in a step’s place', () => {
    const by = { id: 's1b', title: 'Otherwise', tool: 'add_cell' };
    const log = logOf({ type: 'plan', plan: PLAN }, { type: 'replaced', step: 's1', by });
    expect(ahead(pictureOf(log))[0]!.steps.map(({ title }) => title)).toEqual([
      'Otherwise',
      'Run it'
    ]);
  });

  it('of a thousand events is made while nobody notices', () => {
    const many = logOf(
      { type: 'plan', plan: PLAN },
      ...Array.from({ length: 1000 }, (_, at) =>
        at % 2
          ? { type: 'thought', text: 'word ', step: '' }
          : { type: 'said', step: 's1', text: `line ${at}` }
      )
    );
    const picture = pictureOf(many);
    expect(picture.steps.get('s1 0')!.said).toHaveLength(40);
    expect(picture.thoughts[0]!.text).toHaveLength(2500);
  });

  it('is read from a stream that holds other things, too', () => {
    const data = JSON.stringify(MENDED[0]);
    expect(runFrameOf({ event: 'entry', data, id: '1' })).toEqual({
      kind: 'entry',
      logged: MENDED[0]
    });
    expect(runFrameOf({ event: 'over', data: '{}', id: '' })).toEqual({ kind: 'over' });
    expect(runFrameOf({ event: 'news', data, id: '' })).toBeNull();
    expect(runFrameOf({ event: 'entry', data: '{', id: '' })).toBeNull();
    expect(loggedOf({ sequence: 1, at: 2, event: {} })).toBeNull();
  });

  it('goes on behind an event that this page cannot read', () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const log = logOf(
      { type: 'plan', plan: { phases: 3 } },
      { type: 'dance' },
      { type: 'state', state: 'done', why: '' }
    );
    expect(pictureOf(log)).toMatchObject({ plan: null, state: 'done', sequence: 3 });
    expect(warned).toHaveBeenCalledOnce();
    warned.mockRestore();
  });
});
