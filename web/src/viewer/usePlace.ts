import { useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { get } from "../api/client";
import type { Stands } from "../api/types";
import { askedFor, type PlaceOf, placeRead, placeWritten } from "../parts/places";
import { usePrefs } from "../prefs";
import type { Param } from "../view/params";

/** The place whose viewer is open, in the address of the page. */
export const placeParam: Param<PlaceOf | null> = {
  read: (said) => (said === null ? null : placeRead(said)),
  write: (value) => (value === null ? null : placeWritten(value)),
};

const stands = (place: PlaceOf, signal?: AbortSignal) =>
  get("/api/v1/sources/{sha256}/place", { path: { sha256: place.file.replace(/^sha256:/, "") }, query: askedFor(place) }, signal);

export interface Standing {
  readonly asked: UseQueryResult<Stands>;
  /** Asks for the same place again: the server writes each look down before it answers. */
  look: () => Promise<void>;
}

/** What stands at a place. Whoever asks is on record, so it is asked once, and not again behind somebody's back. */
export function useStanding(place: PlaceOf): Standing {
  const { language } = usePrefs();
  const client = useQueryClient();
  const queryKey = ["place", place, language];
  const asked = useQuery({ queryKey, queryFn: ({ signal }) => stands(place, signal), staleTime: Infinity, gcTime: 0 });
  return {
    asked,
    look: async () => {
      client.setQueryData(queryKey, await stands(place));
    },
  };
}
