import { nullTranslator } from '@jupyterlab/translation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldsOf } from '../../src/approvals/questions/fields';
import { asksForSecret } from '../../src/approvals/questions/secrets';
import {
  contentOf,
  presets,
  problemOf,
  takenIfEmpty,
  type Value
} from '../../src/approvals/questions/values';
import { form } from './question';

const trans = nullTranslator.load('lumina_jupyter');
const titled = [
  { const: 'r', title: 'Red' },
  { const: 'b', title: 'Blue' }
];

function only(schema: unknown, required = false) {
  return fieldsOf(form({ it: schema }, ...(required ? ['it'] : [])))[0]!;
}

/** What is sent when this stands in the field, or the sentence that says why it is not. */
function sent(schema: unknown, value: Value, required = false): unknown {
  const field = only(schema, required);
  return problemOf(field, value, trans) || contentOf([field], new Map([[field.name, value]]))['it'];
}

describe('a form', () => {
  it('has a field for each kind of schema that MCP allows, with what is suggested in it', () => {
    const kinds: [unknown, string, Value][] = [
      [{ type: 'string', default: 'a' }, 'text', 'a'],
      [{ type: 'string', format: 'email', default: 'a@b.org' }, 'email', 'a@b.org'],
      [{ type: 'string', format: 'uri' }, 'uri', ''],
      [{ type: 'string', format: 'date', default: '2026-11-22' }, 'date', '2026-11-22'],
      [{ type: 'string', format: 'date', default: 'soon' }, 'date', ''],
      [{ type: 'string', format: 'date-time', default: 'soon' }, 'date-time', ''],
      [{ type: 'string', format: 'ipv4' }, 'text', ''],
      [{ type: 'number', default: 0.5 }, 'number', '0.5'],
      [{ type: 'integer', default: 0 }, 'integer', '0'],
      [{ type: 'boolean', default: true }, 'boolean', true],
      [{ type: 'boolean' }, 'boolean', false],
      [{ type: 'string', enum: ['r', 'b'], default: 'b' }, 'one', 'b'],
      [{ type: 'string', oneOf: titled, default: 'none of them' }, 'one', ''],
      [{ type: 'array', items: { type: 'string', enum: ['r', 'b'] } }, 'several', []],
      [{ type: 'array', items: { anyOf: titled }, default: ['b', 'x'] }, 'several', ['b']],
      // What no server should ask for, and ours might: it can be answered all the same.
      [
        { anyOf: [{ type: 'integer', minimum: 1 }, { type: 'null' }], default: null },
        'integer',
        ''
      ],
      [{ type: 'object', default: { a: 1 } }, 'json', '{\n  "a": 1\n}'],
      [{ type: 'array', items: { type: 'number' } }, 'json', '']
    ];
    for (const [schema, kind, preset] of kinds) {
      const field = only(schema);
      expect([field.kind, presets([field]).get('it')], JSON.stringify(schema)).toEqual([
        kind,
        preset
      ]);
    }
    const pointed = { ...form({ it: { $ref: '#/$defs/C' } }), $defs: { C: { enum: ['r', 'b'] } } };
    expect(fieldsOf(pointed)[0]!.options.map(each => each.value)).toEqual(['r', 'b']);
    const old = only({ type: 'string', enum: ['r', 'b'], enumNames: ['Red'], title: 'Color' });
    expect([old.title, old.options.map(each => each.title)]).toEqual(['Color', ['Red', 'b']]);
  });

  it('is sent as what was asked for, or says in a sentence what is to be done', () => {
    expect(sent({ type: 'integer' }, ' 42 ')).toBe(42);
    expect(sent({ type: 'integer' }, '4.5')).toBe('Write a whole number.');
    expect(sent({ type: 'integer', minimum: 1, maximum: 9 }, '0')).toBe('It must be at least 1.');
    expect(sent({ type: 'number', minimum: 1, maximum: 9 }, '9.5')).toBe('It must be at most 9.');
    expect(sent({ type: 'number' }, '1e-3')).toBe(0.001);
    for (const wrong of ['0x10', '1,5', 'Infinity', '1e999']) {
      expect(sent({ type: 'number' }, wrong)).toMatch('This is no number');
    }
    expect(sent({ type: 'string', minLength: 2 }, '😀')).toBe('Write at least 2 characters.');
    expect(sent({ type: 'string', maxLength: 1 }, '😀')).toBe('😀');
    expect(sent({ type: 'string', maxLength: 1 }, 'abc')).toMatch('at most 1 characters');
    expect(sent({ type: 'string', pattern: '^(a+)+$' }, `${'a'.repeat(64)}!`)).toMatch(/^a+!$/);
    expect(sent({ type: 'string', format: 'email' }, 'ana')).toMatch('no e-mail address');
    expect(sent({ type: 'string', format: 'email' }, ' ana@b.org')).toBe('ana@b.org');
    expect(sent({ type: 'string', format: 'uri' }, 'example')).toMatch('no address');
    expect(sent({ type: 'string', format: 'date' }, '2026-11-22')).toBe('2026-11-22');
    const moment = sent({ type: 'string', format: 'date-time' }, '2026-11-22T10:30') as string;
    expect(moment).toMatch(/^2026-11-22T10:30:00[+-]\d\d:\d\d$/);
    expect(new Date(moment)).toEqual(new Date('2026-11-22T10:30'));
    const later = only({ type: 'string', format: 'date-time', default: moment });
    expect(presets([later]).get('it')).toBe('2026-11-22T10:30');
    const colors = { type: 'array', items: { enum: ['r', 'g', 'b'] }, minItems: 1, maxItems: 2 };
    expect(sent(colors, [])).toBe('Choose at least 1.');
    expect(sent(colors, ['r', 'g', 'b'])).toBe('Choose at most 2.');
    expect(sent(colors, ['r', 'b'])).toEqual(['r', 'b']);
    expect(sent({ type: 'object' }, '{a}')).toMatch('no JSON');
    expect(sent({ type: 'object' }, '{"a": [1]}')).toEqual({ a: [1] });
    expect(sent({ type: 'boolean' }, false)).toBe(false);
  });

  it('leaves out what was left empty, and needs what is required', () => {
    const text = { type: 'string' };
    expect(sent(text, '')).toBeUndefined();
    expect(sent(text, '', true)).toBe('Fill this in.');
    expect(sent({ enum: ['r'] }, '', true)).toBe('Choose one.');
    expect(sent({ type: 'integer' }, ' ', true)).toBe('Fill this in.');
    // Who takes a suggestion away means it; where that cannot be said, the form tells what is taken.
    expect(sent({ ...text, default: 'blue' }, '')).toBe('');
    expect(takenIfEmpty(only({ ...text, default: 'blue' }), '')).toBe('');
    expect(sent({ type: 'integer', default: 5 }, '')).toBeUndefined();
    expect(takenIfEmpty(only({ type: 'integer', default: 5 }), '')).toBe('5');
    expect(sent({ type: 'array', items: { enum: ['r'] }, default: ['r'] }, [])).toEqual([]);
  });

  it('stands whatever the schema says, and never sends what has a problem', () => {
    const odd = fc.oneof(
      fc.anything(),
      fc.record(
        {
          type: fc.oneof(fc.constantFrom('string', 'integer', 'array', 'boolean'), fc.anything()),
          enum: fc.anything(),
          items: fc.anything(),
          $ref: fc.constantFrom('#', '#/properties/a', '#/__proto__/toString', 'http://x'),
          anyOf: fc.array(fc.anything()),
          minimum: fc.anything(),
          default: fc.anything()
        },
        { requiredKeys: [] }
      )
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), odd), fc.string(), (properties, written) => {
        const fields = fieldsOf({ properties, required: Object.keys(properties) });
        const begun = presets(fields);
        for (const field of fields) {
          problemOf(field, begun.get(field.name)!, trans);
          if (typeof begun.get(field.name) === 'string') {
            problemOf(field, written, trans);
          }
        }
        contentOf(fields, begun);
      })
    );
    expect(fieldsOf(null)).toEqual([]);
    const proto = JSON.parse('{"properties": {"__proto__": {"type": "string"}}}') as unknown;
    const fields = fieldsOf(proto);
    const content = contentOf(fields, new Map([['__proto__', 'x']]));
    expect(JSON.stringify(content)).toBe('{"__proto__":"x"}');
    expect(Object.getPrototypeOf(content)).toBe(Object.prototype);
  });

  it('that asks for a secret is known', () => {
    const asks = (message: string, name = 'it') =>
      asksForSecret(message, fieldsOf(form({ [name]: {} })));
    expect(asks('Your password?')).toBe(true);
    expect(asks('Log in', 'apiKey')).toBe(true);
    expect(asks('Log in', 'card_number')).toBe(true);
    expect(asks('How many tokens? Pinned to the compass, keyboard?', 'spinach')).toBe(false);
    expect(asksForSecret('Your password?', [])).toBe(false);
  });
});
