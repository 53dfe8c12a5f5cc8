import { useSyncExternalStore } from "react";

const MINUTE_MS = 60_000;
const thisMinute = () => Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;

/** The current time to the minute, and a new one when the minute changes. */
export function useNow(): Date {
  return new Date(useSyncExternalStore(eachMinute, thisMinute));
}

function eachMinute(listener: () => void): () => void {
  const timer = setInterval(listener, 5_000);
  return () => clearInterval(timer);
}
