import type { TranslationBundle } from '@jupyterlab/translation';
import type { IField } from './fields';

/** What stands in a field: a text, whether it is ticked, or what is chosen. */
export type Value = string | boolean | readonly string[];
/** What stands in a form, by the fields' names. */
export type Values = ReadonlyMap<string, Value>;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const EMAIL = /^[^\s@]+@[^\s@]+$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** What stands in a form before anybody has written into it: what whoever asks suggests. */
export function presets(fields: readonly IField[]): Values {
  return new Map(fields.map(field => [field.name, presetOf(field)]));
}

function presetOf({ kind, options, preset }: IField): Value {
  const known = (value: unknown) => options.some(each => each.value === value);
  switch (kind) {
    case 'boolean':
      return preset === true;
    case 'several':
      return Array.isArray(preset) ? (preset as unknown[]).filter(isText).filter(known) : [];
    case 'one':
      return isText(preset) && known(preset) ? preset : '';
    case 'number':
    case 'integer':
      return typeof preset === 'number' ? String(preset) : '';
    case 'date':
      return isText(preset) && DATE.test(preset) ? preset : '';
    case 'date-time':
      return isText(preset) ? localTime(preset) : '';
    case 'json':
      return preset === undefined ? '' : JSON.stringify(preset, null, 2);
    default:
      return isText(preset) ? preset : '';
  }
}

/** What is wrong with what stands in a field, as a sentence that says what to do; empty when nothing is. */
export function problemOf(field: IField, value: Value, trans: TranslationBundle): string {
  const { kind, least, most, required } = field;
  if (typeof value === 'boolean') {
    return '';
  }
  if (typeof value !== 'string') {
    return chosenProblem(value.length, least, most, trans);
  }
  const written = value.trim();
  if (!written && !(value && kind === 'text')) {
    return !required ? '' : kind === 'one' ? trans.__('Choose one.') : trans.__('Fill this in.');
  }
  switch (kind) {
    case 'number':
    case 'integer':
      return numberProblem(written, kind === 'integer', least, most, trans);
    case 'email':
      return EMAIL.test(written)
        ? lengthProblem(written, least, most, trans)
        : trans.__('This is no e-mail address: write one as name@example.org.');
    case 'uri':
      return isAddress(written)
        ? lengthProblem(written, least, most, trans)
        : trans.__('This is no address: write one as https://example.org.');
    case 'json':
      return parsed(written) === undefined
        ? trans.__('This is no JSON: texts stand in quotes, as "red".')
        : '';
    case 'text':
      return lengthProblem(value, least, most, trans);
    default:
      return '';
  }
}

type Bound = number | null;

function numberProblem(
  written: string,
  whole: boolean,
  least: Bound,
  most: Bound,
  trans: TranslationBundle
): string {
  const value = NUMBER.test(written) ? Number(written) : NaN;
  if (!Number.isFinite(value)) {
    return whole
      ? trans.__('This is no number: write one as 42.')
      : trans.__('This is no number: write one as 4.2.');
  }
  if (whole && !Number.isSafeInteger(value)) {
    return trans.__('Write a whole number.');
  }
  if (least !== null && value < least) {
    return trans.__('It must be at least %1.', least);
  }
  return most !== null && value > most ? trans.__('It must be at most %1.', most) : '';
}

function lengthProblem(text: string, least: Bound, most: Bound, trans: TranslationBundle): string {
  const { length } = [...text];
  if (least !== null && length < least) {
    return trans._n('Write at least %1 character.', 'Write at least %1 characters.', least);
  }
  return most !== null && length > most
    ? trans.__('Write at most %1 characters: these are %2.', most, length)
    : '';
}

function chosenProblem(count: number, least: Bound, most: Bound, trans: TranslationBundle): string {
  if (least !== null && count < least) {
    return trans.__('Choose at least %1.', least);
  }
  return most !== null && count > most ? trans.__('Choose at most %1.', most) : '';
}

/** What is sent of a form that has no problem: what was left empty is left out. */
export function contentOf(fields: readonly IField[], values: Values): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap(field => {
      const value = sent(field, values.get(field.name) ?? presetOf(field));
      return value === undefined ? [] : [[field.name, value]];
    })
  );
}

function sent(field: IField, value: Value): unknown {
  const { kind, least, preset, required } = field;
  if (typeof value === 'boolean') {
    return value;
  }
  if (typeof value !== 'string') {
    return value.length || required || preset !== undefined ? value : undefined;
  }
  const written = value.trim();
  if (kind === 'text') {
    // Who takes a suggestion away means it: what is left out, the server fills with it again.
    return value || (isText(preset) && preset && !least) ? value : undefined;
  }
  if (!written) {
    return undefined;
  }
  switch (kind) {
    case 'number':
    case 'integer':
      return Number(written);
    case 'json':
      return parsed(written);
    case 'date-time':
      return withZone(written);
    default:
      return written;
  }
}

/** The suggestion that is taken where a field is left empty, as it would be read; empty when there is none. */
export function takenIfEmpty(field: IField, value: Value): string {
  const { kind, least, preset } = field;
  const settles = kind === 'boolean' || kind === 'one' || (kind === 'text' && !least);
  if (settles || preset === undefined || preset === null || typeof value !== 'string') {
    return '';
  }
  return value.trim() ? '' : isText(preset) ? preset : JSON.stringify(preset);
}

/** A moment in the browser's own time zone, as a date field has it; empty when it is none. */
function localTime(moment: string): string {
  const at = new Date(moment);
  if (Number.isNaN(at.getTime())) {
    return '';
  }
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString();
  return at.getSeconds() ? local.slice(0, 19) : local.slice(0, 16);
}

/** What a date field has, with the browser's time zone. */
function withZone(local: string): string {
  const offset = -new Date(local).getTimezoneOffset();
  const two = (number: number) => String(number).padStart(2, '0');
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  const seconds = local.length === 16 ? ':00' : '';
  return `${local}${seconds}${offset < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isAddress(text: string): boolean {
  try {
    return Boolean(new URL(text));
  } catch {
    return false;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
