import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { continuation, insertion, replacement } from '../../src/cellActions/code';

const block = (code: string, language = 'python') => `\`\`\`${language}\n${code}\n\`\`\``;
const replaced = (answer: string, source = 'x = 1') => replacement(answer, source, 'python');

/** Lines of code without fences, quotes or blank ends. */
const code = fc
  .array(
    fc
      .tuple(
        fc.constantFrom('', '    ', '\t'),
        fc.stringMatching(/^[a-z_]{1,8} = [a-z0-9()+*]{1,9}$/)
      )
      .map(([indent, line]) => indent + line),
    { minLength: 1, maxLength: 8 }
  )
  .map(lines => lines.join('\n'));
const prose = fc.array(fc.stringMatching(/^[A-Z][a-z ,]{0,30}\.$/), { maxLength: 3 });

describe('replacement', () => {
  it('takes one block whatever is said around it', () => {
    fc.assert(
      fc.property(
        prose,
        code,
        prose,
        fc.constantFrom('', 'python', 'py', 'Python'),
        (a, made, b, language) => {
          const answer = [...a, block(made, language), ...b].join('\n\n');
          const found = replaced(answer, 'nothing = like_it');
          expect(found.code).toBe(made);
          expect(found.remark).toBe((b.length ? b : a).join('\n\n'));
        }
      )
    );
  });

  it('takes a block that is not closed, has Windows line ends, or stands in a list', () => {
    expect(replaced('```python\nx = 2').code).toBe('x = 2');
    expect(replaced('```python\r\nx = 2\r\ny = 3\r\n```\r\n').code).toBe('x = 2\ny = 3');
    expect(replaced('1. So:\n\n   ```python\n   if x:\n       y = 2\n   ```').code).toBe(
      'if x:\n    y = 2'
    );
    expect(replaced('~~~python\nx = 2\n~~~').code).toBe('x = 2');
  });

  it('keeps fences that are inside of a string', () => {
    const made = 'text = """\n```\ninner\n```\n"""\nprint(text)';
    expect(replaced(block(made)).code).toBe(made);
    expect(replaced('````python\n' + made + '\n````').code).toBe(made);
    const quotes = "a = 'it\\'s'  # isn't a \"\"\"\nb = \"'''\"";
    expect(replaced(`${block(quotes)}\n\nDone.`).code).toBe(quotes);
  });

  it('takes of several blocks the one most like the cell that is not the cell itself', () => {
    const source = 'def add(a, b):\n    return a - b';
    const fixed = 'def add(a, b):\n    return a + b';
    for (const answer of [
      `Before:\n${block(source)}\nAfter:\n${block(fixed)}\n`,
      `${block(fixed)}\nUse it so:\n${block('add(1, 2)')}`,
      `${block('pip install x', 'bash')}\n${block(fixed)}`
    ]) {
      expect(replacement(answer, source, 'python').code).toBe(fixed);
    }
  });

  it('says that nothing changes by giving the cell back', () => {
    expect(replaced(block('x = 1')).code).toBe('x = 1');
    expect(replaced(block('x = 1'), '\n\nx = 1\n\n').code).toBe('\n\nx = 1\n\n');
  });

  it('takes code that has no fence, and no prose', () => {
    expect(replaced('x = 2\nprint(x)').code).toBe('x = 2\nprint(x)');
    const said = replaced('I cannot change this cell, because it is right as it stands.');
    expect(said).toEqual({
      code: null,
      remark: 'I cannot change this cell, because it is right as it stands.'
    });
    expect(replaced('').code).toBeNull();
    expect(replaced('```\n```').code).toBeNull();
  });

  it('keeps a cell magic, and the white space around the cell', () => {
    expect(replaced(block('x = 2'), '%%time\nx = 1\n').code).toBe('%%time\nx = 2\n');
    expect(replaced(block('%%time\nx = 2'), '%%time\nx = 1').code).toBe('%%time\nx = 2');
    expect(replaced(block('%matplotlib inline\nx = 2'), '%matplotlib inline\nx = 1').code).toBe(
      '%matplotlib inline\nx = 2'
    );
  });

  it('keeps the indentation of the first line', () => {
    expect(replaced(block('    x = 2')).code).toBe('    x = 2');
  });

  it('keeps the fences of a Markdown cell', () => {
    const text = '# Title\n\n```python\nx = 1\n```\n\nMore.';
    const fenced = `\`\`\`markdown\n${text}\n\`\`\``;
    expect(replacement(fenced, '# Titel', 'markdown').code).toBe(text);
    expect(replacement('# Title\n\nText.', '# Titel', 'markdown').code).toBe('# Title\n\nText.');
  });

  it('never fails', () => {
    const piece = fc.constantFrom(
      '```',
      '```python',
      '````',
      '~~~',
      "'''",
      '"""',
      'x = 1',
      '  ',
      '\n'
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(piece, fc.string()), { maxLength: 30 }),
        fc.string(),
        (parts, source) => {
          const answer = parts.join('\n');
          for (const language of ['python', 'markdown']) {
            replacement(answer, source, language);
            insertion(answer, language);
            continuation(answer, source, language);
          }
        }
      )
    );
  });
});

describe('insertion', () => {
  it('takes all blocks of the language', () => {
    const answer = `${block('assert f(1) == 1')}\nand\n${block('assert f(2) == 2')}\n${block('ls', 'bash')}`;
    expect(insertion(answer, 'python').code).toBe('assert f(1) == 1\n\nassert f(2) == 2');
  });
});

describe('continuation', () => {
  it('adds what comes next, whether or not the answer begins with the cell', () => {
    fc.assert(
      fc.property(code, code, (source, next) => {
        fc.pre(!next.startsWith(source) && !source.includes(next.split('\n')[0]!));
        const whole = `${source}\n${next}`;
        expect(continuation(block(next), source, 'python').code).toBe(whole);
        expect(continuation(block(whole), source, 'python').code).toBe(whole);
      })
    );
  });

  it('goes on in the middle of a line', () => {
    const source = 'import pandas as pd\ndf = pd.read';
    const answer = block('df = pd.read_csv("a.csv")\ndf.head()');
    expect(continuation(answer, source, 'python').code).toBe(
      'import pandas as pd\ndf = pd.read_csv("a.csv")\ndf.head()'
    );
  });
});
