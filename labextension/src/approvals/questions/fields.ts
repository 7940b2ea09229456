/** What a field of a form takes. */
export type FieldKind =
  | 'text'
  | 'email'
  | 'uri'
  | 'date'
  | 'date-time'
  | 'number'
  | 'integer'
  | 'boolean'
  | 'one'
  | 'several'
  /** Anything else: it is written as JSON. */
  | 'json';

/** One of the answers that a field offers. */
export interface IOption {
  readonly value: string;
  readonly title: string;
}

/** One field of a form; the words in it are those of whoever asks. */
export interface IField {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly kind: FieldKind;
  readonly required: boolean;
  readonly options: readonly IOption[];
  /** Bounds of a number, of a text's characters, or of how many are chosen. */
  readonly least: number | null;
  readonly most: number | null;
  /** What whoever asks suggests; undefined when nothing. */
  readonly preset: unknown;
}

type Schema = Record<string, unknown>;

/** Pointers that are followed within a schema: one may point at itself. */
const MOST_POINTERS = 8;

/**
 * The fields that a JSON schema of an object's properties asks for, in its order.
 *
 * The schema comes from whoever asks: what is no schema is taken for one that says nothing.
 */
export function fieldsOf(schema: unknown): readonly IField[] {
  const root = record(schema);
  const required = list(root['required']);
  return Object.entries(record(root['properties'])).map(([name, each]) =>
    fieldOf(name, resolved(each, root), required.includes(name))
  );
}

function fieldOf(name: string, schema: Schema, required: boolean): IField {
  const kind = kindOf(schema);
  const options = kind === 'several' ? optionsOf(record(schema['items'])) : optionsOf(schema);
  const [least, most] =
    kind === 'several'
      ? [schema['minItems'], schema['maxItems']]
      : kind === 'number' || kind === 'integer'
        ? [schema['minimum'], schema['maximum']]
        : [schema['minLength'], schema['maxLength']];
  return {
    name,
    title: text(schema['title']) || name,
    description: text(schema['description']),
    kind,
    required,
    options: kind === 'one' || kind === 'several' ? options : [],
    least: finite(least),
    most: finite(most),
    preset: schema['default']
  };
}

function kindOf(schema: Schema): FieldKind {
  const type = typeOf(schema);
  if (type === 'array') {
    return optionsOf(record(schema['items'])).length ? 'several' : 'json';
  }
  if ((type === 'string' || type === '') && optionsOf(schema).length) {
    return 'one';
  }
  switch (type) {
    case 'string':
      switch (schema['format']) {
        case 'email':
        case 'uri':
        case 'date':
        case 'date-time':
          return schema['format'];
        default:
          return schema['enum'] || schema['oneOf'] ? 'json' : 'text';
      }
    case 'number':
    case 'integer':
    case 'boolean':
      return schema['enum'] || schema['const'] !== undefined ? 'json' : type;
    default:
      return 'json';
  }
}

/** The texts that can be chosen from, with or without titles; empty when there are others among them. */
function optionsOf(schema: Schema): readonly IOption[] {
  const values = list(schema['enum']);
  const titled = list(schema['oneOf']).concat(list(schema['anyOf'])).map(record);
  if (values.length) {
    const titles = list(schema['enumNames']);
    return values.every(each => typeof each === 'string')
      ? values.map((value, at) => ({ value, title: text(titles[at]) || value }))
      : [];
  }
  return titled.every(each => typeof each['const'] === 'string')
    ? titled.map(each => {
        const value = text(each['const']);
        return { value, title: text(each['title']) || value };
      })
    : [];
}

/** Behind pointers within the schema, and without the null that stands for what may be left out. */
function resolved(schema: unknown, root: Schema): Schema {
  let found = record(schema);
  for (let step = 0; step < MOST_POINTERS; step++) {
    const pointer = found['$ref'];
    const kinds = list(found['anyOf']).filter(each => record(each)['type'] !== 'null');
    if (typeof pointer === 'string') {
      found = { ...at(root, pointer), ...without(found, '$ref') };
    } else if (kinds.length === 1) {
      found = { ...record(kinds[0]), ...without(found, 'anyOf') };
    } else {
      break;
    }
  }
  return found;
}

function at(root: Schema, pointer: string): Schema {
  const [first, ...names] = pointer.split('/');
  if (first !== '#') {
    return {};
  }
  return names.reduce<Schema>((found, name) => {
    const key = name.replace(/~1/g, '/').replace(/~0/g, '~');
    return Object.prototype.hasOwnProperty.call(found, key) ? record(found[key]) : {};
  }, root);
}

function typeOf(schema: Schema): string {
  const kinds = list(schema['type']).filter(each => each !== 'null');
  return kinds.length === 1 ? text(kinds[0]) : text(schema['type']);
}

function without(schema: Schema, name: string): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([each]) => each !== name));
}

function record(value: unknown): Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Schema)
    : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function finite(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
