import {
  Banknote, BookCheck, CalendarClock, FileText, Gauge, HardDrive, Inbox, Layers, type LucideIcon, Map, Scale, Share2, UserRound, Waypoints,
} from "lucide-react";
import type { QueryClient } from "@tanstack/react-query";
import { LEADS, OVERVIEW } from "../api/asked";
import { type Later, later } from "./later";
import { SCREENS, type ScreenId } from "./list";

interface Page extends Later {
  readonly icon: LucideIcon;
  /** What it asks for whatever it is asked. */
  readonly ahead?: (queries: QueryClient) => void;
}

/** What each screen shows. One that is in the list and not here does not compile. */
export const PAGES: Record<ScreenId, Page> = {
  intake: { icon: Inbox, ...later(() => import("./intake")) },
  operation: {
    icon: Gauge,
    ...later(() => import("./operation")),
    ahead: (queries) => {
      void queries.prefetchQuery(OVERVIEW);
      void queries.prefetchQuery(LEADS);
    },
  },
  person: { icon: UserRound, ...later(() => import("./person")) },
  timeline: { icon: CalendarClock, ...later(() => import("./timeline")) },
  graph: { icon: Waypoints, ...later(() => import("./graph")) },
  exchange: { icon: Share2, ...later(() => import("./exchange")) },
  payments: { icon: Banknote, ...later(() => import("./payments")) },
  map: { icon: Map, ...later(() => import("./map")) },
  exhibits: { icon: HardDrive, ...later(() => import("./exhibits")) },
  grading: { icon: Layers, ...later(() => import("./grading")) },
  legal: { icon: Scale, ...later(() => import("./legal")) },
  ledger: { icon: BookCheck, ...later(() => import("./ledger")) },
  report: { icon: FileText, ...later(() => import("./report")) },
};

/** Begins to load the screen of an address with what it will ask for, while the rest of the program starts. */
export function beginWith(path: string, queries: QueryClient): void {
  const page = SCREENS.find((screen) => screen.path === path)?.id;
  if (page === undefined) return;
  // Where that fails the screen itself says so.
  PAGES[page].load().catch(() => undefined);
  PAGES[page].ahead?.(queries);
}
