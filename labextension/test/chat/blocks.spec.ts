import fc from 'fast-check';
import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { MarkdownBlocks, type IMarkdownBlock } from '../../src/chat/model/blocks';
import { fixedText, GrowingText } from '../../src/chat/model/text';

function split(text: string): readonly IMarkdownBlock[] {
  return new MarkdownBlocks().update(fixedText(text));
}

function sources(text: string): string[] {
  return split(text).map(block => block.source);
}

/** What a reader sees, without the white space between blocks. */
function html(text: string): string {
  return (marked.parse(text, { async: false }) as string).replace(/\n+/g, '\n').trim();
}

const line = fc.constantFrom(
  ...['', '', '', 'word', 'two words', '    code', 'a | b', '--- | ---', '| 1 | 2 |', '# title'],
  ...['---', '===', '> quote', '>', '***', '[a]', '- item', '* item', '1. one', '2. two', '-'],
  ...['  - nested', '  more', '```', '```py', '````', '~~~', '  ```', '- ```js', '    ```'],
  ...['<div>', '</div>', '<details>', '</details>', '<!-- c', '-->', '<hr>', '<b>x</b>']
);
const mathLine = fc.constantFrom(
  '$$',
  'x = 1',
  '\\[',
  '\\]',
  '$$ y',
  'a $$ b $$ c',
  'so $$',
  '- z'
);
const document = (lines: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(lines, fc.constantFrom('\n', '\n', '\n', '\r\n')), {
      size: 'large',
      maxLength: 30
    })
    .map(pairs => pairs.map(pair => pair.join('')).join(''));

/** What people and models write: pieces of Markdown that end as they should. */
const words = fc.constantFrom(
  'One word.',
  'Two\nlines.',
  'A `code` and [a](b).',
  '2. no list',
  '#no title'
);
const code = fc.constantFrom(
  'x = 1',
  'a\n\nb',
  '# no title',
  '- no list',
  '<div>',
  '~~~',
  '    deep'
);
const fenced = fc
  .tuple(fc.constantFrom('```', '````', '~~~~'), fc.constantFrom('', 'py', 'js x'), code)
  .map(([marks, info, text]) => `${marks}${info}\n${text}\n${marks}`);
const indented = (text: string, by: string): string => text.replace(/\n(?=[^\n])/g, `\n${by}`);
const list = fc
  .tuple(
    fc.constantFrom('- ', '* ', '1. ', '10. '),
    fc.array(fc.oneof(words, fenced, fc.constant('a\n- nested\n- twice'), fc.constant('a\n\nb')), {
      minLength: 1,
      maxLength: 4
    }),
    fc.constantFrom('\n', '\n\n')
  )
  .map(([mark, items, between]) =>
    items.map(item => mark + indented(item, ' '.repeat(mark.length))).join(between)
  );
const piece = fc.oneof(
  words,
  fenced,
  list,
  fc.constantFrom('# Title', '## Title ##', 'Title\n===', 'Title\n---', '***', '- - -'),
  fc.constantFrom(
    '> quote\n> more',
    '> - item\n> - item',
    '> a\nlazy',
    '> ```\n> x\n>\n> y\n> ```'
  ),
  fc.constantFrom('| a | b |\n|---|---|\n| 1 | 2 |', 'a | b\n-|-\n1 | 2\n3 | 4'),
  fc.constantFrom('    indented\n\n    code', '<hr>', '<!-- a\n\n# b -->', '<b>x</b> text'),
  fc.constantFrom('<div>\n\n# Title\n\n<div>a</div>\n</div>', '<pre>\na\n\n- b\n</pre>'),
  fenced.map(text => `<details>\n<summary>More</summary>\n\n${text}\n\n</details>`)
);
const wellFormed = fc
  .array(fc.tuple(piece, fc.constantFrom('\n\n', '\n\n\n', '\r\n\r\n')), { maxLength: 10 })
  .map(pairs => pairs.map(pair => pair.join('')).join(''));

describe('the splitter of Markdown', () => {
  it('leaves nothing out and adds nothing, and never changes what is finished', () => {
    fc.assert(
      fc.property(
        document(fc.oneof(line, mathLine)),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (text, sizes) => {
          const growing = new GrowingText();
          const splitter = new MarkdownBlocks();
          let blocks: readonly IMarkdownBlock[] = [];
          for (let from = 0, n = 0; from < text.length; n++) {
            const size = sizes[n % sizes.length]!;
            growing.append(text.slice(from, from + size));
            from += size;
            const closed = blocks.filter(block => block.closed);
            blocks = splitter.update(growing.snapshot());
            closed.forEach((block, place) => expect(blocks[place]).toBe(block));
            expect(blocks.map(block => block.source).join('')).toBe(text.slice(0, from));
            expect(new Set(blocks.map(block => block.key)).size).toBe(blocks.length);
          }
          expect(blocks).toEqual(split(text));
        }
      ),
      { numRuns: 300 }
    );
  });

  it('cuts only where the pieces show what the whole shows', () => {
    fc.assert(
      fc.property(wellFormed, text => {
        const pieces = sources(text).map(html).filter(Boolean).join('\n');
        expect(pieces).toBe(html(text));
      }),
      { numRuns: 2000 }
    );
  });
});
