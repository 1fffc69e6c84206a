/**
 * Strict readers for parsed JSON. A reader returns a value of its type or throws `Malformed`,
 * which names the place; only `decode.ts` calls them, and it catches.
 */

export class Malformed extends Error {
  constructor(path: string, wanted: string) {
    super(`${path === '' ? 'frame' : path}: ${wanted} wanted`);
    this.name = 'Malformed';
  }
}

export type Reader<T> = (value: unknown, path: string) => T;

/** Field name → reader. A reader made by `optional` may meet `undefined`. */
export type Fields<T> = { readonly [K in keyof T]-?: Reader<T[K]> };

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const text: Reader<string> = (value, path) => {
  if (typeof value !== 'string') throw new Malformed(path, 'a string');
  return value;
};

export const flag: Reader<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw new Malformed(path, 'true or false');
  return value;
};

export const number: Reader<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Malformed(path, 'a number');
  return value;
};

/** A whole number that a double holds exactly. */
export const integer: Reader<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new Malformed(path, 'a whole number');
  }
  return value;
};

/** A position, duration or count: finite and not negative. */
export const atLeastZero: Reader<number> = (value, path) => {
  const read = number(value, path);
  if (read < 0) throw new Malformed(path, 'a number that is not negative');
  return read;
};

export const positive: Reader<number> = (value, path) => {
  const read = number(value, path);
  if (read <= 0) throw new Malformed(path, 'a number above zero');
  return read;
};

/** Anything at all, for payloads that are not ours to judge. */
export const anything: Reader<unknown> = (value) => value;

export function oneOf<const T extends string>(choices: readonly T[]): Reader<T> {
  return (value, path) => {
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw new Malformed(path, `one of ${choices.join(', ')}`);
    return found;
  };
}

export function nullable<T>(inner: Reader<T>): Reader<T | null> {
  return (value, path) => (value === null ? null : inner(value, path));
}

/** Null and absent both read as null: for fields that older servers leave out. */
export function orNull<T>(inner: Reader<T>): Reader<T | null> {
  return (value, path) => (value === null || value === undefined ? null : inner(value, path));
}

/** Absent reads as `fallback`; present must be right. */
export function orElse<T>(inner: Reader<T>, fallback: T): Reader<T> {
  return (value, path) => (value === undefined ? fallback : inner(value, path));
}

export function list<T>(inner: Reader<T>): Reader<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw new Malformed(path, 'a list');
    return value.map((entry: unknown, index) => inner(entry, `${path}[${String(index)}]`));
  };
}

/** An object with at least these fields; what else it holds is dropped. */
export function object<T>(fields: Fields<T>): Reader<T> {
  const entries = Object.entries<Reader<unknown>>(fields);
  return (value, path) => {
    if (!isRecord(value)) throw new Malformed(path, 'an object');
    const read: Record<string, unknown> = {};
    for (const [name, reader] of entries) {
      const field = Object.hasOwn(value, name) ? value[name] : undefined;
      read[name] = reader(field, path === '' ? name : `${path}.${name}`);
    }
    return read as T;
  };
}

/** As `object`, but each field may be absent and then stays absent. */
export function partial<T>(fields: Fields<T>): Reader<Partial<T>> {
  const entries = Object.entries<Reader<unknown>>(fields);
  return (value, path) => {
    if (!isRecord(value)) throw new Malformed(path, 'an object');
    const read: Record<string, unknown> = {};
    for (const [name, reader] of entries) {
      if (!Object.hasOwn(value, name)) continue;
      read[name] = reader(value[name], path === '' ? name : `${path}.${name}`);
    }
    return read as Partial<T>;
  };
}
