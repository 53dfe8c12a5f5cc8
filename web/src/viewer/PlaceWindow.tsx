import { lazy, type ReactNode, Suspense, useCallback, useEffect, useRef } from "react";
import { PlaceViewer } from "../parts/Place";
import type { PlaceOf } from "../parts/places";
import { useEntity } from "../shell/entity";
import { useView } from "../view/params";
import { placeParam } from "./usePlace";

const Viewer = lazy(() => import("./Viewer"));
const SHAPE = { place: placeParam };

/** Gives every place inside the way to its viewer, which stands in the address of the page. */
export function PlaceWindow({ children }: { children: ReactNode }) {
  const [{ place }, change] = useView(SHAPE);
  const entity = useEntity();
  const latest = useRef(change);
  useEffect(() => {
    latest.current = change;
  });
  // One function for good, or each change of the address would draw every place of a long table again.
  const open = useCallback((next: PlaceOf) => latest.current({ place: next }), []);
  return (
    <PlaceViewer value={open}>
      {children}
      {place ? (
        <Suspense fallback={null}>
          <Viewer place={place} onPlace={open} onClose={() => change({ place: null })} onFile={(sha256) => entity.open({ kind: "source", id: sha256 })} />
        </Suspense>
      ) : null}
    </PlaceViewer>
  );
}
