import { useCallback, useMemo } from "react";
import { useSearchParams } from "wouter";

/** How one part of a view is written in the address of the page. */
export interface Param<T> {
  /** Foreign text never fails: what cannot be read is the value of a page without it. */
  read: (said: string | null) => T;
  /** Null leaves it out. */
  write: (value: T) => string | null;
}

export const text: Param<string> = { read: (said) => said ?? "", write: (value) => value || null };

export const maybe: Param<string | null> = { read: (said) => said || null, write: (value) => value };

export const flag: Param<boolean> = { read: (said) => said === "1", write: (value) => (value ? "1" : null) };

export function whole(first: number): Param<number> {
  return {
    read: (said) => (said !== null && /^\d{1,15}$/.test(said) ? Number(said) : first),
    write: (value) => (value === first ? null : String(value)),
  };
}

export function oneOf<const T extends string>(values: readonly [T, ...T[]]): Param<T> {
  const [first] = values;
  return {
    read: (said) => values.find((value) => value === said) ?? first,
    write: (value) => (value === first ? null : value),
  };
}

/** How each part of a view `V` is written. */
export type Shape<V> = { readonly [K in keyof V]: Param<V[K]> };

export function readView<V extends object>(shape: Shape<V>, search: URLSearchParams): V {
  const entries = Object.entries(shape as Readonly<Record<string, Param<unknown>>>).map(([name, param]) => [name, param.read(search.get(name))]);
  return Object.fromEntries(entries) as V;
}

/** The address with `change` in it; whatever else the address says stays. */
export function writeView<V extends object>(shape: Shape<V>, search: URLSearchParams, change: Partial<NoInfer<V>>): URLSearchParams {
  const next = new URLSearchParams(search);
  const params = shape as Readonly<Record<string, Param<unknown>>>;
  for (const [name, value] of Object.entries(change)) {
    const said = params[name]?.write(value) ?? null;
    if (said === null) next.delete(name);
    else next.set(name, said);
  }
  return next;
}

/**
 * The state of a view, kept in the address of the page: a link or a reload shows the same.
 * `shape` stands outside the component, for example `{ band: oneOf(["all", "high"]), offset: whole(0) }`.
 */
export function useView<V extends object>(shape: Shape<V>): [V, (change: Partial<V>) => void] {
  const [search, setSearch] = useSearchParams();
  const view = useMemo(() => readView(shape, search), [shape, search]);
  const change = useCallback(
    (wanted: Partial<V>) => setSearch((now) => writeView(shape, now, wanted), { replace: true }),
    [shape, setSearch],
  );
  return [view, change];
}
