import {
  Banknote, BookCheck, CalendarClock, FileText, Gauge, HardDrive, Inbox, Layers, type LucideIcon, Map, Scale, Share2, UserRound, Waypoints,
} from "lucide-react";
import { type ComponentType, lazy, type LazyExoticComponent } from "react";
import type { ScreenId } from "./list";

interface Page {
  readonly icon: LucideIcon;
  /** Loaded when somebody goes there: each screen is a file of its own. */
  readonly Component: LazyExoticComponent<ComponentType>;
}

/** What each screen shows. One that is in the list and not here does not compile. */
export const PAGES: Record<ScreenId, Page> = {
  intake: { icon: Inbox, Component: lazy(() => import("./intake")) },
  operation: { icon: Gauge, Component: lazy(() => import("./operation")) },
  person: { icon: UserRound, Component: lazy(() => import("./person")) },
  timeline: { icon: CalendarClock, Component: lazy(() => import("./timeline")) },
  graph: { icon: Waypoints, Component: lazy(() => import("./graph")) },
  exchange: { icon: Share2, Component: lazy(() => import("./exchange")) },
  payments: { icon: Banknote, Component: lazy(() => import("./payments")) },
  map: { icon: Map, Component: lazy(() => import("./map")) },
  exhibits: { icon: HardDrive, Component: lazy(() => import("./exhibits")) },
  grading: { icon: Layers, Component: lazy(() => import("./grading")) },
  legal: { icon: Scale, Component: lazy(() => import("./legal")) },
  ledger: { icon: BookCheck, Component: lazy(() => import("./ledger")) },
  report: { icon: FileText, Component: lazy(() => import("./report")) },
};
