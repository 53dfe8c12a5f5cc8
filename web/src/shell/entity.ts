import { useCallback } from "react";
import { ENTITY_KINDS, type EntityKind } from "../parts/EntityCard";
import { type Param, useView } from "../view/params";

export interface EntityRef {
  readonly kind: EntityKind;
  readonly id: string;
}

/** Written in the address as `line:borea/B3747938`. */
export const entityParam: Param<EntityRef | null> = {
  read: (said) => {
    const at = said?.indexOf(":") ?? -1;
    const kind = ENTITY_KINDS.find((one) => one === said?.slice(0, at));
    const id = said?.slice(at + 1) ?? "";
    return kind === undefined || id === "" ? null : { kind, id };
  },
  write: (value) => (value === null ? null : `${value.kind}:${value.id}`),
};

const SHAPE = { entity: entityParam };

/** The entity whose card stands at the right, and how to change it, from any screen. */
export function useEntity(): { entity: EntityRef | null; open: (entity: EntityRef) => void; close: () => void } {
  const [{ entity }, change] = useView(SHAPE);
  const open = useCallback((next: EntityRef) => change({ entity: next }), [change]);
  const close = useCallback(() => change({ entity: null }), [change]);
  return { entity, open, close };
}
