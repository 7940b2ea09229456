import { describe, expect, it } from 'vitest';
import { fencedCode, fenceLanguage, holdsDiagram } from '../../../src/chat/rendering/fence';

describe('fencedCode', () => {
  it('is what stands between the fences', () => {
    expect(fencedCode('```python\na = 1\n\nb = 2\n```\n')).toBe('a = 1\n\nb = 2');
  });

  it('is what has come so far while the end is missing', () => {
    expect(fencedCode('```python\na = 1\nb')).toBe('a = 1\nb');
    expect(fencedCode('```python')).toBe('');
  });

  it('keeps shorter and other fences within', () => {
    expect(fencedCode('````md\n```python\nx\n```\n````')).toBe('```python\nx\n```');
    expect(fencedCode('~~~\n```\n~~~')).toBe('```');
  });

  it('takes off the fence’s own indent and nothing more', () => {
    expect(fencedCode('  ```\n  if x:\n      y\n  ```')).toBe('if x:\n    y');
  });
});

describe('fenceLanguage', () => {
  it('is the first word, in whatever dress', () => {
    expect(fenceLanguage('Python title=x')).toBe('python');
    expect(fenceLanguage('{.python .numberLines}')).toBe('python');
    expect(fenceLanguage('')).toBe('');
  });
});

describe('holdsDiagram', () => {
  it('sees diagrams that stand alone, in a list, in a quotation', () => {
    for (const source of [
      '```mermaid\ngraph TD\n```',
      '1. First:\n\n   ~~~Mermaid\n   graph TD\n   ~~~',
      '> - ```mermaid\n>   graph TD'
    ]) {
      expect(holdsDiagram(source), source).toBe(true);
    }
  });

  it('sees none in other code and in prose', () => {
    for (const source of ['```python\nmermaid\n```', 'use ```mermaid``` for it', 'mermaid']) {
      expect(holdsDiagram(source), source).toBe(false);
    }
  });
});
