import { describe, expect, it } from 'vitest';
import { choicesIn } from '../../src/activity/words';

describe('what a run asks', () => {
  it('is told apart from the words that answer it', () => {
    const asked = "The step 'Run it' failed: NameError\n  line 1";
    const text = `${asked}\nWhat shall be done? \`again\` tries once more, \`stop\` ends it.`;
    expect(choicesIn(text)).toEqual({ asked, choices: ['again', 'stop'] });
    expect(choicesIn('Which of `a` and `b`?').choices).toEqual([]);
    expect(choicesIn('')).toEqual({ asked: '', choices: [] });
  });
});
