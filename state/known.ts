// The type of a record, read off its schema.

type KnownKeys<T> = { [K in keyof T as string extends K ? never : K]: Known<T[K]> };

/** What is known of a value: schemas let keys of other versions through, which files keep and nobody reads. */
export type Known<T> = T extends readonly (infer Item)[]
  ? Known<Item>[]
  : T extends object
    ? [keyof KnownKeys<T>] extends [never]
      ? T
      : KnownKeys<T>
    : T;
