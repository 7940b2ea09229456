/** Reads what came over the wire, whatever it is: a server may be older or newer than this panel. */
export type Fields = { readonly [field: string]: unknown };

export function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

export function numberOf(fields: Fields, name: string): number {
  const value = fields[name];
  return typeof value === 'number' ? value : 0;
}

export function numberOrNull(fields: Fields, name: string): number | null {
  const value = fields[name];
  return typeof value === 'number' ? value : null;
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

export function listOf<T>(fields: Fields, name: string): readonly T[] {
  const value = fields[name];
  return Array.isArray(value) ? (value as T[]) : [];
}
