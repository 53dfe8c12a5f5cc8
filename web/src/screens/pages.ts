import {
  Banknote, BookCheck, CalendarClock, FileText, Gauge, HardDrive, Inbox, Layers, type LucideIcon, Map, Scale, Share2, UserRound, Waypoints,
} from "lucide-react";
import { type Later, later } from "./later";
import { SCREENS, type ScreenId } from "./list";
import Operation from "./operation";

interface Page extends Later {
  readonly icon: LucideIcon;
}

/** What each screen shows. One that is in the list and not here does not compile. */
export const PAGES: Record<ScreenId, Page> = {
  intake: { icon: Inbox, ...later(() => import("./intake")) },
  // It comes with the program, because most sessions begin with it.
  operation: { icon: Gauge, Component: Operation, load: () => Promise.resolve() },
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

/** Loads the screen of an address. Where that fails the screen itself says so. */
export async function load(path: string): Promise<void> {
  const page = SCREENS.find((screen) => screen.path === path)?.id;
  if (page !== undefined) await PAGES[page].load().catch(() => undefined);
}
