import type { Fineness } from "./time";

/** How long the stretch is in which an instant lies that its source wrote no finer; null for a second and finer. */
export function widthMs(precision: string | null): number | null {
  switch (precision) {
    case "minute": return null;
    case "hour": return 3_600_000;
    case "day": return 86_400_000;
    // The clocks showed it twice: an hour apart.
    case "repeated_hour": return 3_601_000;
    default: return null;
  }
}

/** How fine a time is to be shown. */
export function fineness(precision: string | null): Fineness {
  switch (precision) {
    case "minute":
    case "hour": return "minute";
    case "day": return "day";
    default: return "second";
  }
}
