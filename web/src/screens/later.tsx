import { type ComponentType, useEffect, useState } from "react";

/** Something that is loaded when somebody goes there, or a little before. */
export interface Later {
  readonly Component: ComponentType;
  /** Loads it, so that it is there when it is asked for. */
  readonly load: () => Promise<void>;
}

/**
 * A screen in a file of its own. Nothing stands in its place until it is there: React keeps whatever it shows instead of
 * something lazy for a third of a second, however soon the file comes.
 */
export function later(load: () => Promise<{ readonly default: ComponentType }>): Later {
  let loaded: ComponentType | null = null;
  let loading: Promise<void> | null = null;
  const ready = () => {
    loading ??= load().then(
      (module) => {
        loaded = module.default;
      },
      (problem: unknown) => {
        // Whoever comes again asks again.
        loading = null;
        throw problem;
      },
    );
    return loading;
  };
  function Component() {
    const [state, setState] = useState<{ readonly failed: unknown } | "waiting" | "there">(loaded === null ? "waiting" : "there");
    useEffect(() => {
      if (state !== "waiting") return undefined;
      let mine = true;
      ready().then(
        () => mine && setState("there"),
        (failed: unknown) => mine && setState({ failed }),
      );
      return () => {
        mine = false;
      };
    }, [state]);
    if (typeof state === "object") throw state.failed;
    const Loaded = loaded;
    return Loaded === null ? null : <Loaded />;
  }
  return { Component, load: ready };
}
