import { describe, expect, it } from 'vitest';
import { knownFormulas } from '../../../src/chat/rendering/formulas';

describe('formulas', () => {
  it.each([
    ['The area is \\(\\pi r^2\\).', 'The area is \\\\(\\pi r^2\\\\).'],
    ['\\[\n\\sum_i x_i\n\\]', '\\\\[\n\\sum_i x_i\n\\\\]'],
    ['\\(a\\) and \\(b\\)', '\\\\(a\\\\) and \\\\(b\\\\)']
  ])('are given the delimiters that JupyterLab knows: %s', (source, known) => {
    expect(knownFormulas(source)).toBe(known);
  });

  it.each([
    '`\\(x\\)` is how a formula is written',
    '- a pattern:\n  ```python\n  re.compile("\\(a\\)")\n  ```',
    'already \\\\(x\\\\)',
    'an opening \\( that nothing closes',
    'a list[0](1) and f(x)',
    '$x$ and $$y$$'
  ])('leave everything else alone: %s', source => {
    expect(knownFormulas(source)).toBe(source);
  });
});
