import type { Kind } from './kinds.js';

/** One row of the settings table. The variable's name is the row's key. */
export type Setting<T> = {
  readonly kind: Kind<T>;
  /** As it would be written in the environment; null: unset unless somebody sets it. */
  readonly default: string | null;
  readonly unit?:
    | 'ms'
    | 'h'
    | 'days'
    | 'per account'
    | 'in all'
    | 'MB per process'
    | 'proxies'
    | 'attempts'
    | 'per key and second'
    | 'per account, not ended';
  /** Never shown, and may also be given as `NAME_FILE`, which is read again when the file changes. */
  readonly secret?: true;
  /** The variable holds a path; its value is the file's text. */
  readonly file?: true;
  /** Other programs read it too, and its name in lower case before it: so does Waybill. */
  readonly lowerCaseToo?: true;
  readonly meaning: string;
};

export type SettingTable = Readonly<Record<string, Setting<unknown>>>;

/** What a table's settings come to: null only where there is no default. */
export type ValuesOf<Table extends SettingTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Setting<infer T>
    ? T | (Table[Name]['default'] extends string ? never : null)
    : never;
};
